"""What a poll's end means for its source: outcome, failures in a row, and when to come again.

interval        the configured one, within the source's or the operator's bounds
after failures  interval x 2^failures, at most the upper bound
Retry-After     at least that long, at most 7 days
jitter          every wait is lengthened by up to a tenth, so that sources that fail together do
                not come back together
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Literal

from aggregator.errors import AggregatorError, HttpStatusError
from aggregator.model import Source, SourceState

RETRY_AFTER_CAP = timedelta(days=7)
JITTER = 0.1


@dataclass(frozen=True, kw_only=True, slots=True)
class Intervals:
    """How often to poll: ``default``, and the bounds that hold for every wait."""

    default: timedelta
    minimum: timedelta
    maximum: timedelta

    def of(self, source: Source) -> "Intervals":
        """Return these with the bounds that ``source`` sets for itself."""
        minimum = source.min_interval or self.minimum
        maximum = max(source.max_interval or self.maximum, minimum)
        return Intervals(default=min(max(self.default, minimum), maximum), minimum=minimum, maximum=maximum)


def after_success(
    state: SourceState,
    *,
    outcome: Literal["updated", "not_modified"],
    now: datetime,
    intervals: Intervals,
    jitter: float,
) -> SourceState:
    """Return ``state`` after a poll that went well; ``jitter`` is a random number from 0 to 1."""
    return replace(
        state,
        outcome=outcome,
        error=None,
        failures=0,
        polled_at=now,
        first_polled_at=state.first_polled_at or now,
        next_poll_at=now + _spread(intervals.default, jitter),
    )


def after_failure(
    state: SourceState, error: AggregatorError, *, now: datetime, intervals: Intervals, jitter: float
) -> SourceState:
    """Return ``state`` after a poll that ended in ``error``; validators and all else stay as they were.

    410 (RFC 9110 section 15.5.11) ends polling: ``next_poll_at`` is None. 429, and 503 with a
    Retry-After, are the publisher's wish to be left alone for a while and no failure of the source.
    """
    if isinstance(error, HttpStatusError) and error.status == 410:
        return replace(
            state,
            outcome="gone",
            error=str(error),
            failures=state.failures + 1,
            polled_at=now,
            next_poll_at=None,
        )
    asked = _asked_wait(error, now)
    throttled = isinstance(error, HttpStatusError) and (error.status == 429 or asked is not None)
    failures = state.failures if throttled else state.failures + 1
    wait = max(_backed_off(intervals, max(failures, 1)), asked or timedelta(0))
    return replace(
        state,
        outcome="throttled" if throttled else "failed",
        error=str(error),
        failures=failures,
        polled_at=now,
        next_poll_at=now + _spread(wait, jitter),
    )


def note_redirect(state: SourceState, permanent_url: str | None, *, now: datetime) -> SourceState:
    """Return ``state`` with where a permanent redirect points, and since when it has done so."""
    if permanent_url == state.redirect_url:
        return state
    return replace(state, redirect_url=permanent_url, redirect_since_at=now if permanent_url else None)


def retry_after(value: str | None, *, now: datetime) -> timedelta | None:
    """Return the wait that a Retry-After field asks for (RFC 9110 section 10.2.3), None if unreadable."""
    if value is None:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        return min(timedelta(seconds=int(text[:9])), RETRY_AFTER_CAP)
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    return min(max(until - now, timedelta(0)), RETRY_AFTER_CAP)


def _asked_wait(error: AggregatorError, now: datetime) -> timedelta | None:
    if isinstance(error, HttpStatusError) and error.status in (429, 503):
        return retry_after(error.retry_after, now=now)
    return None


def _backed_off(intervals: Intervals, failures: int) -> timedelta:
    # 2^10 intervals are past every bound; larger powers overflow a timedelta.
    return min(max(intervals.default * float(2 ** min(failures, 10)), intervals.minimum), intervals.maximum)


def _spread(wait: timedelta, jitter: float) -> timedelta:
    return wait * (1 + JITTER * jitter)
