"""Times as operators write them."""

from datetime import UTC, datetime

import pytest

from aggregator.cli.terminal.times import read_time

NOW = datetime(2026, 3, 4, 15, 30, 7, tzinfo=UTC)  # a Wednesday


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("now", "2026-03-04T15:30:07"),
        ("today", "2026-03-04T00:00:00"),
        ("yesterday", "2026-03-03T00:00:00"),
        (" Yesterday ", "2026-03-03T00:00:00"),
        ("wednesday", "2026-03-04T00:00:00"),
        ("Monday", "2026-03-02T00:00:00"),
        ("thursday", "2026-02-26T00:00:00"),
        ("12h", "2026-03-04T03:30:07"),
        ("90 min", "2026-03-04T14:00:07"),
        ("1 hour ago", "2026-03-04T14:30:07"),
        ("3d", "2026-03-01T15:30:07"),
        ("3 days  ago", "2026-03-01T15:30:07"),
        ("2 weeks", "2026-02-18T15:30:07"),
        ("2026-02-01", "2026-02-01T00:00:00"),
        ("2026-02-01 06:00", "2026-02-01T06:00:00"),
        ("2026-02-01T06:00:05", "2026-02-01T06:00:05"),
        ("2026-02-01T06:00:05Z", "2026-02-01T06:00:05"),
        ("2026-02-01T06:00+02:00", "2026-02-01T04:00:00"),
    ],
)
def test_a_time_is_read_as_it_is_meant(text, expected):
    """Days begin at midnight, a weekday is the last one, spans go back from now, offsets count."""
    assert read_time(text, NOW) == datetime.fromisoformat(expected).replace(tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "soon", "tomorrow", "3", "3 moons", "2026-13-01", "١d", "9999w 1"])
def test_what_is_no_time_is_refused(text):
    """Nothing is guessed."""
    with pytest.raises(ValueError, match=r".*"):
        read_time(text, NOW)
