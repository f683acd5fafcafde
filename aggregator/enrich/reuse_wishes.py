"""What a page says about reuse, read from its robots meta elements and its X-Robots-Tag header.

Both have the same rules, as search engines document them: names in any case, separated by commas. Rules for
all robots and rules for ours count together, and of two the more restrictive one holds. What cannot be read
says nothing.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import reduce

from aggregator.http_dates import parse_http_date
from aggregator.model import NO_WISHES, PictureWish, Wishes

MAX_CHARS = 10_000
"""Characters of a header or an element that are read."""
_ALL_ROBOTS = "robots"
_PREFIX = re.compile(r"\s*([\w.-]+)\s*:")
# A date may have a comma behind its day of the week.
_RULE = re.compile(
    r"(unavailable_after)\s*:\s*((?:[a-z]{3,9},)?[^,]*)|([\w-]+)(?:\s*:\s*([^,\s]*))?", re.IGNORECASE
)
_SIZES: tuple[PictureWish, ...] = ("none", "standard", "large")
_NO_PICTURES = replace(NO_WISHES, picture="none")
_NOT_ARCHIVED = replace(NO_WISHES, may_archive=False)
_NOT_INDEXED = replace(NO_WISHES, may_index=False)
_PLAIN: Mapping[str, Wishes] = {
    "nosnippet": replace(NO_WISHES, excerpt_chars=0, may_embed=False),
    "noarchive": _NOT_ARCHIVED,
    "nocache": _NOT_ARCHIVED,
    "noindex": _NOT_INDEXED,
    "none": _NOT_INDEXED,
    "noimageindex": _NO_PICTURES,
}


def parse_wishes(elements: Iterable[tuple[str, str]], header: str, *, robot: str) -> Wishes:
    """Return what a page wishes of the robot of this name.

    ``elements`` are names and contents of meta elements; ``header`` is X-Robots-Tag, with a line for each
    of several, "" without one.
    """
    names = (_ALL_ROBOTS, robot.lower())
    texts = [text for name, text in elements if name.strip().lower() in names]
    texts.extend(_select_rules(line, robot.lower()) for line in header[:MAX_CHARS].splitlines())
    wishes = (wish for text in texts for wish in _read_rules(text[:MAX_CHARS]))
    return reduce(_restrict, wishes, NO_WISHES)


def _restrict(one: Wishes, other: Wishes) -> Wishes:
    """Return the more restrictive of each two wishes."""
    limits = [wish.excerpt_chars for wish in (one, other) if wish.excerpt_chars is not None]
    ends = [wish.unavailable_at for wish in (one, other) if wish.unavailable_at is not None]
    return Wishes(
        excerpt_chars=min(limits, default=None),
        picture=min(one.picture, other.picture, key=_SIZES.index),
        may_embed=one.may_embed and other.may_embed,
        may_archive=one.may_archive and other.may_archive,
        may_index=one.may_index and other.may_index,
        unavailable_at=min(ends, default=None),
    )


def _select_rules(line: str, robot: str) -> str:
    """Return those rules of a header's line that are for the robot.

    A robot's name before a rule holds for those behind it, up to the next name.
    """
    is_ours, ours = True, []
    for rule in line.split(","):
        found = _PREFIX.match(rule)
        name = found[1].lower() if found else ""
        start = found.end() if found and name not in _WITH_VALUE else 0
        if start:
            is_ours = name in (_ALL_ROBOTS, robot)
        if is_ours:
            ours.append(rule[start:])
    return ",".join(ours)


def _read_rules(text: str) -> Iterator[Wishes]:
    for found in _RULE.finditer(text):
        name, value = (found[1] or found[3]).lower(), (found[2] or found[4] or "").strip()
        if name in _WITH_VALUE:
            yield _WITH_VALUE[name](value)
        elif name in _PLAIN and not value:
            yield _PLAIN[name]


def _limit_excerpt(value: str) -> Wishes:
    return replace(NO_WISHES, excerpt_chars=int(value)) if _is_count(value) else NO_WISHES


def _limit_pictures(value: str) -> Wishes:
    size: PictureWish = next((size for size in _SIZES if size == value.lower()), "large")
    return replace(NO_WISHES, picture=size)


def _limit_players(value: str) -> Wishes:
    """Return that no player is shown where 0 seconds may be; how long others play is not ours to say."""
    return replace(NO_WISHES, may_embed=not (_is_count(value) and int(value) == 0))


def _limit_time(value: str) -> Wishes:
    return replace(NO_WISHES, unavailable_at=_read_time(value))


_WITH_VALUE: Mapping[str, Callable[[str], Wishes]] = {
    "max-snippet": _limit_excerpt,
    "max-image-preview": _limit_pictures,
    "max-video-preview": _limit_players,
    "unavailable_after": _limit_time,
}


def _is_count(value: str) -> bool:
    """Tell whether a value is a number of characters or seconds; -1, no limit, is none."""
    return value.isascii() and value.isdigit() and len(value) <= 9


def _read_time(value: str) -> datetime | None:
    """Return the time that a date names (RFC 822, RFC 850, ISO 8601), in UTC unless it says; None: none."""
    try:
        named = parse_http_date(value) or datetime.fromisoformat(value)
        return (named.replace(tzinfo=UTC) if named.tzinfo is None else named).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
