"""Which sources are due while services are paused or have many of them."""

from datetime import timedelta

import pytest

from aggregator.model import Changes, Source
from aggregator.store import list_due_sources, read_due_sources, read_pauses, read_source_state
from tests.builders import NOW, source, state

HOUR = timedelta(hours=1)
OTHER = source("x")


def fill(store, *names, host="{}.tumblr.com"):
    """Configure sources, all of one service unless ``host`` says otherwise."""
    sources = [Source(id=name, url=f"https://{host.format(name)}/{name}") for name in names]
    store.sync_sources(sources, now=NOW)


def pause(store, source_id, pause):
    """Let a source have been asked now to wait for ``pause``."""
    until = NOW + pause
    reported = state(source_id, outcome="throttled", polled_at=NOW, next_poll_at=until, paused_until_at=until)
    store.save_poll(reported, (), lambda _: Changes())


def test_a_hold_is_for_the_whole_service(store):
    """Sub-domains of a hoster are one service; others are due as ever, and no state is touched."""
    fill(store, "a", "b", "c")
    fill_also = [
        source("x"),
        *(Source(id=n, url=f"https://{n}.tumblr.com/{n}") for n in "abc"),
    ]
    store.sync_sources(fill_also, now=NOW)
    before = read_source_state(store, "b")
    pause(store, "a", 10 * HOUR)
    assert list_due_sources(store, NOW + HOUR) == ("x",)
    assert read_source_state(store, "b") == before
    assert read_pauses(store, NOW + HOUR) == {"tumblr.com": (NOW + 10 * HOUR, "a")}
    assert read_pauses(store, NOW + 10 * HOUR) == {}


def test_sources_do_not_come_back_together(store):
    """After the pause they are due one by one, within a tenth of it."""
    names = [f"n{number}" for number in range(100)]
    fill(store, "a", *names)
    pause(store, "a", 2 * HOUR)
    due = [len(list_due_sources(store, NOW + 2 * HOUR + n * timedelta(minutes=1))) for n in range(13)]
    assert due == sorted(due)
    assert due[0] < 15
    assert 35 < due[6] < 65
    assert due[12] == 101


def test_the_spread_after_a_long_hold_is_an_hour(store):
    """A pause of a week does not cost another day."""
    fill(store, "a", *(f"n{number}" for number in range(50)))
    pause(store, "a", timedelta(days=7))
    assert len(list_due_sources(store, NOW + timedelta(days=7, minutes=30))) < 45
    assert len(list_due_sources(store, NOW + timedelta(days=7, hours=1))) == 51


def test_the_longest_of_several_holds_counts(store):
    """Two sources of a service that were told to wait: the later end holds."""
    fill(store, "a", "b", "c")
    pause(store, "a", 9 * HOUR)
    pause(store, "b", 3 * HOUR)
    assert list_due_sources(store, NOW + 5 * HOUR) == ()
    assert read_pauses(store, NOW) == {"tumblr.com": (NOW + 9 * HOUR, "a")}


def test_a_source_that_is_added_meanwhile_waits_too(store):
    """A pause is known to sources that come later."""
    fill(store, "a")
    pause(store, "a", 10 * HOUR)
    fill(store, "a", "new")
    assert list_due_sources(store, NOW + HOUR) == ()


@pytest.mark.parametrize(("per_service", "due"), [(None, 30), (4, 4), (1, 1)])
def test_one_service_does_not_take_all_places(store, per_service, due):
    """However many sources of a service are due, only so many are named; others have their place."""
    many = [Source(id=f"n{n}", url=f"https://n{n}.tumblr.com/") for n in range(30)]
    store.sync_sources([*many, source("zz")], now=NOW)
    found = read_due_sources(store, NOW, per_service=per_service)
    assert len(found) == due + 1
    assert "zz" in {one.id for one in found}


def test_what_is_paused_elsewhere_is_not_due(store):
    """Services that the caller pauses take nobody's place; a source of no service is due as ever."""
    fill(store, "a", "b", "c")
    store.sync_sources([*(Source(id=n, url=f"https://{n}.tumblr.com/{n}") for n in "abc"), OTHER], now=NOW)

    def list_due(*without):
        return [one.id for one in read_due_sources(store, NOW, 2, without=without)]

    assert list_due() == ["a", "b"]
    assert list_due("tumblr.com") == ["x"]
    assert list_due("tumblr.com", "x.example") == []
