"""Times that a wrong clock noted."""

from datetime import UTC, datetime, timedelta

import pytest

from aggregator.model.clock_skew import has_elapsed, is_behind

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("since", "expected"),
    [
        (NOW - DAY, True),
        (NOW - DAY / 2, False),
        (NOW + timedelta(seconds=30), False),
        (NOW + timedelta(hours=1), True),
        (NOW + 3650 * DAY, True),
    ],
)
def test_a_wait_that_began_in_the_future_is_over(since, expected):
    """A clock that was ahead does not make anything wait for years; one set back by seconds ends no wait."""
    assert has_elapsed(DAY, since=since, now=NOW) is expected


def test_a_clock_older_than_the_program_is_wrong():
    """Boards without a battery start in 1970 or 2000."""
    assert is_behind(datetime(1970, 1, 1, tzinfo=UTC))
    assert is_behind(datetime(2000, 1, 1, tzinfo=UTC))
    assert not is_behind(NOW)
