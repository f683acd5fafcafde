"""What is known of languages: how often words occur, and what months and weekdays are called.

``python -m tests.stories.language_files`` makes the files in ``data``; ``data/NOTICE.txt`` says from what.
"""

import gzip
import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import NamedTuple

FOLDER = files("aggregator.stories") / "data"
FREQUENCIES = FOLDER / "frequencies"
CALENDARS = FOLDER / "calendars.json"
ENDING = ".txt.gz"


class CalendarNames(NamedTuple):
    """What a locale calls months and weekdays, and the words between a day and its month."""

    months: Sequence[str]
    weekdays: Sequence[str]
    short_weekdays: Sequence[str]
    joints: Sequence[str]


def read_frequencies(language: str) -> dict[str, float]:
    """Return how often a language's words occur, 0 to 1, commonest first; nothing where nobody counted."""
    if (
        language not in list_counted_languages()
    ):  # feeds say what language they are in: no path is made of that
        return {}
    text = gzip.decompress((FREQUENCIES / f"{language}{ENDING}").read_bytes()).decode("utf-8")
    found = {}
    for hundredths, words in enumerate(text.split("\n")):
        found.update(dict.fromkeys(words.split(), 10 ** (-hundredths / 100)))
    return found


@cache
def list_counted_languages() -> frozenset[str]:
    """Return the languages (ISO 639) whose words were counted."""
    return frozenset(file.name.removesuffix(ENDING) for file in FREQUENCIES.iterdir())


def find_calendar_names(locale: str) -> CalendarNames | None:
    """Return a locale's names, by a language or as in ``en_GB``; None where none are known."""
    names = _read_calendars().get(locale)
    return CalendarNames(*names) if names else None


@cache
def _read_calendars() -> Mapping[str, Sequence[Sequence[str]]]:
    found: dict[str, Sequence[Sequence[str]]] = json.loads(CALENDARS.read_text(encoding="utf-8"))
    return found
