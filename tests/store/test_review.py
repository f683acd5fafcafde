"""What is quarantined: kept out of everything that is published, and let in or removed by a decision."""

from dataclasses import replace
from datetime import timedelta

import pytest

from aggregator.model import Changes
from aggregator.store import (
    accept_article,
    accept_source,
    count_articles,
    count_quarantined,
    find_articles_to_enrich,
    list_due_sources,
    read_known,
    read_quarantined,
    read_source_state,
    reject_article,
    reject_source,
)
from tests.builders import DAILY, NOW, article, fill, inserting, state


@pytest.fixture
def quarantined(store):
    """A store with an article that is published and two that are quarantined, their source with them."""
    fill(store, article(1))
    waiting = (article(2, is_quarantined=True), article(3, is_quarantined=True))

    def decide(known):
        return replace(inserting(*waiting)(known), quarantined_because="it is somebody else's")

    store.save_poll(state(polled_at=NOW, etag="e", body_hash="h"), waiting, decide)
    return store


def test_what_is_quarantined_is_nowhere_but_in_the_review(quarantined):
    """Not among what is published or enriched; it comes back whole, and can be counted."""
    assert [a.id for a in quarantined.articles_since(NOW - timedelta(days=9))] == ["id-1"]
    assert [a.id for a in quarantined.newest_articles(topic_id="ai", limit=9, min_quality=0)] == ["id-1"]
    assert [a.id for a in find_articles_to_enrich(quarantined, NOW, 9)] == ["id-1"]
    assert read_quarantined(quarantined) == (
        article(2, is_quarantined=True),
        article(3, is_quarantined=True),
    )
    assert count_quarantined(quarantined) == {"daily": 2}
    assert not quarantined.article("id-2").is_published


def test_a_quarantine_is_noted_once_and_survives_every_poll(quarantined):
    """The first reason stays, and polls that began before do not overwrite it."""
    assert (
        read_source_state(quarantined, "daily").quarantined_at,
        read_source_state(quarantined, "daily").quarantined_because,
    ) == (
        NOW,
        "it is somebody else's",
    )
    again = replace(state(polled_at=NOW + timedelta(hours=1)), quarantined_at=None, quarantined_because=None)
    quarantined.save_poll(again, [article(4)], lambda _: Changes(quarantined_because="another reason"))
    quarantined.save_poll(again, (), lambda _: Changes())
    assert (
        read_source_state(quarantined, "daily").quarantined_at,
        read_source_state(quarantined, "daily").quarantined_because,
    ) == (
        NOW,
        "it is somebody else's",
    )


def test_what_a_poll_learns_of_its_source_is_stored(quarantined):
    """The state of the decision goes before the one that the poll came with."""
    learned = state(etag="learned", has_frozen_validators=True)
    quarantined.save_poll(state(etag="e"), [article(4)], lambda _: Changes(state=learned))
    assert (
        read_source_state(quarantined, "daily").etag,
        read_source_state(quarantined, "daily").has_frozen_validators,
    ) == (
        "learned",
        True,
    )


def test_accepting_a_source_lets_in_what_is_quarantined_and_reads_it_again(quarantined):
    """Its articles are published, the hold ends, and the next poll is due and unconditional."""
    assert accept_source(quarantined, "daily", now=NOW) == 2
    assert read_quarantined(quarantined) == ()
    after = read_source_state(quarantined, "daily")
    assert (after.quarantined_at, after.quarantined_because, after.etag, after.body_hash) == (None,) * 4
    assert list_due_sources(quarantined, NOW) == ("daily",)


def test_rejecting_a_source_removes_what_is_quarantined_for_ever(quarantined):
    """Only what is quarantined goes; it stays known, and the source stays quarantined."""
    assert reject_source(quarantined, "daily") == 2
    assert count_articles(quarantined) == 1
    known = read_known(quarantined, "daily", [article(2)])
    assert (set(known.articles), {s.article_id for s in known.sightings}) == (set(), {"id-2"})
    assert read_source_state(quarantined, "daily").quarantined_at == NOW


def test_single_articles(quarantined):
    """A decision on one leaves the other; what is not quarantined is not touched."""
    assert accept_article(quarantined, "id-2", now=NOW) == 1
    assert reject_article(quarantined, "id-3") == 1
    assert (
        accept_article(quarantined, "id-1", now=NOW),
        reject_article(quarantined, "id-1"),
        reject_article(quarantined, "id-2"),
    ) == (
        0,
        0,
        0,
    )
    assert count_articles(quarantined) == 2


def test_what_is_known_tells_of_a_quarantine_and_of_recent_articles(quarantined):
    """Where several are new their source's newest come along, without those quarantined; where few are, none."""
    strangers = [article(number) for number in (11, 12, 13)]
    known = read_known(quarantined, "daily", strangers)
    assert ([a.id for a in known.recent], known.is_quarantined) == (["id-1"], True)
    assert read_known(quarantined, "daily", strangers[:2]).recent == ()
    assert not read_known(quarantined, "daily", [article(1)]).is_quarantined


def test_a_new_address_ends_the_quarantine(quarantined):
    """The operator set it; what was quarantined at the old one still waits."""
    quarantined.sync_sources([replace(DAILY, url="https://new.example/feed")], now=NOW)
    assert read_source_state(quarantined, "daily").quarantined_at is None
    assert count_quarantined(quarantined) == {"daily": 2}


def test_a_source_that_is_let_in_while_it_is_polled_is_read_again(quarantined):
    """The poll began while it was quarantined; it does not undo that its next document is read, and whole."""
    began = read_source_state(quarantined, "daily")
    later = NOW + timedelta(hours=1)
    assert accept_source(quarantined, "daily", now=NOW) == 2
    ended = replace(began, outcome="not_modified", polled_at=NOW, next_poll_at=later, failures=0)
    quarantined.save_poll(ended, (), lambda _: Changes())
    let_in = read_source_state(quarantined, "daily")
    assert (let_in.etag, let_in.last_modified, let_in.body_hash, let_in.next_poll_at) == (
        None,
        None,
        None,
        NOW,
    )
    assert (let_in.outcome, let_in.quarantined_at) == ("not_modified", None)
    again = replace(let_in, etag="new", body_hash="h2", next_poll_at=later)
    quarantined.save_poll(again, (), lambda _: Changes())
    known = read_source_state(quarantined, "daily")
    assert (known.etag, known.body_hash, known.next_poll_at) == ("new", "h2", later)


def test_a_source_that_stays_quarantined_keeps_what_its_poll_learnt(quarantined):
    """It is polled as it was, with what its server said last."""
    later = NOW + timedelta(hours=1)
    quarantined.save_poll(
        replace(read_source_state(quarantined, "daily"), etag="new", next_poll_at=later),
        (),
        lambda _: Changes(),
    )
    assert (
        read_source_state(quarantined, "daily").etag,
        read_source_state(quarantined, "daily").next_poll_at,
    ) == (
        "new",
        later,
    )
