"""Dates as feeds write them, to UTC.

Reads RFC 822 and its offspring, ISO 8601 (RFC 3339, W3CDTF), ``asctime``, Unix times and dates with
month names of many languages. Day, month and year must all be stated: nothing is guessed, so
``2020-01`` is no date, nor ``10/01/2020`` (day or month first?) where neither its weekday nor the language
of its region tells. Weekdays are not looked at elsewhere, since many are wrong.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import lru_cache

from aggregator.parse.dates.brahmic_months import name_months
from aggregator.parse.dates.months import find_month_number
from aggregator.parse.dates.numbered_months import number_months
from aggregator.parse.dates.time_zones import to_utc
from aggregator.parse.dates.times_of_day import is_day_before_month, read_clock

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
"""Before the first page of the web was published a date is a default of some software, no date."""
LATEST = datetime(2100, 1, 1, tzinfo=UTC)

_LONGEST_CHARS = 100

_TIME = r"""
    (?P<hour>\d{1,2}) (?:
        \s* (?: [:.hHuU时時시点點] | giờ) \s* (?P<minute>\d{1,2})
        (?: \s* (?: [:.mM分분] | phút) \s* (?P<second>\d{1,2}) (?: [.,]\d+ )? )? [秒초分분]?
    )?
"""
_AFTER_DATE = rf"(?: (?P<before>[^\d]{{0,40}}?) {_TIME} (?!\d) (?P<zone>.*) )?"
_ORDINAL = r"(?: (?:st|nd|rd|th|er)\b | [ºª.] )?+"
_WORD = r"[^\W\d_]+"
_PARTICLE = r"(?: (?:de|del|di|d['’]|of) \s+ )?"

_YEAR_FIRST = re.compile(
    r"(?P<year>\d{4}) \s* (?P<mark>[-/.年년]) \s* (?P<month>\d{1,2}) \s* (?:(?P=mark)|[月월]) \s*"
    rf" (?P<day>\d{{1,2}}) (?!\d) (?:日|일)? \.? {_AFTER_DATE} $",
    re.VERBOSE,
)
_COMPACT = re.compile(
    r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})"
    r"(?: T?(?P<hour>\d{2})(?P<minute>\d{2})(?P<second>\d{2})?(?:[.,]\d+)? (?P<zone>\D.*)? )? $",
    re.VERBOSE,
)
_DAY_FIRST = re.compile(
    rf"\D{{0,40}}? (?<!\d) (?P<day>\d{{1,2}}) {_ORDINAL} [\s,.-]* {_PARTICLE} (?P<name>{_WORD}) \.?"
    rf" [\s,.-]* {_PARTICLE} (?P<year>\d{{4}}|\d{{2,3}}) (?!\d) (?: \s*(?:г|р)\.? )? {_AFTER_DATE} $",
    re.VERBOSE,
)
_MONTH_FIRST = re.compile(
    rf"(?: {_WORD} [.,]* \s+ )? (?P<name>{_WORD}) [\s.,-]* (?P<day>\d{{1,2}}) {_ORDINAL} [\s,.]+"
    rf" (?P<year>\d{{4}}) (?!\d) {_AFTER_DATE} $",
    re.VERBOSE,
)
_ASCTIME = re.compile(
    rf"(?: {_WORD} [.,]* \s+ )? (?P<name>{_WORD}) \s+ (?P<day>\d{{1,2}}) ,? \s+ {_TIME}"
    r" (?P<zone> [^\d]{0,40} (?:[+-]\d{1,2}:?\d{2})? ) \s+ (?P<year>\d{4}) $",
    re.VERBOSE,
)
_NUMBERS = re.compile(
    rf"(?: (?P<weekday>{_WORD}) [.,]* \s+ )? (?P<day>\d{{1,2}}) (?P<mark>[./-]) \s? (?P<month>\d{{1,2}})"
    rf" (?P=mark) \s? (?P<year>\d{{4}}) {_AFTER_DATE} $",
    re.VERBOSE,
)
_UNIX = re.compile(r"(?:/Date\()? (\d{9,10}|\d{13}) (?:\.\d*)? (?:[+-]\d{4})? (?:\)/)? $", re.VERBOSE)
_SHORT_WEEKDAYS = ("T2,", "T3,", "T4,", "T5,", "T6,", "T7,", "CN,")
"""Those of Vietnamese are ASCII, as is ``Thg`` for its months."""
_MONTH_FIRST_REGIONS = ("-us", "-pa", "-pr", "-US", "-PA", "-PR")
"""There Spanish is written with American dates (CLDR)."""
_DAY_FIRST_LANGUAGES = frozenset({
    "bg", "ca", "cs", "da", "de", "el", "es", "fi", "fr", "gl", "hr", "id", "it", "ms", "nb", "nl", "no",
    "pl", "pt", "ro", "ru", "sk", "sl", "sr", "th", "tr", "uk", "vi",
})  # fmt: skip
_DAY_FIRST_REGIONS = ("en-au", "en-gb", "en-ie", "en-in", "en-nz", "en-za")
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_PLAIN_SIGNS = str.maketrans("：，（）／．،", ":,()/.,", "\u200e\u200f\u061c\u202a\u202b\u202c")
_TIME_FIRST = re.compile(r"\d{1,2}(?:[:hH]\d{2}|\s?[ap]\.?m\.?)(?!\d)")
_SPACES = re.compile(r"\s+")


def parse_date(text: str, language: str | None = None) -> datetime | None:
    """Return the date ``text`` states, in UTC and whole seconds; None where it states none.

    ``language`` (``pl``, ``pt-br``) settles month names that mean different months in two languages.
    A date without a time is midnight, one without a zone is UTC; None where words nobody knows may
    tell the half of the day or the zone, and for what lies before ``EARLIEST`` or not before
    ``LATEST``. Grammars: RFC 5322 sections 3.3 and 4.3, RFC 3339.
    """
    squeezed = _SPACES.sub(" ", text).strip()
    if not squeezed or len(squeezed) > _LONGEST_CHARS:
        return None
    is_plain = squeezed.isascii() and not (squeezed.startswith(_SHORT_WEEKDAYS) or "hg" in squeezed)
    return _parse(squeezed if is_plain else _simplify(squeezed), language)


def _simplify(text: str) -> str:
    """Return a date with plain signs for wide ones, and with months in digits or Latin letters."""
    return name_months(number_months(text.translate(_PLAIN_SIGNS)))


@lru_cache(maxsize=4096)
def _parse(text: str, language: str | None) -> datetime | None:
    for grammar, read in _GRAMMARS:
        if (match := grammar.match(text)) and (found := read(match, language)) is not None:
            return found if EARLIEST <= found < LATEST else None
    return _parse_time_first(text, language) if _TIME_FIRST.match(text) else None


def _parse_time_first(text: str, language: str | None) -> datetime | None:
    """Return the date of a text whose time, with as many words as can be its own, stands first."""
    words = text.split(" ")
    turned = (" ".join((*words[at:], *words[:at])).rstrip(" ,|–-") for at in range(len(words) - 1, 0, -1))
    dates = (_parse(one, language) for one in turned if not _TIME_FIRST.match(one))
    return next(filter(None, dates), None)


def _read_numbered(match: re.Match[str], _language: str | None) -> datetime | None:
    return _make_date(match, int(match["month"]), int(match["day"]))


def _read_named(match: re.Match[str], language: str | None) -> datetime | None:
    month = find_month_number(match["name"], language)
    return None if month is None else _make_date(match, month, int(match["day"]))


def _read_either_first(match: re.Match[str], language: str | None) -> datetime | None:
    """Day or month first is certain with dots (never American), by the language, or where one is no month."""
    first, second = int(match["day"]), int(match["month"])
    if second > 12:
        return _make_date(match, first, second)
    is_certain = (
        match["mark"] == "."
        or first == second
        or first > 12
        or (is_day_before_month(match.groupdict()) and not (language or "").endswith(_MONTH_FIRST_REGIONS))
    )
    if is_certain:
        return _make_date(match, second, first)
    return _read_by_weekday(match, first, second) or _read_by_language(match, first, second, language or "")


def _read_by_weekday(match: re.Match[str], first: int, second: int) -> datetime | None:
    """Return the one of two dates that is of the weekday before it, in English."""
    weekday = (match["weekday"] or "").lower()[:3]
    if weekday not in _WEEKDAYS:
        return None
    number, year = _WEEKDAYS.index(weekday), int(match["year"])
    pairs = ((second, first), (first, second))
    right = [(month, day) for month, day in pairs if year and date(year, month, day).weekday() == number]
    return _make_date(match, *right[0]) if len(right) == 1 else None


def _read_by_language(match: re.Match[str], first: int, second: int, language: str) -> datetime | None:
    tag = language.lower()
    if tag == "en-us":
        return _make_date(match, first, second)
    if language.endswith(_MONTH_FIRST_REGIONS):
        return None
    is_day_first = tag.partition("-")[0] in _DAY_FIRST_LANGUAGES or tag.startswith(_DAY_FIRST_REGIONS)
    return _make_date(match, second, first) if is_day_first else None


def _read_unix(match: re.Match[str], _language: str | None) -> datetime | None:
    return datetime.fromtimestamp(int(match[1]) // (1000 if len(match[1]) > 10 else 1), tz=UTC)


def _make_date(match: re.Match[str], month: int, day: int) -> datetime | None:
    part = match.groupdict()
    try:
        midnight = datetime(_complete_year(part["year"]), month, day, tzinfo=UTC)
        if part["hour"] is None:
            return midnight
        time, zone, is_hour_certain = read_clock(part)
        return to_utc(midnight + time, zone, is_hour_certain=is_hour_certain)
    except (ValueError, OverflowError):
        return None


def _complete_year(digits: str) -> int:
    """Years of two and three digits, as RFC 5322 section 4.3 reads them."""
    year = int(digits)
    if len(digits) == 2 and year < 50:
        return 2000 + year
    return 1900 + year if len(digits) < 4 else year


_Reader = Callable[[re.Match[str], str | None], datetime | None]
_GRAMMARS: tuple[tuple[re.Pattern[str], _Reader], ...] = (
    (_YEAR_FIRST, _read_numbered),
    (_DAY_FIRST, _read_named),
    (_UNIX, _read_unix),
    (_COMPACT, _read_numbered),
    (_ASCTIME, _read_named),
    (_MONTH_FIRST, _read_named),
    (_NUMBERS, _read_either_first),
)
