"""What a wrong clock leaves behind: times that lie in the future of a clock that is right again. Pure."""

from datetime import UTC, datetime, timedelta

SKEW = timedelta(minutes=1)
"""How far clocks are set to and fro while they are right."""
EARLIEST_NOW = datetime(2026, 1, 1, tzinfo=UTC)
"""A clock that shows less is wrong: this program is younger. Boards without a battery start in 1970."""


def is_behind(now: datetime) -> bool:
    """Tell whether the clock is certainly wrong, so that nothing is to be concluded from it."""
    return now < EARLIEST_NOW


def has_elapsed(wait: timedelta, *, since: datetime, now: datetime) -> bool:
    """Tell whether ``wait`` has passed since a time; one in the future, beyond ``SKEW``, counts as past."""
    return now - since >= wait or since > now + SKEW
