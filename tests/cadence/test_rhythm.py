"""How a source's rhythm is read from its posts, and how soon it is worth asking again."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.cadence.rhythm import (
    KEPT,
    STRETCH,
    find_busy_hours,
    measure_rhythm,
    newest_post_at,
    note_posts,
    share_of,
    wait_of_rhythm,
)
from tests.cadence.posts import DAY, HOUR, NOW, every, office_hours

LONG_AGO = NOW - timedelta(days=400)


def rhythm(posts, now=NOW, known_since=LONG_AGO):
    return measure_rhythm(posts, known_since=known_since, now=now)


def test_entries_of_one_quarter_of_an_hour_are_one_post():
    """Thirty entries at once are one reason to come by."""
    posts = note_posts((), [NOW] * 30 + [NOW - DAY], now=NOW)
    assert [entries for _, entries in posts] == [1, 30]
    found = rhythm(posts, known_since=NOW - 2 * DAY)
    assert (found.posts_per_day, found.entries_per_day) == (
        pytest.approx(1, abs=0.02),
        pytest.approx(15.5, abs=0.2),
    )


def test_noting_the_same_again_changes_nothing():
    """A document shows most entries many times."""
    posts = every(HOUR, 9)
    again = note_posts(posts, [NOW - n * HOUR for n in range(9)], now=NOW)
    assert again == posts


def test_what_lies_in_the_future_is_not_noted():
    """A date after the poll says nothing of when it was published."""
    assert note_posts((), [NOW + HOUR, datetime(1900, 1, 1, tzinfo=UTC)], now=NOW) == ()


def test_only_the_newest_posts_are_kept():
    """However old a source is, what is kept of it is small."""
    posts = every(HOUR, KEPT + 30)
    assert len(posts) == KEPT
    assert newest_post_at(posts) == NOW


@pytest.mark.parametrize(
    ("gap", "count", "a_day"),
    [
        pytest.param(HOUR, 200, 24, id="hourly, more than are kept"),
        pytest.param(DAY, 30, 1, id="daily"),
        pytest.param(7 * DAY, 12, 1 / 7, id="weekly: the last five count"),
        pytest.param(30 * DAY, 4, 1 / 30, id="monthly"),
    ],
)
def test_the_rate_is_that_of_the_last_posts(gap, count, a_day):
    """Whatever the pace, the rate comes out near it."""
    assert rhythm(every(gap, count)).posts_per_day == pytest.approx(a_day, rel=0.4)


def test_a_young_source_is_measured_over_its_own_time():
    """Two posts in the first hours are two a day, not a hundred."""
    posts = every(HOUR, 2)
    assert rhythm(posts, known_since=NOW).posts_per_day == pytest.approx(2)
    assert rhythm(posts, known_since=NOW - 10 * DAY).posts_per_day == pytest.approx(0.2)


def test_a_source_that_fell_silent_is_less_and_less_frequent():
    """The longer the silence, the lower the rate, until nothing is left."""
    posts = every(2 * HOUR, 30)
    rates = [rhythm(posts, now=NOW + n * DAY).posts_per_day for n in range(0, 89, 4)]
    assert rates == sorted(rates, reverse=True)
    assert rhythm(posts, now=NOW + 91 * DAY) is None


def test_a_burst_of_an_archive_is_no_rhythm():
    """Ten years of entries dated long ago say nothing of today."""
    archive = [NOW - timedelta(days=100 + n) for n in range(3000)]
    assert rhythm(note_posts((), archive, now=NOW)) is None


def test_busy_hours_are_reported():
    """Nearly all posts between two hours; half a day at most, and only where enough is known."""
    assert find_busy_hours(rhythm(office_hours())) == (7, 19)
    assert find_busy_hours(rhythm(office_hours(days=3, start=22, end=24))) is None
    night = note_posts((), [NOW.replace(hour=h) - d * DAY for d in range(1, 6) for h in (23, 0)], now=NOW)
    assert find_busy_hours(rhythm(night)) == (23, 1)
    assert find_busy_hours(rhythm(every(HOUR, KEPT))) is None


def test_the_wait_is_two_thirds_of_the_gap():
    """An even rhythm is asked for after two thirds of its gap."""
    assert wait_of_rhythm(rhythm(every(HOUR, KEPT)), NOW) == pytest.approx(HOUR * 2 / 3, rel=0.1)
    assert wait_of_rhythm(rhythm(every(7 * DAY, 9)), NOW) == pytest.approx(7 * DAY * 2 / 3, rel=0.3)


def test_busy_hours_are_polled_more_often_than_quiet_ones():
    """Twelve entries a day between 7 and 19 h: every forty minutes then, hours apart at night."""
    found = rhythm(office_hours())
    assert timedelta(minutes=35) < wait_of_rhythm(found, NOW) < timedelta(minutes=55)
    assert wait_of_rhythm(found, NOW.replace(hour=22)) > 3 * HOUR


def test_a_night_ends_in_the_morning():
    """The wait reaches into the busy hours no further than two thirds of a post are expected there."""
    found = rhythm(office_hours())
    early = NOW.replace(hour=6, minute=0)
    assert wait_of_rhythm(found, early) < 2 * HOUR


@given(
    st.lists(st.timedeltas(-DAY, 95 * DAY), min_size=1, max_size=200),
    st.integers(0, 24 * 60),
)
def test_any_rhythm_gives_a_bounded_wait(times, minutes):
    """Whatever was posted when, the wait is positive and at most three times the plain one."""
    now = NOW + timedelta(minutes=minutes)
    posts = note_posts((), [NOW - ago for ago in times], now=now)
    found = rhythm(posts, now=now)
    if found is not None:
        assert sum(share_of(found, hour) for hour in range(24)) == pytest.approx(1)
        plain = DAY * (2 / 3) / found.posts_per_day
        assert timedelta(0) < wait_of_rhythm(found, now) <= STRETCH * plain
