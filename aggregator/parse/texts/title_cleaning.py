"""What is no headline in a title: the publisher's name behind it, or nothing but a date."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import lru_cache

from aggregator.html import plain_text
from aggregator.parse.dates.dates import parse_date
from aggregator.parse.dates.months import find_month_number
from aggregator.parse.dates.time_zones import ZONE_MINUTES
from aggregator.text import title_key

_LONGEST_NAME_CHARS = 200
_LONGEST_DATE_CHARS = 60
_NEAR = timedelta(days=400)
"""A title may be about a day of long ago."""
_SAME_DAY = timedelta(days=1, hours=14)
"""Between moments that are of one day somewhere on earth."""

_SEPARATOR = re.compile(r"\s+(?:[-–—―|·•:»›~/]|::|\|\|)\s+|\s*[|｜]\s*|(?<=[\u3040-\u9fff])_")
_SEPARATOR_SIGN = re.compile("[-–—―|｜·•:»›~/_]")
_NAMES_APART = re.compile(r"\s+(?:[-–—―|·•:»›«‹>/]|::|\|\|)\s+|\s*[|｜]\s*|:\s+")
_SECTIONS = frozenset({
    "news", "blog", "feed", "rss", "home", "latest", "posts", "articles", "all", "top", "stories",
    "world", "sport", "sports", "business", "technology", "tech", "politics", "opinion", "culture",
    "science", "health", "podcast", "videos", "us", "uk", "usa", "europe", "local", "national",
    "international", "economy", "finance", "money", "entertainment", "music", "film", "books",
    "travel", "lifestyle", "education", "football", "food", "opinions", "comment", "updates",
    "press", "releases", "reviews",
})  # fmt: skip
"""Words for a part of a paper, which name no publisher."""
_SHORTEST_PART_CHARS = 3
_DAY_WORDS = frozenset({
    "at", "on", "of", "um", "uhr", "à", "a", "las", "às", "alle", "de", "del", "den", "der", "the",
    "kl", "klo", "o", "le", "il", "el", "am", "pm", "st", "nd", "rd", "th", "er", "h", "min", "s",
    "t", "clock", "mon", "tue", "tues", "wed", "thu", "thur", "thurs", "fri", "sat", "sun",
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "mo", "di", "mi",
    "do", "fr", "sa", "so", "montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag",
    "sonnabend", "sonntag", "lun", "mar", "mer", "jeu", "ven", "sam", "dim", "lundi", "mardi",
    "mercredi", "jeudi", "vendredi", "samedi", "dimanche", "lunes", "martes", "miércoles", "jueves",
    "viernes", "sábado", "domingo", "mié", "jue", "vie", "sáb", "dom", "lunedì", "martedì",
    "mercoledì", "giovedì", "venerdì", "sabato", "domenica", "gio", "segunda", "terça", "quarta",
    "quinta", "sexta", "feira", "seg", "ter", "qua", "qui", "sex", "maandag", "dinsdag", "woensdag",
    "donderdag", "vrijdag", "zaterdag", "zondag", "mandag", "tirsdag", "onsdag", "torsdag",
    "fredag", "lørdag", "søndag", "måndag", "tisdag", "lördag", "söndag", "poniedziałek", "wtorek",
    "środa", "czwartek", "piątek", "sobota", "niedziela", "понедельник", "вторник", "среда",
    "четверг", "пятница", "суббота", "воскресенье", "пн", "вт", "ср", "чт", "пт", "сб", "вс", "г",
    "в",
})  # fmt: skip
_HAN_DATE = re.compile("[年月日時时分秒星期周週一二三四五六天日月火水木金土曜년월일시분초요]+")
_HAN_WEEKDAY = re.compile(
    r"\s*(?:[(（][月火水木金土日](?:曜日?)?[)）]|[月火水木金土日]曜日|(?:星期|週|周)[一二三四五六日天])"
)
_WORD = re.compile(r"[^\W\d_]+")
_DATE = re.compile(r"[\w\s,./:+()|@'’º°–—-]+")
_NUMBER = re.compile(r"\d+")
_EITHER_FIRST = re.compile(r"\d{1,2}([./-])\d{1,2}\1\d{4}(?:[\s,]+\d{1,2}:\d{2}(?::\d{2})?)?")


_IN_BRACKETS = re.compile(r"\s*(?:（([^（）]{2,60})）|【([^【】]{2,60})】|\(([^()]{2,60})\))$")


def strip_publisher(title: str, names: Iterable[str | None]) -> str:
    """Return a title without the publisher's name behind it, as search engines for news add it.

    ``names`` may be the publisher's: of the entry's source, or its feed. A title that is only the name stays.
    """
    if title.endswith(("）", "】", ")")) and (bracketed := _IN_BRACKETS.search(title)):
        name = next(filter(None, bracketed.groups()))
        is_publisher = any(_make_key(name) in _make_keys(one) for one in names if one)
        return title[: bracketed.start()] if is_publisher and bracketed.start() else title
    if not _SEPARATOR_SIGN.search(title):  # quick to see, and mostly so
        return title
    found = list(_SEPARATOR.finditer(title, max(0, len(title) - _LONGEST_NAME_CHARS)))
    if not found:
        return title
    keys = {key for name in names if name for key in _make_keys(name)}
    for separator in found:
        if _is_name(title[separator.end() :], keys) and title_key(title[: separator.start()]):
            return title[: separator.start()].rstrip()
    return title


def _is_name(text: str, keys: set[str]) -> bool:
    """Tell whether a text is one of the names of ``keys``, perhaps with parts of a paper behind it."""
    if _make_key(text) in keys:
        return True
    name, *sections = map(_make_key, _SEPARATOR.split(text))
    return bool(sections) and name in keys and _SECTIONS.issuperset(sections)


@lru_cache(maxsize=256)
def _make_keys(name: str) -> frozenset[str]:
    """Return a name as it is compared, and its parts: of ``World | The Journal`` the second."""
    text = plain_text(name[: 2 * _LONGEST_NAME_CHARS])
    parts = (key for part in _NAMES_APART.split(text) if len(key := _make_key(part)) >= _SHORTEST_PART_CHARS)
    return frozenset(key for key in (_make_key(text), *parts) if not set(key.split()) <= _SECTIONS)


def _make_key(name: str) -> str:
    return title_key(name).removeprefix("the ")


def is_date(title: str, *, language: str | None, near: datetime | None) -> bool:
    """Tell whether a title is nothing but a day and month, perhaps with a year and a time.

    ``near`` is when its entry was published, where that is known: a title may be about another day, and
    without a year it must be that very day.
    """
    if not _NUMBER.search(title):
        return False
    title = _HAN_WEEKDAY.sub(" ", title).strip()
    if not _may_be_date(title):
        return False
    if _EITHER_FIRST.fullmatch(title):
        return True
    words = _WORD.findall(title)
    if not all(_is_of_date(word, language) for word in words):
        return False
    date = parse_date(title, language)
    if date is not None:
        return near is None or abs(date - near) < _NEAR
    names_month = any(_is_month(word, language) for word in words)
    return near is not None and names_month and _is_day_of(title, near, language)


def _may_be_date(title: str) -> bool:
    """Tell quickly whether a title has the length and the signs of a date."""
    return (
        6 <= len(title) <= _LONGEST_DATE_CHARS
        and _DATE.fullmatch(title) is not None
        and 1 <= len(_NUMBER.findall(title)) <= 8
        and not title.isdigit()
    )


def _is_day_of(title: str, near: datetime, language: str | None) -> bool:
    """Tell whether a day and month without a year are those of ``near``."""
    written = f"{near.year}年{title}" if "月" in title else f"{title} {near.year}"
    date = parse_date(written, language)
    return date is not None and abs(date - near) < _SAME_DAY


def _is_month(word: str, language: str | None) -> bool:
    return find_month_number(word, language) is not None or "月" in word


def _is_of_date(word: str, language: str | None) -> bool:
    folded = word.casefold()
    return (
        folded in _DAY_WORDS
        or word.upper() in ZONE_MINUTES
        or _HAN_DATE.fullmatch(word) is not None
        or find_month_number(word, language) is not None
    )
