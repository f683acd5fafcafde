"""When a source is to be polled next; pure, and the same for the same source and time.

interval    that of the source's own rhythm (``rhythm``); the default for one that never posted, the
            upper bound for one that has been quiet for 90 days
asked for   at least what the publisher asks for: ``ttl``, ``sy:updatePeriod``, ``Cache-Control`` or
            ``Expires``
bounds      never outside those of the source or the operator
jitter      lengthened by up to a tenth, by a hash of the source's id and the time
skipped     put off to the end of the hours and days in which the publisher is not to be asked, if that is
            within the upper bound
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from aggregator.cadence.rhythm import Rhythm, find_rhythm, wait_of_rhythm
from aggregator.http_dates import RETRY_AFTER_CAP
from aggregator.model import Asks, Source, SourceState

JITTER = 0.1
_HOUR = timedelta(hours=1)
_WEEK_HOURS = 7 * 24
_NOTHING = timedelta(0)


@dataclass(frozen=True, kw_only=True, slots=True)
class Intervals:
    """How often to poll: ``default``, the bounds of every wait, and the longest Retry-After obeyed."""

    default: timedelta
    minimum: timedelta
    maximum: timedelta
    retry_after_cap: timedelta = RETRY_AFTER_CAP

    def of(self, source: Source) -> "Intervals":
        """Return these with the bounds that ``source`` sets for itself."""
        minimum = source.min_interval or self.minimum
        maximum = max(source.max_interval or self.maximum, minimum)
        return Intervals(
            default=min(max(self.default, minimum), maximum),
            minimum=minimum,
            maximum=maximum,
            retry_after_cap=self.retry_after_cap,
        )

    def clamp(self, wait: timedelta) -> timedelta:
        """Return ``wait`` within the bounds."""
        return min(max(wait, self.minimum), self.maximum)


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """When to poll, and what that follows from.

    ``wait`` is the interval before jitter, ``own`` that of the source itself, ``asked`` what its publisher
    asks for at least, zero for nothing. ``rhythm`` is None where the source shows none.
    """

    wait: timedelta
    next_poll_at: datetime
    own: timedelta
    asked: timedelta
    rhythm: Rhythm | None


def plan_poll(state: SourceState, *, intervals: Intervals, now: datetime) -> Plan:
    """Return when a source in ``state`` that went well at ``now`` is to be polled next."""
    rhythm = find_rhythm(state, now)
    if rhythm is not None:
        own = wait_of_rhythm(rhythm, now)
    else:
        own = intervals.maximum if state.posts else intervals.default
    asks = state.asks
    asked = max(asks.ttl or _NOTHING, asks.period or _NOTHING, asks.fresh or _NOTHING)
    wait = intervals.clamp(max(own, asked))
    least = min(asked, intervals.maximum)
    next_poll_at = now + add_jitter(wait, intervals, source_id=state.source_id, now=now, least=least)
    put_off = _put_off_skipped(next_poll_at, asks, latest=now + intervals.maximum, state=state)
    return Plan(wait=wait, next_poll_at=put_off, own=own, asked=asked, rhythm=rhythm)


def choose_jitter(source_id: str, at: datetime) -> float:
    """Return a number from 0 to 1, the same for the same source and time and unlike any other's."""
    digest = hashlib.blake2b(f"{source_id} {at.isoformat()}".encode("utf-8", "replace"), digest_size=7)
    return int.from_bytes(digest.digest()) / 2**56


def add_jitter(
    wait: timedelta, intervals: Intervals, *, source_id: str, now: datetime, least: timedelta
) -> timedelta:
    """Return ``wait`` lengthened by up to a tenth, but within the upper bound where there is room for it.

    It never becomes less than ``least``, which the publisher asked for.
    """
    highest = max(intervals.maximum / (1 + JITTER), intervals.minimum, least)
    return min(wait, highest) * (1 + JITTER * choose_jitter(source_id, now))


def _put_off_skipped(at: datetime, asks: Asks, *, latest: datetime, state: SourceState) -> datetime:
    """Return the first time from ``at`` that is not skipped; ``latest`` at the latest."""
    if not _is_skipped(at, asks):
        return at
    hour = at.replace(minute=0, second=0, microsecond=0)
    hours = (hour + n * _HOUR for n in range(1, _WEEK_HOURS))
    # Spread over a quarter of an hour, so that not all come at the stroke of the hour.
    late = _HOUR / 4 * choose_jitter(state.source_id, at)
    free = next((start + late for start in hours if not _is_skipped(start, asks)), at)
    return max(min(free, latest), at)


def _is_skipped(at: datetime, asks: Asks) -> bool:
    return at.hour in asks.skip_hours or at.weekday() in asks.skip_days
