"""Whether a source is well, failing for long, or gone; pure.

gone      it answered 410 (RFC 9110 section 15.5.11); asked again once a week
failing   ``FAILURES`` failures in a row over ``FAILING_FOR``; asked again once a day, or at the upper
          bound of its intervals where that is longer
"""

from datetime import datetime, timedelta
from typing import Literal

from aggregator.model import SourceState, revised

FAILURES = 8
FAILING_FOR = timedelta(days=2)
PROBE_FAILING = timedelta(days=1)
PROBE_GONE = timedelta(days=7)

Standing = Literal["well", "failing", "gone"]


def standing_of(state: SourceState) -> Standing:
    """Return how a source stands after its last poll."""
    if state.outcome == "gone":
        return "gone"
    since_at, polled_at = state.failing_since_at, state.polled_at
    if since_at is None or polled_at is None or state.failures < FAILURES:
        return "well"
    return "failing" if polled_at - since_at >= FAILING_FOR else "well"


def probe_of(standing: Standing) -> timedelta:
    """Return the least time between two polls of a source that stands so."""
    return {"well": timedelta(0), "failing": PROBE_FAILING, "gone": PROBE_GONE}[standing]


def note_standing(state: SourceState, *, now: datetime) -> SourceState:
    """Return ``state`` with when the operator is told that a source is not well: once."""
    is_new = standing_of(state) != "well" and state.told_at is None
    return revised(state, told_at=now) if is_new else state
