"""What polling a source costs its publisher, counted day by day; pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from aggregator.model import SourceState, Tally, revise

KEPT_DAYS = 8
"""Today and the seven days before it."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Politeness:
    """What the last days cost: ``days`` are those that were counted, at least one.

    ``not_modified_share`` is that of the polls answered 304, None where there was no poll.
    """

    days: float
    polls: int
    requests: int
    requests_per_day: float
    not_modified_share: float | None
    received_bytes: int
    saved_bytes: int


def count_poll(
    state: SourceState,
    *,
    now: datetime,
    requests: int = 1,
    received_bytes: int = 0,
    is_not_modified: bool = False,
) -> SourceState:
    """Return ``state`` with one poll more in the tally of its day.

    ``received_bytes`` of an answer that was not 304 are those that the next 304 saves.
    """
    day = (now - _EPOCH) // _DAY
    *before, today = state.tallies or (Tally(day=day),)
    if today.day != day:
        before, today = [*before, today], Tally(day=day)
    counted = today._replace(
        polls=today.polls + 1,
        requests=today.requests + requests,
        not_modified=today.not_modified + is_not_modified,
        received_bytes=today.received_bytes + received_bytes,
        saved_bytes=today.saved_bytes + ((is_not_modified and state.full_bytes) or 0),
    )
    kept = tuple(tally for tally in before if day - KEPT_DAYS < tally.day <= day)
    full_bytes = state.full_bytes if is_not_modified or not received_bytes else received_bytes
    return revise(state, tallies=(*kept, counted), full_bytes=full_bytes)


def politeness_of(state: SourceState, *, now: datetime) -> Politeness:
    """Return what the last days of a source cost."""
    today = (now - _EPOCH) // _DAY
    tallies = [tally for tally in state.tallies if tally.day > today - KEPT_DAYS]
    first = min((tally.day for tally in tallies), default=today)
    since = max(_EPOCH + first * _DAY, state.first_polled_at or _EPOCH)
    return _sum_tallies(tallies, max((now - since) / _DAY, 1.0))


def total_of(each: Iterable[Politeness]) -> Politeness:
    """Return what all of these cost together, over the longest of their times."""
    found = list(each)
    polls = sum(one.polls for one in found)
    not_modified = sum(round((one.not_modified_share or 0) * one.polls) for one in found)
    return Politeness(
        days=max((one.days for one in found), default=1.0),
        polls=polls,
        requests=sum(one.requests for one in found),
        requests_per_day=sum(one.requests_per_day for one in found),
        not_modified_share=not_modified / polls if polls else None,
        received_bytes=sum(one.received_bytes for one in found),
        saved_bytes=sum(one.saved_bytes for one in found),
    )


def _sum_tallies(tallies: Iterable[Tally], days: float) -> Politeness:
    counted = list(tallies)
    polls, requests = sum(tally.polls for tally in counted), sum(tally.requests for tally in counted)
    not_modified = sum(tally.not_modified for tally in counted)
    return Politeness(
        days=days,
        polls=polls,
        requests=requests,
        requests_per_day=requests / days,
        not_modified_share=not_modified / polls if polls else None,
        received_bytes=sum(tally.received_bytes for tally in counted),
        saved_bytes=sum(tally.saved_bytes for tally in counted),
    )
