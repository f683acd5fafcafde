"""Whether a source is well, failing or gone, and whether for so long that the operator has to know; pure.

gone      it answered 410 (RFC 9110 section 15.5.11); asked again once a week
failing   its last poll failed, and maybe those before; once the failures in a row, weighed by the kind of the
          last (``failure_weights``), have ``POINTS`` points over ``FAILING_FOR``, asked again once a day, or
          at the upper bound of its intervals where that is longer
"""

from datetime import datetime, timedelta
from typing import Literal

from aggregator.cadence.failure_weights import POINTS, FailureWeight
from aggregator.model import SourceState, revise

FAILING_FOR = timedelta(days=2)
PROBE_FAILING = timedelta(days=1)
PROBE_GONE = timedelta(days=7)

Health = Literal["well", "failing", "gone"]


def health_of(state: SourceState) -> Health:
    """Return the health of a source after its last poll."""
    if state.outcome == "gone":
        return "gone"
    return "failing" if state.failures else "well"


def is_unhealthy_for_long(state: SourceState) -> bool:
    """Tell whether a source is gone, or has been failing for so long that it will not recover by itself."""
    return state.outcome == "gone" or (state.failures > 0 and _is_told(state))


def choose_probe_interval(state: SourceState) -> timedelta:
    """Return the least time between two polls of a source in this health."""
    if not is_unhealthy_for_long(state):
        return timedelta(0)
    return PROBE_GONE if state.outcome == "gone" else PROBE_FAILING


def note_health(state: SourceState, weight: FailureWeight, *, now: datetime) -> SourceState:
    """Return ``state`` with when the operator was told that a source is failing for long, once it is.

    ``weight`` is that of the last of its failures.
    """
    since_at = state.failing_since_at
    has_points = state.failures * weight.points >= POINTS
    is_long = has_points and since_at is not None and now - since_at >= FAILING_FOR
    is_new = (is_long or state.outcome == "gone") and not _is_told(state)
    return revise(state, told_at=now) if is_new else state


def _is_told(state: SourceState) -> bool:
    """Tell whether the operator was told of these failures, and not only of some that were over since."""
    told_at, since_at = state.told_at, state.failing_since_at
    return told_at is not None and (since_at is None or since_at <= told_at)
