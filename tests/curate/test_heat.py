"""Heat, and when it changes next."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from aggregator.curate import (
    cool_down,
    find_measuring,
    find_next_cooling,
    find_next_measuring,
    measure_heat,
    measure_warmth,
)

STEP = timedelta(microseconds=1)
HOUR = timedelta(hours=1)
DAY = datetime(2026, 11, 28, tzinfo=UTC)

warmths = st.floats(70, 230)
ages = st.timedeltas(-HOUR, timedelta(days=31))
half_lives = st.timedeltas(timedelta(minutes=6), timedelta(days=90))
windows = st.timedeltas(HOUR, timedelta(days=30))
times = st.timedeltas(timedelta(days=-30_000), timedelta(days=30_000)).map(lambda span: DAY + span)


def find_by_halving(heat_at, age, end):
    """Return the least age above ``age`` at which the heat differs from now, found by halving the span."""
    low, high = age, end
    while high - low > STEP:
        middle = low + (high - low) // 2
        low, high = (middle, high) if heat_at(middle) == heat_at(age) else (low, middle)
    return high


@given(warmths, ages, half_lives, windows)
def test_the_next_cooling_is_the_first_moment_of_another_heat(warmth, age, half_life, window):
    """To the microsecond: found by a formula, it is what a search over the whole window finds."""
    found = find_next_cooling(warmth, age=age, half_life=half_life, window=window)
    if age > window:
        assert found is None
        return
    start = max(age, timedelta(0))
    assert found == find_by_halving(
        lambda at: cool_down(warmth, age=at, half_life=half_life, window=window), start, window + STEP
    )


@given(st.integers(70, 189), st.integers(1, 40), st.floats(0, 100), half_lives, windows)
def test_heat_is_constant_between_two_coolings(quality, voices, pace_h, half_life, window):
    """Stepping from cooling to cooling gives every heat that the formula has, and ends out of play."""
    warmth, limits = measure_warmth(quality, voices=voices, pace_h=pace_h), {"half_life": half_life}
    age, heats = timedelta(0), []
    for _ in range(400):
        heat = measure_heat(quality, age=age, window=window, voices=voices, pace_h=pace_h, **limits)
        heats.append(heat)
        following = find_next_cooling(warmth, age=age, window=window, **limits)
        if following is None:
            break
        before = measure_heat(
            quality, age=following - STEP, window=window, voices=voices, pace_h=pace_h, **limits
        )
        assert before == heat
        age = following
    assert heats[-1] == -1
    assert heats == sorted(set(heats), reverse=True)


@given(times, st.one_of(ages, st.timedeltas(timedelta(days=-9_000), timedelta(days=9_000))))
def test_heat_is_measured_every_twelve_hours_and_later_every_day(published_at, age):
    """Nothing is between one measuring and the next."""
    now = published_at + age
    measured_at = find_measuring(published_at, now)
    following = find_next_measuring(published_at, now + STEP)
    assert measured_at <= now < following
    assert following - measured_at in (12 * HOUR, 24 * HOUR)
    assert find_measuring(published_at, following - STEP) == measured_at
    assert find_measuring(published_at, following) == following
    assert find_next_measuring(published_at, measured_at) == measured_at
    if measured_at - published_at < timedelta(days=2):
        assert following - measured_at == 12 * HOUR
    if age > timedelta(days=3):
        assert following - measured_at == 24 * HOUR


@given(st.timedeltas(timedelta(0), timedelta(days=60)))
def test_the_articles_of_a_day_are_measured_at_the_same_times(age):
    """Those of the day after that come an hour later."""
    now = DAY + age
    times_of_day = {find_next_measuring(DAY + hour * HOUR, now + timedelta(days=4)) for hour in range(24)}
    assert len(times_of_day) == 1
    (measured_at,) = times_of_day
    assert find_measuring(DAY + 24 * HOUR, measured_at + HOUR) == measured_at + HOUR
