"""Times as grouping counts them: in hours since 1970."""

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_HOUR = timedelta(hours=1)


def count_hours(moment: datetime) -> float:
    """Return a time as hours since 1970."""
    return (moment - _EPOCH) / _HOUR


def read_hours(hours: float) -> datetime:
    """Return the time that is so many hours after 1970 began."""
    return _EPOCH + timedelta(hours=hours)
