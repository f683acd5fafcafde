"""How much attention an article draws now."""

import math
from datetime import UTC, datetime, timedelta

from aggregator.model import PUBLISHED_QUALITY

OUT_OF_PLAY = -1
PER_DOUBLING = 5.0
"""Points that an event draws with each doubling of the publishers that tell it in their own words."""
SLOW_H = 12.0
"""Hours between two of them at which it draws half as many points."""
_FRESH = timedelta(days=2)
"""The age up to which an article's heat is measured every ``_OFTEN``, and from which on every ``_SELDOM``."""
_OFTEN = timedelta(hours=12)
_SELDOM = timedelta(hours=24)
_STEP = timedelta(microseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def measure_heat(
    quality: int,
    *,
    age: timedelta,
    half_life: timedelta,
    window: timedelta,
    voices: int = 1,
    pace_h: float = 0.0,
) -> int:
    """Return (quality + 5 log2(voices) / (1 + pace_h / 12)) x 0.5^(age / half_life), rounded.

    ``voices`` are the independent publishers of the article's story, ``pace_h`` the mean hours between the
    first articles of two of them. Alone, an article's heat starts at its quality and halves again and again.
    ``age`` counts from when it was published; one that is still to come counts as now. -1 where the article
    is not published, or older than the ``window``.
    """
    if quality < PUBLISHED_QUALITY:
        return OUT_OF_PLAY
    warmth = measure_warmth(quality, voices=voices, pace_h=pace_h)
    return cool_down(warmth, age=age, half_life=half_life, window=window)


def measure_warmth(quality: int, *, voices: int = 1, pace_h: float = 0.0) -> float:
    """Return what the heat of a published article falls from: see ``measure_heat``."""
    return quality + PER_DOUBLING * math.log2(max(voices, 1)) / (1 + pace_h / SLOW_H)


def cool_down(warmth: float, *, age: timedelta, half_life: timedelta, window: timedelta) -> int:
    """Return the heat that is left of an article's ``warmth`` at an ``age``: see ``measure_heat``."""
    age = max(age, timedelta(0))
    return OUT_OF_PLAY if age > window else _round_heat(warmth, age, half_life)


def find_next_cooling(
    warmth: float, *, age: timedelta, half_life: timedelta, window: timedelta
) -> timedelta | None:
    """Return the age, above ``age``, from which an article's heat is less; None: it never will be.

    Exact to the microsecond, as ages are.
    """
    age = max(age, timedelta(0))
    if age > window:
        return None
    heat, end = _round_heat(warmth, age, half_life), window + _STEP
    if heat <= 0:
        return end
    # It falls below heat - 1/2 at about this age; rounding may move that by some microseconds.
    found = min(max(half_life * math.log2(warmth / (heat - 0.5)), age + _STEP), end)
    while found > age + _STEP and _round_heat(warmth, found - _STEP, half_life) != heat:
        found -= _STEP
    while found < end and _round_heat(warmth, found, half_life) == heat:
        found += _STEP
    return found


def find_measuring(published_at: datetime, now: datetime) -> datetime:
    """Return when the heat that an article has ``now`` was measured.

    All articles of a day (UTC) are measured at the same times, so that a page of them changes once, and those
    of the next day an hour later, so that not all are measured at once.
    """
    first = _EPOCH + timedelta(hours=(published_at - _EPOCH).days % 24)
    seldom = first + (now - first) // _SELDOM * _SELDOM
    return seldom if seldom - published_at >= _FRESH else first + (now - first) // _OFTEN * _OFTEN


def find_next_measuring(published_at: datetime, since: datetime) -> datetime:
    """Return the first time at or after ``since`` at which an article's heat is measured."""
    measured_at = find_measuring(published_at, since)
    if measured_at == since:
        return since
    following = measured_at + _OFTEN
    return following if find_measuring(published_at, following) == following else measured_at + _SELDOM


def _round_heat(warmth: float, age: timedelta, half_life: timedelta) -> int:
    return round(warmth * float(0.5 ** (age / half_life)))
