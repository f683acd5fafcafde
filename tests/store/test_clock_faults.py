"""Sources and subscriptions after a clock was wrong once."""

from datetime import timedelta

import pytest

from aggregator.model import Changes, Source
from aggregator.store import (
    ClockFaults,
    add_subscriptions,
    find_due_subscriptions,
    find_newest_poll,
    find_sources_to_examine,
    find_subscription,
    forget_removed_sources,
    list_due_sources,
    note_examination,
    read_pauses,
    read_source_state,
    repair_clock_faults,
)
from aggregator.store.marks import MarkKind, add_marks
from tests.builders import NOW, source, state, subscription
from tests.feed_places import list_marks

DAY = timedelta(days=1)
YEARS = timedelta(days=3650)
WEEK = timedelta(days=7)
LEASE = timedelta(days=90)


def fill(store, *states, now=NOW):
    """Configure sources and store these states of them."""
    store.sync_sources(
        [Source(id=s.source_id, url=f"https://{s.source_id}.example/") for s in states], now=now
    )
    for one in states:
        store.save_poll(one, (), lambda _: Changes())


def mend(store, now=NOW):
    return repair_clock_faults(store, now, longest_wait=WEEK, longest_lease=LEASE)


@pytest.mark.parametrize(
    "times",
    [
        {"polled_at": NOW + YEARS, "next_poll_at": NOW + YEARS},
        {"polled_at": NOW - DAY, "next_poll_at": NOW + YEARS},
        {"polled_at": NOW - DAY, "next_poll_at": NOW + 8 * DAY},
        {"polled_at": NOW + DAY, "next_poll_at": NOW + DAY + timedelta(hours=1)},
        {"polled_at": NOW + timedelta(hours=2), "next_poll_at": NOW + timedelta(hours=3)},
    ],
    ids=["ten years", "only the next poll", "past the longest wait", "a day", "two hours"],
)
def test_what_a_wrong_clock_put_off_is_due(store, times):
    """However far it was ahead, the source is due now, once, and nothing of it lies in the future."""
    well = state("well", polled_at=NOW - DAY, next_poll_at=NOW + 6 * DAY)
    fill(store, state("wrong", first_polled_at=times["polled_at"], **times), well)
    assert mend(store) == ClockFaults(sources=("wrong",))
    assert list_due_sources(store, NOW) == ("wrong",)
    assert read_source_state(store, "well") == well
    assert read_source_state(store, "wrong").polled_at <= NOW
    assert mend(store) == ClockFaults()


def test_a_source_that_was_configured_by_a_wrong_clock_is_due(store):
    """It was to be polled at once, which is a day from now."""
    store.sync_sources([source("new")], now=NOW + DAY)
    assert list_due_sources(store, NOW) == ()
    assert mend(store).sources == ("new",)
    assert list_due_sources(store, NOW) == ("new",)


def test_a_hold_of_a_wrong_clock_holds_nobody(store):
    """A 429 that was told by a clock of another year does not pause its service."""
    ahead = NOW + YEARS
    throttled = state(
        "a", outcome="throttled", polled_at=ahead, next_poll_at=ahead + DAY, paused_until_at=ahead + DAY
    )
    fill(store, throttled)
    store.sync_sources([Source(id=n, url=f"https://{n}.a.example/") for n in ("a", "b")], now=NOW)
    fill(store, throttled, state("b", polled_at=NOW - DAY, next_poll_at=NOW))
    mend(store)
    assert read_pauses(store, NOW) == {}
    assert set(list_due_sources(store, NOW)) == {"a", "b"}


def test_a_hold_longer_than_any_ends(store):
    """A service paused for years is free, whatever else is noted of the source that was told to wait."""
    until = NOW + YEARS
    fill(store, state("a", polled_at=NOW - DAY, next_poll_at=NOW + DAY, paused_until_at=until))
    assert mend(store).sources == ("a",)
    assert read_pauses(store, NOW) == {}
    assert mend(store) == ClockFaults()


