"""What is remembered of the entries in the last document of a source."""

from dataclasses import replace

import pytest

from aggregator.model import Changes
from aggregator.store import read_seen_entries, read_source_state, retire_source, save_polls
from tests.builders import NOW, fill, state


@pytest.fixture
def polled(store):
    """A store in which a document with entries was polled."""
    fill(store)
    store.save_poll(state(body_hash="h", seen=b"\x00entries"), (), lambda _: Changes())
    return store


def test_what_was_seen_is_remembered_for_its_document(polled):
    """It comes back with the state of the document that it is of, and with no other."""
    last = read_source_state(polled, "daily")
    assert read_seen_entries(polled, last) == b"\x00entries"
    assert read_seen_entries(polled, replace(last, body_hash="other")) == b""
    assert read_seen_entries(polled, replace(last, body_hash=None)) == b""
    assert read_seen_entries(polled, replace(last, source_id="other")) == b""


def test_what_was_seen_survives_polls_without_a_document(polled):
    """An answer 304 leaves it, the next document replaces it."""
    save_polls(
        polled, [(replace(read_source_state(polled, "daily"), polled_at=NOW), (), lambda _: Changes())]
    )
    assert read_seen_entries(polled, read_source_state(polled, "daily")) == b"\x00entries"
    save_polls(polled, [(state(body_hash="i", seen=b"others"), (), lambda _: Changes())])
    assert read_seen_entries(polled, read_source_state(polled, "daily")) == b"others"


def test_nothing_counts_as_seen_while_a_source_is_quarantined(polled):
    """What it edits meanwhile is not taken up, so all of it is read."""
    last = replace(read_source_state(polled, "daily"), quarantined_at=NOW)
    assert read_seen_entries(polled, last) == b""


def test_what_was_seen_goes_with_its_source(polled):
    """A source that is removed and added again begins anew."""
    last = read_source_state(polled, "daily")
    retire_source(polled, "daily", with_articles=True)
    fill(polled)
    assert read_seen_entries(polled, last) == b""
