"""Dates in a text: in figures, or with the month's name in the text's language."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple, Self

from aggregator.stories.language_data import find_calendar_names

_YEAR = r"(?:19|20)\d\d(?!\d)"
_MONTH_NUMBER, _DAY_NUMBER = r"(?:0?[1-9]|1[0-2])", r"(?:0?[1-9]|[12]\d|3[01])"
_DAY = rf"{_DAY_NUMBER}(?:st|nd|rd|th|er|[ºª.])?(?![\w%]|[.,:]\d)"
_DAYS = rf"{_DAY}(?:\s?[-–/]\s?{_DAY})?"
_START = r"(?<![\w.,:/$€£-])"
_WEEKDAY_SIGN = r"(?:\s?\([月火水木金土日一二三四五六월화수목금토일](?:曜日?|요일)?\))?"
_FIGURES = (
    rf"{_START}{_YEAR}(?P<a>[-./]){_MONTH_NUMBER}(?P=a){_DAY_NUMBER}(?![\w-])",
    rf"{_START}{_DAY_NUMBER}(?P<b>[-./]){_DAY_NUMBER}(?P=b){_YEAR}(?!\w)",
    rf"(?<!\d)(?:{_YEAR}\s?[年년]\s?)?{_MONTH_NUMBER}\s?[月월]\s?{_DAY_NUMBER}\s?[日号號일]{_WEEKDAY_SIGN}",
)
_MAY_BE_FIGURES = re.compile(r"\d\s?[-./月월]\s?\d")
_DIGIT = re.compile(r"\d")
_HAS_YEAR = re.compile(_YEAR)
_SHORTEST_MONTH, _SHORTEST_WEEKDAY = 3, 2
_POSSESSIVES = "", "'s", "’s"
_EVERYWHERE = ("en", "en_GB")
"""Locales whose names of months other languages' newsrooms write, too."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Calendar:
    """How a language writes dates.

    ``weekdays`` are the names of its days, ``weekday_words`` with the possessive, too, ``month_words`` the
    words in the names of its months: in lower case.
    """

    weekdays: frozenset[str]
    weekday_words: frozenset[str]
    month_words: frozenset[str]
    date_pattern: re.Pattern[str]
    day_pattern: re.Pattern[str]

    @classmethod
    @cache
    def of(cls, language: str) -> Self:
        """Return a language's (ISO 639-1); English names are in each of them."""
        months, weekdays, short_weekdays, joints = _read_names(language)
        month, day = _join(months), _join(weekdays | short_weekdays)
        initials = "".join(sorted({name[0] for name in months | weekdays | short_weekdays}))
        joint = rf"\s*(?:(?:{_join(joints)})\s+|,\s*)?"
        named = (
            rf"{_START}(?=[\d{initials}])(?:(?:{day})\.?,?\s+)?(?:"
            rf"{_DAYS}{joint}(?:{month})\.?(?!\w)(?:{joint}{_YEAR})?"
            rf"|(?:{month})\.?\s+{_DAYS}(?:,?\s+{_YEAR})?)"
        )
        lower = frozenset(map(str.lower, weekdays))
        date = "|".join((named, *_FIGURES))
        return cls(
            weekdays=lower,
            weekday_words=frozenset(day + ending for day in lower for ending in _POSSESSIVES),
            month_words=frozenset(_list_words(months)),
            date_pattern=re.compile(date),
            day_pattern=re.compile(rf"{date}|\b(?:{_join(weekdays)})(?:['’]s)?\b"),
        )

    def may_have_dates(self, text: str, words: Sequence[str]) -> bool:
        """Tell whether a text with these lower-case words may have dates, in little time."""
        if self.month_words.isdisjoint(words):
            has_sign = "20" in text or "19" in text or "月" in text or "월" in text
            return has_sign and bool(_MAY_BE_FIGURES.search(text))
        return bool(_DIGIT.search(text))

    def may_have_days(self, words: Sequence[str]) -> bool:
        """Tell whether a weekday may be among lower-case words."""
        return not self.weekday_words.isdisjoint(words)

    def leave_out_days(self, text: str) -> str:
        """Return a text with its dates' days left out; years stay, in which events have come before."""
        return self.date_pattern.sub(_leave_year, text)


def is_full_date(date: str) -> bool:
    """Tell whether a date has its year."""
    return bool(_HAS_YEAR.search(date))


def _leave_year(date: re.Match[str]) -> str:
    year = _HAS_YEAR.search(date.group())
    return f" {year.group()} " if year else " "


class _Names(NamedTuple):
    """What a language calls months and weekdays, and the words between a day and its month."""

    months: set[str]
    weekdays: set[str]
    short_weekdays: set[str]
    joints: set[str]


def _read_names(language: str) -> _Names:
    names = _Names(set(), set(), set(), {"of"})
    for found in filter(None, map(find_calendar_names, (*_EVERYWHERE, language))):
        names.months.update(_spell(found.months, _SHORTEST_MONTH))
        names.weekdays.update(_spell(found.weekdays, _SHORTEST_WEEKDAY))
        names.short_weekdays.update(_spell(found.short_weekdays, _SHORTEST_WEEKDAY))
        names.joints.update(found.joints)
    return names


def _spell(names: Iterable[str], shortest: int) -> Iterator[str]:
    """Yield names as newsrooms write them: with a small letter only where the language has it so."""
    for name in names:
        plain = name.rstrip(".")
        if len(plain) >= shortest and plain[0].isalpha():
            yield from (plain, plain.upper(), plain[0].upper() + plain[1:])


def _join(names: Iterable[str]) -> str:
    return "|".join(map(re.escape, sorted(names, key=lambda name: (-len(name), name))))


def _list_words(names: Iterable[str]) -> Iterator[str]:
    for name in names:
        yield from (word for word in name.lower().split() if word.isalpha())
