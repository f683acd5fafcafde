"""How polling slows down while pushes come; pure.

interval    four times as long as it would be, at most the upper bound, never past the lease's end, and
            never shorter than without pushes
from        the first push that is believed on
until       the lease ends, the hub denies it, or a poll finds entries that no push brought
"""

from datetime import datetime, timedelta

from aggregator.model import SourceState, revise

SLOWDOWN = 4


def slow_polling(state: SourceState, *, maximum: timedelta, now: datetime) -> SourceState:
    """Return ``state`` after a poll at ``now`` with the next one put off while pushes are believed to come.

    ``maximum`` is the longest interval. For a poll that went well and brought nothing new.
    """
    if state.next_poll_at is None or state.push_until_at is None or state.push_until_at <= now:
        return state
    wait = state.next_poll_at - now
    longer = min(wait * SLOWDOWN, maximum, state.push_until_at - now)
    return revise(state, next_poll_at=now + max(wait, longer))
