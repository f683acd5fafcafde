"""When sources published."""

from datetime import UTC, datetime, timedelta

from aggregator.cadence.rhythm import (
    note_posts,
)

NOW = datetime(2026, 3, 2, 12, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def every(gap, count, last=NOW):
    """The posts of a source that published once in ``gap``, ``count`` times."""
    return note_posts((), [last - n * gap for n in range(count)], now=NOW)


def office_hours(days=6, start=7, end=19, now=NOW):
    """The posts of a source that published once an hour between two hours of each day."""
    midnight = now.replace(hour=0, minute=0)
    times = [midnight - d * DAY + h * HOUR for d in range(days) for h in range(start, end)]
    return note_posts((), times, now=now)
