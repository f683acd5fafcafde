"""What a poll's end means for its source: outcome, failures in a row, and when to come again.

success         the next poll is the one that ``plan`` says
failure         the source's interval x 2^failures, at most the upper bound; sooner where there was no
                answer (``failure_weights``), slower where it is gone or failing for long (``source_health``)
429, 503, 403   with a Retry-After at least that long, at most ``retry_after_cap``; a 429 without one
                waits as after a failure, but is none; a 403 without one is a failure
jitter          every wait is lengthened by up to a tenth, so that sources that fail together do not
                come back together

A 429 speaks for the publisher's whole service and pauses all its sources; 503 and 403 speak for one source.
The pause is stored as ``paused_until_at`` with the source that got the 429, and kept in two places:

store.due             no source of the service is due until then; afterwards each is at its own moment,
                      within a tenth of the pause, so that they do not come back together
fetch.service_turns   in memory: refuses polls that were started before the 429 came, and keeps the pauses
                      that articles' pages asked for, which are not stored; it need not stagger, as whom it
                      refuses stays due in the store, and the turns of a service are few and paced
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal

from aggregator.cadence.failure_weights import TROUBLE, FailureWeight, weigh_failure
from aggregator.cadence.freshness import find_freshness, has_freshness
from aggregator.cadence.plan import JITTER, Intervals, add_jitter, plan_poll
from aggregator.cadence.rhythm import note_posts
from aggregator.cadence.silence import find_silence
from aggregator.cadence.source_health import PROBE_GONE, choose_probe_interval, note_health
from aggregator.errors import AggregatorError, HttpStatusError
from aggregator.http_dates import parse_retry_after
from aggregator.model import Asks, SourceState, revise

RETRY_AFTER_STATUSES = frozenset({403, 429, 503})
"""The statuses whose Retry-After says when to come again."""


def note_success(
    state: SourceState, *, outcome: Literal["updated", "not_modified"], now: datetime, intervals: Intervals
) -> SourceState:
    """Return ``state`` after a poll that went well, with the next one planned.

    A move that was proposed because the source did not answer is withdrawn.
    """
    is_back = state.told_at is not None and state.proposed_url != state.redirect_url
    return revise(
        state,
        outcome=outcome,
        error=None,
        failures=0,
        throttles=0,
        paused_until_at=None,
        failing_since_at=None,
        told_at=None,
        proposed_url=None if is_back else state.proposed_url,
        proposed_why=None if is_back else state.proposed_why,
        polled_at=now,
        first_polled_at=state.first_polled_at or now,
        silent_at=state.silent_at or find_silence(state.posts),
        next_poll_at=plan_poll(state, intervals=intervals, now=now).next_poll_at,
    )


def note_failure(
    state: SourceState, error: AggregatorError, *, now: datetime, intervals: Intervals
) -> SourceState:
    """Return ``state`` after a poll that ended in ``error``; validators and all else stay as they were.

    A 429, and a 503 or 403 with a Retry-After, are the publisher's wish to be left alone for a while and no
    failure of the source: some who limit how often they are asked answer 403.
    """
    asked = _wait_asked_for(error, now, intervals)
    status = error.status if isinstance(error, HttpStatusError) else None
    weight = weigh_failure(error)
    ended = _count_outcome(state, status, is_wish=status == 429 or bool(asked), now=now)
    if ended.outcome != "throttled":
        ended = note_health(ended, weight, now=now)
    least = max(asked or timedelta(0), choose_probe_interval(ended))
    plain = plan_poll(state, intervals=intervals, now=now).wait
    wait = max(_back_off(plain, intervals, _count_doublings(ended, weight)), least)
    next_poll_at = now + add_jitter(wait, intervals, source_id=state.source_id, now=now, least=least)
    return revise(
        ended,
        error=str(error),
        paused_until_at=next_poll_at if status == 429 else state.paused_until_at,
        next_poll_at=next_poll_at,
    )


def longest_wait(intervals: Iterable[Intervals]) -> timedelta:
    """Return the longest time that any poll of sources with these intervals can put off the next."""
    bounds = [max(one.maximum, one.retry_after_cap) for one in intervals]
    return max([PROBE_GONE, *bounds]) * (1 + JITTER)


def note_freshness(state: SourceState, headers: Mapping[str, str], *, is_same: bool) -> SourceState:
    """Return ``state`` with how long the answer is fresh; a 304 (``is_same``) need not say it again."""
    if is_same and not has_freshness(headers):
        return state
    return revise(state, asks=replace(state.asks, fresh=find_freshness(headers)))


def note_document(
    state: SourceState, asks: Asks, published_at: Iterable[datetime], *, now: datetime
) -> SourceState:
    """Return ``state`` with what a document asks for, and when its new entries were published.

    With these it is known from when on the source would count as silent.
    """
    posts = note_posts(state.posts, published_at, now=now)
    silent_at = state.silent_at if posts == state.posts else find_silence(posts)
    return revise(state, posts=posts, silent_at=silent_at, asks=replace(asks, fresh=state.asks.fresh))


def _count_outcome(state: SourceState, status: int | None, *, is_wish: bool, now: datetime) -> SourceState:
    """Return ``state`` with one more wish of the publisher to be left alone, or one more failure."""
    if is_wish:
        return revise(state, outcome="throttled", throttles=state.throttles + 1, polled_at=now)
    return revise(
        state,
        outcome="gone" if status == 410 else "failed",
        failures=state.failures + 1,
        failing_since_at=state.failing_since_at or now,
        polled_at=now,
    )


def _wait_asked_for(error: AggregatorError, now: datetime, intervals: Intervals) -> timedelta | None:
    if isinstance(error, HttpStatusError) and error.status in RETRY_AFTER_STATUSES:
        return parse_retry_after(error.retry_after, now=now, cap=intervals.retry_after_cap)
    return None


def _count_doublings(state: SourceState, weight: FailureWeight) -> float:
    """Return how often the interval is doubled after as many failures, or wishes, as there were."""
    if state.outcome == "throttled":
        return max(state.throttles, 1) * TROUBLE.doublings
    return max(state.failures, 1) * weight.doublings


def _back_off(wait: timedelta, intervals: Intervals, doublings: float) -> timedelta:
    # 2^12 times the shortest wait are past every bound; larger powers overflow a timedelta.
    return intervals.clamp(wait * 2 ** min(doublings, 12.0))
