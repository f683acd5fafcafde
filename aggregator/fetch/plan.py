"""When a source is to be polled next, and why; pure, and the same for the same source and time.

interval    that of the source's own rhythm (``rhythm``); the default for one that never posted, the
            upper bound for one that has been quiet for 90 days
asked for   at least what the publisher asks for: ``ttl``, ``sy:updatePeriod``, ``Cache-Control`` or
            ``Expires``
bounds      never outside those of the source or the operator
jitter      lengthened by up to a tenth, by a hash of the source's id and the time
skipped     put off to the end of the hours and days in which the publisher wants peace, if that is
            within the upper bound
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from aggregator.fetch.rhythm import Rhythm, newest_post_at, rhythm_of, rhythm_wait
from aggregator.fetch.standing import probe_of, standing_of
from aggregator.model import Source
from aggregator.state import Asks, SourceState

JITTER = 0.1
RETRY_AFTER_CAP = timedelta(days=7)
_HOUR = timedelta(hours=1)
_WEEK_HOURS = 7 * 24
_UNITS = ((1, "day"), (7, "week"), (30, "month"))
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


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
    """When to poll: ``wait`` is the interval before jitter, ``reason`` says why in a sentence's end."""

    wait: timedelta
    next_poll_at: datetime
    reason: str

    @property
    def explained(self) -> str:
        """The plan as an operator reads it."""
        return f"every {span(self.wait)}, {self.reason}"


def plan_poll(state: SourceState, *, intervals: Intervals, now: datetime) -> Plan:
    """Return when a source in ``state`` that went well at ``now`` is to be polled next, and why."""
    own, because = _own(state, intervals, now)
    asked, asker = max(_asked(state.asks), default=(timedelta(0), ""))
    wait = intervals.clamp(max(own, asked))
    if asked > own:
        because = f"because {asker} asks for {span(asked)}; on its own every {span(own)}, {because}"
    if wait < max(own, asked):
        because = f"the most that is allowed, {because}"
    elif wait > max(own, asked):
        because = f"the least that is allowed, {because}"
    least = min(asked, intervals.maximum)
    next_poll_at = now + spread(wait, intervals, source_id=state.source_id, now=now, least=least)
    put_off = _after_skipped(next_poll_at, state.asks, latest=now + intervals.maximum, state=state)
    if state.asks.skip_hours or state.asks.skip_days:
        because = f"{because}; but not {_skipped(state.asks)}"
    return Plan(wait=wait, next_poll_at=put_off, reason=because)


def explain_poll(state: SourceState, *, intervals: Intervals, now: datetime) -> str:
    """Return how often a source is polled and why, as its last poll left it, in a sentence."""
    told = plan_poll(state, intervals=intervals, now=state.polled_at or now).explained
    standing = standing_of(state)
    if standing != "well":
        probe = span(max(probe_of(standing), intervals.maximum if standing == "failing" else timedelta(0)))
        return f"every {probe}, because it is {standing}; when it answers again: {told}"
    if state.outcome == "throttled":
        return f"less and less often, because its publisher asked for a pause; when it answers again: {told}"
    if state.outcome == "failed":
        times = f"{state.failures} {'failure' if state.failures == 1 else 'failures'} in a row"
        return f"less and less often, because of {times}; when it answers again: {told}"
    return told


def jitter_of(source_id: str, at: datetime) -> float:
    """Return a number from 0 to 1, the same for the same source and time and unlike any other's."""
    digest = hashlib.blake2b(f"{source_id} {at.isoformat()}".encode("utf-8", "replace"), digest_size=7)
    return int.from_bytes(digest.digest()) / 2**56


def spread(
    wait: timedelta, intervals: Intervals, *, source_id: str, now: datetime, least: timedelta
) -> timedelta:
    """Return ``wait`` lengthened by up to a tenth, but within the upper bound where there is room for it.

    It never becomes less than ``least``, which the publisher asked for.
    """
    highest = max(intervals.maximum / (1 + JITTER), intervals.minimum, least)
    return min(wait, highest) * (1 + JITTER * jitter_of(source_id, now))


def span(length: timedelta) -> str:
    """Return a length of time in words, two digits at least: ``40 min``, ``2.5 h``, ``3 days``."""
    seconds = length.total_seconds()
    if seconds < 90:
        return f"{seconds:.3g} s"
    if seconds < 100 * 60:
        return f"{seconds / 60:.0f} min"
    if seconds < 48 * 3600:
        return f"{seconds / 3600:.1f}".removesuffix(".0") + " h"
    return f"{seconds / 86400:.1f}".removesuffix(".0") + " days"


def _own(state: SourceState, intervals: Intervals, now: datetime) -> tuple[timedelta, str]:
    """Return the source's own interval, and why."""
    newest_at = newest_post_at(state.posts)
    if newest_at is None:
        return intervals.default, "because it has shown no rhythm yet"
    rhythm = rhythm_of(state.posts, known_since=state.first_polled_at or now, now=now)
    if rhythm is None:
        return intervals.maximum, f"because it posted nothing for {span(now - newest_at)}"
    return rhythm_wait(rhythm, now), f"because it posts about {_rate(rhythm)}"


def _rate(rhythm: Rhythm) -> str:
    counts = ((round(rhythm.entries_per_day * days), unit) for days, unit in _UNITS)
    count, unit = next((found for found in counts if found[0]), (1, "month"))
    told = f"{count} {'entries' if count > 1 else 'entry'} a {unit}"
    return told if rhythm.busy is None else f"{told}, mostly {rhythm.busy[0]}–{rhythm.busy[1]} h UTC"


def _asked(asks: Asks) -> Iterator[tuple[timedelta, str]]:
    named = ((asks.ttl, "its ttl"), (asks.period, "its sy:updatePeriod"), (asks.fresh, "its HTTP caching"))
    return ((asked, asker) for asked, asker in named if asked is not None)


def _skipped(asks: Asks) -> str:
    hours = ", ".join(map(str, asks.skip_hours))
    days = ", ".join(_DAYS[day] for day in asks.skip_days)
    return " and not ".join(filter(None, (hours and f"at {hours} h UTC", days and f"on {days}")))


def _after_skipped(at: datetime, asks: Asks, *, latest: datetime, state: SourceState) -> datetime:
    """Return the first time from ``at`` that is not skipped; ``latest`` at the latest."""
    if not _is_skipped(at, asks):
        return at
    hour = at.replace(minute=0, second=0, microsecond=0)
    hours = (hour + n * _HOUR for n in range(1, _WEEK_HOURS))
    # Not all at the stroke of the hour.
    late = _HOUR / 4 * jitter_of(state.source_id, at)
    free = next((start + late for start in hours if not _is_skipped(start, asks)), at)
    return max(min(free, latest), at)


def _is_skipped(at: datetime, asks: Asks) -> bool:
    return at.hour in asks.skip_hours or at.weekday() in asks.skip_days
