"""What is remembered of the entries in the last document of a source."""

from dataclasses import replace

import pytest

from aggregator.model import Changes
from aggregator.store import seen_entries
from tests.builders import NOW, fill, state


@pytest.fixture
def polled(store):
    """A store in which a document with entries was polled."""
    fill(store)
    store.save_poll(state(body_hash="h", seen=b"\x00entries"), (), lambda _: Changes())
    return store


def test_what_was_seen_is_remembered_for_its_document(polled):
    """It comes back with the state of the document that it is of, and with no other."""
    last = polled.source_state("daily")
    assert seen_entries(polled, last) == b"\x00entries"
    assert seen_entries(polled, replace(last, body_hash="other")) == b""
    assert seen_entries(polled, replace(last, body_hash=None)) == b""
    assert seen_entries(polled, replace(last, source_id="other")) == b""


def test_what_was_seen_survives_polls_without_a_document(polled):
    """An answer 304 leaves it, the next document replaces it."""
    polled.save_polls([(replace(polled.source_state("daily"), polled_at=NOW), (), lambda _: Changes())])
    assert seen_entries(polled, polled.source_state("daily")) == b"\x00entries"
    polled.save_polls([(state(body_hash="i", seen=b"others"), (), lambda _: Changes())])
    assert seen_entries(polled, polled.source_state("daily")) == b"others"


def test_nothing_counts_as_seen_while_a_source_is_quarantined(polled):
    """What it edits meanwhile is not taken up, so all of it is read."""
    last = replace(polled.source_state("daily"), quarantined_at=NOW)
    assert seen_entries(polled, last) == b""


def test_what_was_seen_goes_with_its_source(polled):
    """A source that is removed and added again begins anew."""
    last = polled.source_state("daily")
    polled.remove_source("daily", with_articles=True)
    fill(polled)
    assert seen_entries(polled, last) == b""
