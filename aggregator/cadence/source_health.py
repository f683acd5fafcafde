"""Whether a source is well, failing or gone, and whether for so long that the operator has to know; pure.

gone      it answered 410 (RFC 9110 section 15.5.11); asked again once a week
failing   its last poll failed, and maybe those before; after ``FAILURES`` in a row over ``FAILING_FOR``
          asked again once a day, or at the upper bound of its intervals where that is longer
"""

from datetime import datetime, timedelta
from typing import Literal

from aggregator.model import SourceState, revise

FAILURES = 8
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
    if state.outcome == "gone":
        return True
    since_at, polled_at = state.failing_since_at, state.polled_at
    if since_at is None or polled_at is None or state.failures < FAILURES:
        return False
    return polled_at - since_at >= FAILING_FOR


def probe_interval_of(state: SourceState) -> timedelta:
    """Return the least time between two polls of a source in this health."""
    if not is_unhealthy_for_long(state):
        return timedelta(0)
    return PROBE_GONE if state.outcome == "gone" else PROBE_FAILING


def note_health(state: SourceState, *, now: datetime) -> SourceState:
    """Return ``state`` with when the operator was told that a source is failing for long, once it is."""
    is_new = is_unhealthy_for_long(state) and state.told_at is None
    return revise(state, told_at=now) if is_new else state
