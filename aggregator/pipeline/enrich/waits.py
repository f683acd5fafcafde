"""When something is to be looked for again."""

from datetime import datetime, timedelta

from aggregator.model.clock_skew import has_elapsed

PAUSED_AFTER = timedelta(minutes=10)
"""What could not be asked for, as its service is left alone, is tried again no sooner."""


def find_end_of_wait(wait: timedelta, since: datetime, now: datetime) -> datetime:
    """Return when ``wait`` has passed since a time, ``now`` where it has or the time cannot be true."""
    return now if has_elapsed(wait, since=since, now=now) else since + wait
