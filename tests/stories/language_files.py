"""Make what the program knows of languages from wordfreq and Babel: ``python -m tests.stories.language_files``.

Both are large, and little of them is needed: of wordfreq the short lists, of Babel a few names.
"""

import gzip
import json
import re
from itertools import product
from pathlib import Path
from string import ascii_lowercase

from babel import Locale, UnknownLocaleError, localedata
from wordfreq import available_languages, get_frequency_list

from aggregator.stories.language_data import CALENDARS, ENDING, FREQUENCIES


def pack_frequencies(language: str) -> str:
    """Return a language's words: a line for each hundredth of a power of ten by which they are rarer."""
    return "\n".join(" ".join(words) for words in get_frequency_list(language, "small"))


def collect_names(name: str) -> list[list[str]] | None:
    """Return months, weekdays, short weekdays and joints of a locale, None where there is none."""
    localedata._cache.clear()  # what Babel loads of one locale gets into those that it loads later
    try:
        locale = Locale.parse(name)
    except (UnknownLocaleError, ValueError):
        return None
    contexts = "format", "stand-alone"
    months = {
        month for context in contexts for width in ("wide", "abbreviated")
        for month in locale.months[context][width].values()
    }  # fmt: skip
    days, short_days = (
        {day for context in contexts for day in locale.days[context][width].values()}
        for width in ("wide", "abbreviated")
    )
    joints = re.findall(r"'([^\W\d_]+)'", locale.date_formats["long"].pattern)
    return [sorted(months), sorted(days), sorted(short_days), sorted(set(joints))]


def list_locales() -> list[str]:
    """Return every tag of two or three letters, and those of other locales that are asked for."""
    tags = ("".join(letters) for length in (2, 3) for letters in product(ascii_lowercase, repeat=length))
    return [*tags, "en_GB"]


def write_files() -> None:
    """Write all of them anew."""
    frequencies, calendars = Path(str(FREQUENCIES)), Path(str(CALENDARS))
    for language in available_languages("small"):
        packed = gzip.compress(pack_frequencies(language).encode(), mtime=0)
        (frequencies / f"{language}{ENDING}").write_bytes(packed)
    names = {locale: found for locale in list_locales() if (found := collect_names(locale))}
    lines = (f"{json.dumps(key)}: {json.dumps(names[key], ensure_ascii=False)}" for key in sorted(names))
    calendars.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    write_files()
