"""Delays and quiet hours of a topic: from when on something new may enter its feeds."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.model import QuietHours, TopicLimits
from aggregator.model.limits import LONGEST_QUIET

VIENNA = ZoneInfo("Europe/Vienna")
NIGHT = QuietHours(time(22), time(7), VIENNA)
NONE = timedelta(0)
ZONES = tuple(
    map(ZoneInfo, ("UTC", "Europe/Vienna", "America/St_Johns", "Australia/Lord_Howe", "Asia/Tokyo"))
)
QUIET = st.builds(
    QuietHours, st.times().map(lambda at: at.replace(microsecond=0)), st.times(), st.sampled_from(ZONES)
).filter(lambda quiet: quiet.begins != quiet.ends)
TIMES = st.timedeltas(timedelta(0), timedelta(days=730)).map(
    lambda past: datetime(2026, 1, 1, tzinfo=UTC) + past
)


def at(text):
    """Return a time in UTC that is given by its local time in Vienna."""
    return datetime.fromisoformat(text).replace(tzinfo=VIENNA).astimezone(UTC)


@pytest.mark.parametrize(
    ("moment", "end"),
    [
        ("2026-06-01 21:59:59", "2026-06-01 21:59:59"),
        ("2026-06-01 22:00", "2026-06-02 07:00"),
        ("2026-06-01 23:59:59.999999", "2026-06-02 07:00"),
        ("2026-06-02 00:00", "2026-06-02 07:00"),
        ("2026-06-02 06:59:59", "2026-06-02 07:00"),
        ("2026-06-02 07:00", "2026-06-02 07:00"),
        ("2026-03-28 22:30", "2026-03-29 07:00"),  # this night is an hour shorter
        ("2026-10-24 22:30", "2026-10-25 07:00"),  # and this one longer
    ],
)
def test_quiet_hours_end_by_the_clock_of_their_zone(moment, end):
    """Over midnight, and through the nights in which clocks are set."""
    assert NIGHT.find_end(at(moment)) == at(end)


def test_quiet_hours_of_a_day_begin_and_end_on_it():
    """Where they do not go over midnight."""
    noon = QuietHours(time(12), time(13, 30), VIENNA)
    assert noon.find_end(at("2026-06-01 12:00")) == at("2026-06-01 13:30")
    assert noon.find_end(at("2026-06-01 11:59")) == at("2026-06-01 11:59")
    assert noon.find_end(at("2026-06-01 23:00")) == at("2026-06-01 23:00")


@pytest.mark.parametrize(
    ("ends", "expected"), [(time(2, 30), "01:30"), (time(2), "01:00"), (time(3), "01:00")]
)
def test_an_end_that_no_clock_shows_is_the_next_that_one_does(ends, expected):
    """On 29 March 2026 clocks go from 2:00 to 3:00, that is at 1:00 UTC."""
    quiet = QuietHours(time(22), ends, VIENNA)
    assert f"{quiet.find_end(at('2026-03-29 00:30')):%H:%M}" == expected


@given(QUIET, TIMES)
def test_quiet_hours_end(quiet, moment):
    """Whatever zone and hours: they end within a long day, later than they began, and not in quiet hours."""
    end = quiet.find_end(moment)
    assert moment <= end <= moment + LONGEST_QUIET
    assert quiet.find_end(end) == end
    if end > moment:
        assert quiet.find_end(end - timedelta(microseconds=1)) >= end


@given(QUIET, TIMES, st.timedeltas(NONE, timedelta(days=3)), st.timedeltas(NONE, timedelta(hours=1)))
def test_nothing_enters_in_quiet_hours(quiet, seen_at, delay, page_wait):
    """An article enters no earlier than its delay says, never in quiet hours, and is asked for just then."""
    limits = TopicLimits(delay=delay, quiet=quiet)
    opening = limits.find_opening(seen_at, page_wait=page_wait)
    assert opening >= seen_at + delay
    assert quiet.find_end(opening) == opening
    assert limits.find_next_change(seen_at, seen_at, page_wait=page_wait) in {opening, None}
    assert not limits.is_waiting(seen_at, opening, page_wait=page_wait)
    if opening > seen_at:
        before = opening - timedelta(microseconds=1)
        assert limits.is_waiting(seen_at, before, page_wait=page_wait)
        assert limits.find_next_change(seen_at, before, page_wait=page_wait) == opening


def test_what_waits_for_its_page_does_not_enter_in_quiet_hours():
    """Its page may be read just after they began."""
    limits = TopicLimits(quiet=NIGHT)
    late = at("2026-06-01 21:59")
    assert limits.find_opening(late, page_wait=NONE) == late
    assert limits.find_opening(late, page_wait=timedelta(minutes=2)) == at("2026-06-02 07:00")


def test_a_time_in_the_future_does_not_wait():
    """It was seen by a clock that was wrong; when that comes near it is asked again."""
    limits = TopicLimits(delay=timedelta(minutes=10))
    now = at("2026-06-01 12:00")
    future = now + timedelta(days=1)
    assert not limits.is_waiting(future, now, page_wait=NONE)
    assert limits.find_next_change(future, now, page_wait=NONE) == future - timedelta(minutes=1)


def test_without_limits_nothing_waits():
    """And nothing is ever asked again."""
    now = at("2026-06-01 12:00")
    assert not TopicLimits().is_waiting(now, now, page_wait=timedelta(hours=1))
    assert TopicLimits(max_in_a_row=1).find_next_change(now, now, page_wait=NONE) is None
