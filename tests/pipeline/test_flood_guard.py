"""What a source brings above its ``max_per_hour``: when it is published."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.config import Config, Settings
from aggregator.model import Asks, Known, SourceState, revise
from aggregator.pipeline.poll.decide import Arrival, decide_document
from aggregator.pipeline.poll.flood_guard import spread_articles
from aggregator.rules import Rules
from aggregator.store import accept_article, read_quarantined, update_articles
from tests.builders import DAILY, article, sighting, topic
from tests.limited_site import limited_site
from tests.publishing_equality.trees import find_differences

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def make_articles(count, *, first=0, quality=90):
    """Return good articles, each a minute younger than the one before."""
    return [
        article(n, id=f"id-{n:04}", at=NOW - timedelta(minutes=2_000 - n), quality=quality)
        for n in range(first, first + count)
    ]


def list_releases(articles):
    """Return when articles are published, in hours from now, None: they are quarantined."""
    return [
        None if one.is_quarantined else (one.release_at - NOW) / HOUR if one.release_at else 0
        for one in articles
    ]


def test_so_many_come_at_once_and_the_others_in_the_next_hours():
    """The oldest first."""
    found, _ = spread_articles(make_articles(7), (), most=3, now=NOW)
    assert list_releases(found) == [0, 0, 0, 1, 1, 1, 2]


def test_later_documents_wait_behind_earlier_ones():
    """What comes meanwhile is released after what waits, and at once when nothing does any more."""
    _, releases = spread_articles(make_articles(5), (), most=2, now=NOW)
    later, releases = spread_articles(make_articles(2, first=5), releases, most=2, now=NOW + HOUR / 2)
    assert list_releases(later) == [2, 3]
    idle, _ = spread_articles(make_articles(1, first=7), releases, most=2, now=NOW + 5 * HOUR)
    assert list_releases(idle) == [0]


def test_what_would_wait_for_more_than_a_day_is_quarantined():
    """The oldest of it: the newest are news."""
    found, releases = spread_articles(make_articles(60), (), most=2, now=NOW)
    assert list_releases(found) == [None] * 12 + [hour for hour in range(24) for _ in range(2)]
    more, _ = spread_articles(make_articles(1, first=60), releases, most=2, now=NOW)
    assert list_releases(more) == [None]


def test_what_no_feed_would_show_takes_no_turn():
    """Articles that are not good enough are stored as ever."""
    poor = make_articles(5, quality=40)
    assert spread_articles(poor, (), most=1, now=NOW) == (tuple(poor), ())


def test_times_of_a_wrong_clock_do_not_count():
    """Releases that lie days ahead keep nothing back."""
    found, _ = spread_articles(make_articles(2), (((NOW.timestamp() + 9e6) // 60, 99),), most=2, now=NOW)
    assert list_releases(found) == [0, 0]


@given(
    st.lists(st.tuples(st.timedeltas(timedelta(0), 3 * HOUR), st.integers(0, 40)), max_size=12),
    st.integers(1, 8),
)
def test_no_hour_has_more_than_it_may(polls, most):
    """Whatever comes when: none in an hour is more, none waits longer than a day, and those that wait in turn."""
    now, releases, published, number = NOW, (), [], 0
    for wait, count in polls:
        now += wait
        found, releases = spread_articles(make_articles(count, first=number), releases, most=most, now=now)
        number += count
        times = [one.release_at or now for one in found if not one.is_quarantined]
        assert times == sorted(times)
        assert all(at <= now + timedelta(days=1) for at in times)
        published += times
    published.sort()
    for first, after in zip(published, published[most:], strict=False):
        assert after - first >= HOUR


@pytest.fixture
def rules(tmp_path):
    """Rules of one topic and of a source that may bring two articles an hour."""
    guarded = replace(DAILY, weight=50, max_per_hour=2)
    config = Config(
        folder=tmp_path, settings=Settings.model_validate({}), sources=(guarded,),
        topics=(topic("ai", keywords=("title",)),),
    )  # fmt: skip
    return Rules.of(config, {})


def test_a_poll_holds_a_flood_back(rules):
    """Its source's state says when what is released, and an article that another source has, too, is let go."""
    state = SourceState(source_id="daily", first_polled_at=NOW - HOUR, polled_at=NOW - HOUR)
    found = tuple(
        revise(one, title=f"Title {one.id}", quality=0, first_seen_at=NOW)
        for one in make_articles(3, first=1990)
    )
    arrival = Arrival(
        source=rules.sources["daily"], articles=found, asks=Asks(), before=state, after=state,
        elapsed=HOUR, has_frozen_validators=False, now=NOW,
    )  # fmt: skip
    changes = decide_document(arrival, Known(), rules)
    assert list_releases(changes.inserted) == [0, 0, 1]
    assert sum(count for _, count in changes.state.releases) == 3
    held = changes.inserted[2]
    other = replace(arrival, source=replace(DAILY, id="other"), articles=(held,))
    known = Known(
        sightings=(replace(sighting(held), source_id="other"),), articles={held.id: held},
        urls={held.canonical_url: held.id} if held.canonical_url else {}, carriers={held.id: ("daily",)},
    )  # fmt: skip
    (freed,) = decide_document(other, known, rules).updated
    assert freed.release_at is None


def test_feeds_show_what_is_held_back_just_in_its_turn(tmp_path):
    """All feeds, of stories and of articles; what is quarantined after its review."""
    with limited_site(tmp_path) as site:
        for number in range(3):
            site.arrive(f"a{number}")
        held = {"a1": site.now + HOUR, "a2": site.now}
        for one in site.read_articles():
            if one.id in held:
                held_back = revise(one, release_at=held[one.id], is_quarantined=one.id == "a2")
                update_articles(site.store, [held_back])
        assert site.show("all") == site.show("ai/articles") == ["a0"]
        assert site.show("ai", minutes=59, seconds=59) == ["a0"]
        assert sorted(site.show("ai", seconds=1)) == ["a0", "a1"]
        assert find_differences(site) == []
        assert [one.id for one in read_quarantined(site.store)] == ["a2"]
        accept_article(site.store, "a2", now=site.now)
        assert sorted(site.show("all/articles")) == ["a0", "a1", "a2"]


def test_a_clock_that_is_set_back_holds_back_again(tmp_path):
    """What is to be released later than a day from then on was set by a clock that was wrong, and is shown."""
    with limited_site(tmp_path) as site:
        site.arrive("a1")
        (one,) = site.read_articles()
        update_articles(site.store, [revise(one, release_at=site.now + 23 * HOUR)])
        assert site.show("all") == []
        assert site.show("all", hours=24) == ["a1"]
        assert site.show("all", hours=-2) == []
        assert site.show("all", hours=-24) == ["a1"]
        assert find_differences(site) == []
