"""How often a feed asks to be polled.

``ttl``, ``skipHours`` and ``skipDays`` by RSS 2.0 (https://www.rssboard.org/rss-specification),
``sy:updatePeriod`` and ``sy:updateFrequency`` by the RSS 1.0 syndication module
(https://web.resource.org/rss/1.0/modules/syndication/).
"""

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from aggregator.model import Asks

LONGEST = timedelta(days=366)
"""A longer time is taken for a mistake and ignored."""

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_PERIODS = {
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
    "weekly": timedelta(days=7),
    "monthly": timedelta(days=30),
    "yearly": timedelta(days=365),
}
_NUMBER = re.compile(r"\s*(\d{1,9})(?:\.\d{0,9})?\s*", re.ASCII)
_SKIPPED = re.compile(r"<skip(hours|days)\b[^<>]*>(.{0,4000}?)</skip\1\s*>", re.IGNORECASE | re.DOTALL)
_ONE = re.compile(r"<(?:hour|day)\b[^<>]*>\s*([A-Za-z0-9]{1,9})\s*</", re.IGNORECASE)


def read_asks(feed: Mapping[str, Any], head: str) -> Asks:
    """Return what a feed asks for; what cannot be read, or asks for nothing, is None.

    ``feed`` is feedparser's channel, ``head`` the document's text before its first entry: feedparser
    keeps only the last of several hours. Hours are UTC, and days count from Monday as 0.
    """
    skipped: dict[str, set[str]] = {"hours": set(), "days": set()}
    for kind, inner in _SKIPPED.findall(head):
        skipped[kind.lower()] |= {one.lower() for one in _ONE.findall(inner)}
    return Asks(
        ttl=_bound_span(timedelta(minutes=_read_number(feed.get("ttl")))),
        period=_bound_span(_read_period(feed)),
        skip_hours=tuple(sorted(set(_read_hours(skipped["hours"])))),
        skip_days=tuple(n for n, day in enumerate(_DAYS) if day in skipped["days"]),
    )


def _read_hours(texts: set[str]) -> Iterator[int]:
    # Some early documents counted from 1 to 24.
    return (int(text) % 24 for text in texts if text.isdecimal() and int(text) <= 24)


def _read_period(feed: Mapping[str, Any]) -> timedelta:
    stated = feed.get("sy_updateperiod")
    if stated is None and feed.get("sy_updatefrequency") is None:
        return timedelta(0)
    # The module's defaults: daily, and once.
    period = _PERIODS.get(str(stated or "daily").strip().lower(), timedelta(0))
    return period / (_read_number(feed.get("sy_updatefrequency")) or 1)


def _read_number(text: object) -> int:
    found = _NUMBER.fullmatch(str(text or ""))
    return int(found[1]) if found else 0


def _bound_span(asked: timedelta) -> timedelta | None:
    return asked if timedelta(0) < asked <= LONGEST else None
