"""What is held: kept out of everything that is published, and let in or removed by a decision."""

from dataclasses import replace
from datetime import timedelta

import pytest

from aggregator.model import Changes
from aggregator.store import (
    accept_article,
    accept_source,
    articles_to_enrich,
    held_articles,
    held_counts,
    reject_article,
    reject_source,
)
from tests.builders import DAILY, NOW, article, fill, inserting, state


@pytest.fixture
def held(store):
    """A store with an article that is published and two that are held, their source with them."""
    fill(store, article(1))
    waiting = (article(2, is_held=True), article(3, is_held=True))

    def decide(known):
        return replace(inserting(*waiting)(known), held_because="it is somebody else's")

    store.save_poll(state(polled_at=NOW, etag="e", body_hash="h"), waiting, decide)
    return store


def test_what_is_held_is_nowhere_but_in_the_review(held):
    """Not among what is published or enriched; it comes back whole, and can be counted."""
    assert [a.id for a in held.articles_since(NOW - timedelta(days=9))] == ["id-1"]
    assert [a.id for a in held.newest_articles(topic_id="ai", limit=9, min_quality=0)] == ["id-1"]
    assert [a.id for a in articles_to_enrich(held, NOW, 9)] == ["id-1"]
    assert held_articles(held) == (article(2, is_held=True), article(3, is_held=True))
    assert held_counts(held) == {"daily": 2}
    assert not held.article("id-2").is_published


def test_a_hold_is_noted_once_and_survives_every_poll(held):
    """The first reason stays, and polls that began before do not overwrite it."""
    assert (held.source_state("daily").held_at, held.source_state("daily").held_because) == (
        NOW,
        "it is somebody else's",
    )
    again = replace(state(polled_at=NOW + timedelta(hours=1)), held_at=None, held_because=None)
    held.save_poll(again, [article(4)], lambda _: Changes(held_because="another reason"))
    held.save_poll(again, (), lambda _: Changes())
    assert (held.source_state("daily").held_at, held.source_state("daily").held_because) == (
        NOW,
        "it is somebody else's",
    )


def test_what_a_poll_learns_of_its_source_is_stored(held):
    """The state of the decision goes before the one that the poll came with."""
    learned = state(etag="learned", has_frozen_validators=True)
    held.save_poll(state(etag="e"), [article(4)], lambda _: Changes(state=learned))
    assert (held.source_state("daily").etag, held.source_state("daily").has_frozen_validators) == (
        "learned",
        True,
    )


def test_accepting_a_source_lets_in_what_is_held_and_reads_it_again(held):
    """Its articles are published, the hold ends, and the next poll is due and unconditional."""
    assert accept_source(held, "daily", now=NOW) == 2
    assert held_articles(held) == ()
    after = held.source_state("daily")
    assert (after.held_at, after.held_because, after.etag, after.body_hash) == (None,) * 4
    assert held.due_source_ids(NOW) == ("daily",)


def test_rejecting_a_source_removes_what_is_held_for_ever(held):
    """Only what is held goes; it stays known, and the source stays held."""
    assert reject_source(held, "daily") == 2
    assert held.article_count() == 1
    known = held.known_for("daily", [article(2)])
    assert (set(known.articles), {s.article_id for s in known.sightings}) == (set(), {"id-2"})
    assert held.source_state("daily").held_at == NOW


def test_single_articles(held):
    """A decision on one leaves the other; what is not held is not touched."""
    assert accept_article(held, "id-2") == 1
    assert reject_article(held, "id-3") == 1
    assert (accept_article(held, "id-1"), reject_article(held, "id-1"), reject_article(held, "id-2")) == (
        0,
        0,
        0,
    )
    assert held.article_count() == 2


def test_what_is_known_tells_of_a_hold_and_of_recent_articles(held):
    """Where several are new their source's newest come along, without those held; where few are, none."""
    strangers = [article(number) for number in (11, 12, 13)]
    known = held.known_for("daily", strangers)
    assert ([a.id for a in known.recent], known.is_held) == (["id-1"], True)
    assert held.known_for("daily", strangers[:2]).recent == ()
    assert not held.known_for("daily", [article(1)]).is_held


def test_a_new_address_ends_the_hold(held):
    """The operator set it; what was held at the old one still waits."""
    held.sync_sources([replace(DAILY, url="https://new.example/feed")], now=NOW)
    assert held.source_state("daily").held_at is None
    assert held_counts(held) == {"daily": 2}


def test_a_source_that_is_let_in_while_it_is_polled_is_read_again(held):
    """The poll began while it was held; it does not undo that its next document is read, and whole."""
    began = held.source_state("daily")
    later = NOW + timedelta(hours=1)
    assert accept_source(held, "daily", now=NOW) == 2
    ended = replace(began, outcome="not_modified", polled_at=NOW, next_poll_at=later, failures=0)
    held.save_poll(ended, (), lambda _: Changes())
    let_in = held.source_state("daily")
    assert (let_in.etag, let_in.last_modified, let_in.body_hash, let_in.next_poll_at) == (
        None,
        None,
        None,
        NOW,
    )
    assert (let_in.outcome, let_in.held_at) == ("not_modified", None)
    again = replace(let_in, etag="new", body_hash="h2", next_poll_at=later)
    held.save_poll(again, (), lambda _: Changes())
    known = held.source_state("daily")
    assert (known.etag, known.body_hash, known.next_poll_at) == ("new", "h2", later)


def test_a_source_that_stays_held_keeps_what_its_poll_learnt(held):
    """It is polled as it was, with what its server said last."""
    later = NOW + timedelta(hours=1)
    held.save_poll(
        replace(held.source_state("daily"), etag="new", next_poll_at=later), (), lambda _: Changes()
    )
    assert (held.source_state("daily").etag, held.source_state("daily").next_poll_at) == ("new", later)
