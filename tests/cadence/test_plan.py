"""When a source is polled next, and what an operator is told of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.cadence.explanation import explain_poll, format_span
from aggregator.cadence.plan import Intervals, choose_jitter, plan_poll
from aggregator.cadence.rhythm import KEPT, note_posts
from aggregator.model import Asks, SourceState
from tests.cadence.posts import DAY, HOUR, every, office_hours

NOW = datetime(2026, 3, 2, 12, 30, tzinfo=UTC)
INTERVALS = Intervals(default=HOUR, minimum=timedelta(minutes=15), maximum=DAY)
STATE = SourceState(source_id="daily", first_polled_at=NOW - 400 * DAY)


def plan(state=STATE, now=NOW, intervals=INTERVALS):
    return plan_poll(state, intervals=intervals, now=now)


def explained(state=STATE):
    return explain_poll(state, intervals=INTERVALS, now=NOW)


def test_a_source_without_rhythm_has_the_default():
    """What never posted is polled as the settings say."""
    assert explained() == "every 60 min, because it has shown no rhythm yet"


def test_the_rhythm_is_explained():
    """Rate and time of day are told with the interval that follows from them."""
    reported = explained(replace(STATE, posts=office_hours()))
    assert reported == "every 40 min, because it posts about 12 entries a day, mostly 7–19 h UTC"


def test_the_same_source_and_time_have_the_same_plan():
    """Nothing is left to chance, and yet no two sources come at the same time."""
    state = replace(STATE, posts=every(HOUR, 20))
    assert plan(state) == plan(state)
    assert len({plan(replace(state, source_id=str(n))).next_poll_at for n in range(100)}) == 100


def test_sources_that_fail_together_do_not_come_back_together():
    """Within a tenth of the wait they are spread evenly."""
    numbers = sorted(choose_jitter(f"source-{n}", NOW) for n in range(1000))
    assert all(abs(number - n / 1000) < 0.06 for n, number in enumerate(numbers))


def test_a_quiet_source_has_the_upper_bound():
    """After three months without a post the most that is allowed."""
    posts = note_posts((), [NOW - 200 * DAY], now=NOW)
    assert explained(replace(STATE, posts=posts)) == "every 24 h, because it posted nothing for 200 days"


@pytest.mark.parametrize(
    ("asks", "reported"),
    [
        (Asks(ttl=3 * HOUR), "every 3 h, because its ttl asks for 3 h; on its own every"),
        (Asks(period=4 * HOUR), "every 4 h, because its sy:updatePeriod asks for 4 h; on its own every"),
        (
            Asks(fresh=5 * HOUR, ttl=HOUR),
            "every 5 h, because its HTTP caching asks for 5 h; on its own every",
        ),
        (Asks(ttl=90 * DAY), "every 24 h, the most that is allowed, because its ttl asks for 90 days;"),
        (Asks(ttl=timedelta(minutes=5)), "every 40 min, because it posts about 12 entries a day"),
    ],
)
def test_what_the_publisher_asks_for_lengthens_the_wait(asks, reported):
    """The longest wish counts, and never shortens what the rhythm gives."""
    assert explained(replace(STATE, posts=office_hours(), asks=asks)).startswith(reported)


def test_the_bounds_hold():
    """A source that posts all the time is polled as often as is allowed, and no more."""
    busy = replace(STATE, posts=every(timedelta(minutes=15), KEPT))
    assert explained(busy).startswith("every 15 min, the least that is allowed, because it posts")
    slow = replace(STATE, posts=every(7 * DAY, 9))
    reported = explained(slow)
    assert reported == "every 24 h, the most that is allowed, because it posts about 1 entry a week"


@given(
    st.lists(st.timedeltas(-DAY, 95 * DAY), max_size=60),
    st.one_of(st.none(), st.timedeltas(timedelta(seconds=1), timedelta(days=300))),
    st.frozensets(st.integers(0, 23)),
    st.frozensets(st.integers(0, 6)),
    st.text(),
)
def test_every_wait_is_within_the_bounds(times, ttl, hours, days, source_id):
    """Only a wish as long as the upper bound is passed, by jitter alone."""
    asks = Asks(ttl=ttl, skip_hours=tuple(sorted(hours)), skip_days=tuple(sorted(days)))
    posts = note_posts((), [NOW - ago for ago in times], now=NOW)
    found = plan(replace(STATE, source_id=source_id, posts=posts, asks=asks))
    wait = found.next_poll_at - NOW
    assert INTERVALS.minimum <= wait <= INTERVALS.maximum * 1.1
    if ttl is None or ttl < DAY / 1.1:
        assert wait <= INTERVALS.maximum
    if ttl is not None:
        assert wait >= min(ttl, INTERVALS.maximum)


@pytest.mark.parametrize(
    ("asks", "hour", "day"),
    [
        (Asks(skip_hours=(13, 14, 15)), 16, 0),
        (Asks(skip_hours=(13, *range(14, 24))), 0, 1),
        (Asks(skip_days=(0,)), 0, 1),
        (Asks(skip_hours=(0, 1, 13), skip_days=(0,)), 2, 1),
        (Asks(skip_hours=(12,)), 13, 0),
        (Asks(skip_hours=tuple(range(24))), 13, 0),
    ],
)
def test_skipped_hours_and_days_are_waited_out(asks, hour, day):
    """The poll falls into the first hour that is free; where none is, the wish is not heard."""
    at = plan(replace(STATE, asks=asks)).next_poll_at
    assert (at.hour, at.weekday()) == (hour, day)


def test_skipped_hours_are_reported():
    """The explanation names what is left out."""
    reported = explained(replace(STATE, asks=Asks(skip_hours=(1, 2), skip_days=(6,))))
    assert reported.endswith("; but not at 1, 2 h UTC and not on Sunday")


def test_skipping_ends_at_the_upper_bound():
    """A source that wants peace for the whole week is still polled within the operator's bound."""
    at = plan(replace(STATE, asks=Asks(skip_days=(0, 1, 2, 3, 4, 5)))).next_poll_at
    assert at == NOW + DAY


@pytest.mark.parametrize(
    ("state", "reported"),
    [
        ({"outcome": "throttled"}, "less and less often, because its publisher asked for a pause;"),
        ({"outcome": "failed", "failures": 2}, "less and less often, because of 2 failures in a row;"),
        ({"outcome": "gone"}, "every 7 days, because it is gone;"),
        (
            {"outcome": "failed", "failures": 9, "failing_since_at": NOW - 9 * DAY, "told_at": NOW},
            "every 24 h, because it is failing;",
        ),
        ({"outcome": "updated"}, "every 60 min, because"),
    ],
)
def test_trouble_is_explained(state, reported):
    """What slows a source down stands first, then what it will be when it answers again."""
    sentence = explained(replace(STATE, **state))
    assert sentence.startswith(reported)
    assert "every 60 min, because it has shown no rhythm yet" in sentence


@pytest.mark.parametrize(
    ("length", "reported"),
    [
        (timedelta(seconds=3), "3 s"), (timedelta(minutes=40), "40 min"), (timedelta(minutes=150), "2.5 h"),
        (timedelta(hours=24), "24 h"), (timedelta(days=3), "3 days"), (timedelta(seconds=0.6), "0.6 s"),
    ],
)  # fmt: skip
def test_lengths_of_time_in_words(length, reported):
    """Each length has a unit that suits it."""
    assert format_span(length) == reported
