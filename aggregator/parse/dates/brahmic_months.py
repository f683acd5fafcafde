"""Dates with names of months in Brahmic scripts, such as those of Thai and Hindi.

Their vowels are marks, which no pattern for words matches; so the names become English ones. Thai years
count from the death of the Buddha, 543 years earlier, unless they are far too low for that.
"""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache

from aggregator.parse.dates.months import read_month_names

_LANGUAGES = (
    "hi", "th", "bn", "mr", "ta", "te", "ml", "kn", "gu", "pa", "ne", "si", "km", "lo", "my",
)  # fmt: skip
_ENGLISH = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_LETTER = re.compile("[\u0901-\u0eff\u1000-\u109f\u1780-\u17ff]")
_NUKTA = "\u093c"
_ABBREVIATION_SIGN = "\u0970"
_WORDS_BESIDE = re.compile(r"(?:^|(?<=[\s\d,]))(?:เวลา|น\.?|बजे|वाजता|को|ที่)(?=[\s\d,]|$)")
"""What stands beside the time or the day and says no more: "at", "o'clock"."""
_FIRST_BUDDHIST_YEAR = 2500
_BUDDHIST_YEARS = 543


def name_months(text: str) -> str:
    """Return a date with English names for those of months in Brahmic scripts, else as it was."""
    if not _LETTER.search(text):
        return text
    composed = unicodedata.normalize("NFC", text)
    named = _build_grammar().sub(_write_in_english, composed)
    return text if named == composed else _WORDS_BESIDE.sub("", named).strip()


def _write_in_english(match: re.Match[str]) -> str:
    name, year = match["name"], match["year"]
    if year is not None and int(year) >= _FIRST_BUDDHIST_YEAR:
        year = str(int(year) - _BUDDHIST_YEARS)
    return f" {_collect_names()[_strip_signs(name)]} {year or ''}"


@cache
def _build_grammar() -> re.Pattern[str]:
    names = "|".join(map(_write_pattern, sorted(_collect_names(), key=len, reverse=True)))
    return re.compile(
        rf"(?:^|(?<=[\s\d.,/(-]))(?P<name>{names})(?=[\s\d,/-]|$)"
        r"(?:[\s,/-]*(?:(?:พ\.?\s?ศ|ค\.?\s?ศ)\.?\s*)?(?P<year>\d{4})(?!\d))?"
    )


def _write_pattern(name: str) -> str:
    """Return the expression of a name, with dots or a sign of abbreviation, and dots below its letters."""
    return rf"[.{_NUKTA}]?".join(map(re.escape, name)) + rf"[.{_NUKTA}{_ABBREVIATION_SIGN}]?"


def _strip_signs(name: str) -> str:
    return "".join(char for char in name if char not in f".{_NUKTA}{_ABBREVIATION_SIGN}")


@cache
def _collect_names() -> Mapping[str, str]:
    found: dict[str, str] = {}
    for code in _LANGUAGES:
        for english, forms in zip(_ENGLISH, read_month_names()[code], strict=True):
            for form in forms:
                found.setdefault(_strip_signs(unicodedata.normalize("NFC", form)), english)
    return found