def test_clocks_that_are_set_by_seconds_put_off_nothing(store):
    """A clock that is set back a little, as time servers do, mends nothing; nor does a Retry-After in full."""
    fill(
        store,
        state("a", polled_at=NOW + timedelta(seconds=30), next_poll_at=NOW + DAY),
        state("b", polled_at=NOW, next_poll_at=NOW + WEEK, paused_until_at=NOW + WEEK, outcome="throttled"),
    )
    assert mend(store) == ClockFaults()
    assert list_due_sources(store, NOW) == ()


def test_all_that_is_noted_of_a_source_is_put_right(store):
    """Failures, redirects and whole documents noted in the future are of now; the doctor may come again."""
    ahead = NOW + YEARS
    times = ("polled_at", "first_polled_at", "whole_at", "redirect_since_at", "failing_since_at", "told_at")
    fill(store, state("a", **dict.fromkeys(times, ahead), next_poll_at=ahead))
    note_examination(store, "a", None, None, ahead)
    assert find_sources_to_examine(store, NOW) == ()
    mend(store)
    mended = read_source_state(store, "a")
    assert [getattr(mended, name) for name in times] == [NOW] * len(times)
    assert find_sources_to_examine(store, NOW) == ("a",)


def test_a_source_that_is_not_polled_is_mended_silently(store):
    """One that was taken out is not due, nor told of."""
    fill(store, state("a", polled_at=NOW + YEARS, next_poll_at=NOW + YEARS))
    store.sync_sources([], now=NOW)
    assert mend(store) == ClockFaults()
    assert list_due_sources(store, NOW) == ()


def test_a_removal_noted_in_the_future_counts_from_now(store):
    """What a source that was taken out showed goes when its time is over, not ten years later."""
    fill(store, state("a", polled_at=NOW - DAY))
    store.sync_sources([], now=NOW)
    forget_removed_sources(store, NOW - LEASE, now=NOW + YEARS)
    mend(store)
    assert forget_removed_sources(store, NOW - timedelta(seconds=1), now=NOW) == 0
    assert forget_removed_sources(store, NOW + timedelta(seconds=1), now=NOW) == 1


def test_subscriptions_of_a_wrong_clock_are_renewed(store):
    """A lease that is said to hold for ten years is asked for again; a true one of weeks is not."""
    wrong = subscription("t1", verified_at=NOW + YEARS, expires_at=NOW + YEARS + DAY, next_at=NOW + YEARS)
    well = subscription("t2", verified_at=NOW, expires_at=NOW + LEASE, next_at=NOW + 60 * DAY)
    add_subscriptions(store, [wrong, well])
    assert mend(store) == ClockFaults(subscriptions=1)
    assert [one.token for one in find_due_subscriptions(store, NOW, 10)] == ["t1"]
    renewed = find_subscription(store, "t1")
    assert (renewed.verified_at, renewed.expires_at) == (NOW, NOW + LEASE)
    assert mend(store) == ClockFaults()


def test_the_newest_poll_is_known(store):
    """None where nothing was ever polled."""
    assert find_newest_poll(store) is None
    fill(store, state("a", polled_at=NOW - DAY), state("b", polled_at=NOW), state("c"))
    assert find_newest_poll(store) == NOW


def test_marks_that_a_wrong_clock_put_off_are_due(store):
    """Nobody knows which those are, so all are; where no time is wrong, they keep theirs."""
    with store.writing() as connection:
        add_marks(connection, MarkKind.PICTURE, ["id-1"], due_at=NOW + DAY)
    mend(store)
    assert list_marks(store, MarkKind.PICTURE) == [("id-1", NOW + DAY)]
    fill(store, state("wrong", polled_at=NOW + YEARS, next_poll_at=NOW + YEARS))
    mend(store)
    assert list_marks(store, MarkKind.PICTURE) == [("id-1", NOW)]
