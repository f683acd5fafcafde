"""When a permanent redirect is proposed, and when it is not."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from aggregator.cadence.moves import (
    PROOFS_TRIED,
    describe_move,
    is_same_feed,
    needs_proof,
    note_proof,
    note_redirect,
    propose_redirect,
)
from aggregator.model import Sighting, SourceState
from tests.builders import NOW, article

DAY = timedelta(days=1)
STATE = SourceState(source_id="daily", first_polled_at=NOW - 100 * DAY)
NEW = "https://new.example/"


def sighting_of(number, first_seen_at=NOW - 10 * DAY, entry_id=None):
    seen = entry_id or f"guid-{number}"
    return Sighting(source_id="daily", article_id=f"id-{number}", entry_id=seen, first_seen_at=first_seen_at)


def redirected(polls, every=DAY, state=STATE):
    """The state after so many redirected polls, the last of them now."""
    for number in reversed(range(polls)):
        state = note_redirect(state, NEW, now=NOW - number * every)
    return state


def test_a_redirect_is_counted_since_it_was_first_seen():
    """The same target in a row is counted; another one, or none, starts anew."""
    state = redirected(4)
    assert (state.redirect_since_at, state.redirect_sightings) == (NOW - 3 * DAY, 4)
    other = note_redirect(state, "https://else.example/", now=NOW)
    assert (other.redirect_since_at, other.redirect_sightings) == (NOW, 1)
    none = note_redirect(state, None, now=NOW)
    assert (none.redirect_url, none.redirect_since_at, none.redirect_sightings) == (None, None, 0)


@pytest.mark.parametrize(
    ("polls", "every", "is_proved", "is_proposed"),
    [
        (3, DAY, True, True),
        (2, 3 * DAY, True, False),
        (50, timedelta(hours=1), True, True),
        (40, timedelta(hours=1), True, False),
        (50, DAY, False, False),
    ],
)
def test_a_redirect_is_proposed_once_it_is_sure(polls, every, is_proved, is_proposed):
    """Three sightings, two days, and a proof: all of them."""
    state = replace(redirected(polls, every), redirect_proved_at=NOW if is_proved else None)
    proposed = propose_redirect(state, now=NOW)
    assert proposed.proposed_url == (NEW if is_proposed else None)
    assert ("polls in a row" in (proposed.proposed_why or "")) == is_proposed


def test_what_was_proposed_is_withdrawn_with_its_redirect():
    """A redirect that ends, as after maintenance, is no longer proposed; another proposal stays."""
    state = propose_redirect(replace(redirected(5), redirect_proved_at=NOW), now=NOW)
    ended = note_redirect(state, None, now=NOW)
    assert (ended.proposed_url, ended.proposed_why, ended.redirect_proved_at) == (None, None, None)
    found = replace(state, proposed_url="https://found.example/", proposed_why="found")
    assert note_redirect(found, None, now=NOW).proposed_url == "https://found.example/"


@pytest.mark.parametrize(
    ("shown", "known", "is_same"),
    [
        (range(10), range(5, 20), True),
        (range(10), range(6, 20), False),
        (range(100), range(10), True),
        (range(100), range(9), False),
        (range(10), (), False),
        ((), range(10), False),
    ],
)
def test_the_same_feed_has_the_same_entries(shown, known, is_same):
    """Half of what is shown is known, or ten entries."""
    assert is_same_feed([article(n) for n in shown], [sighting_of(n) for n in known]) is is_same


def test_entries_are_known_by_their_article_too():
    """A feed whose ids changed with its address is still known by what it links to."""
    known = [sighting_of(n, entry_id=f"old-{n}") for n in range(4)]
    assert is_same_feed([article(n) for n in range(4)], known)


def test_what_was_seen_behind_the_redirect_proves_nothing():
    """Another feed at the target is not the same feed a day later because we saw it there a day ago."""
    state = redirected(2)
    shown = [article(n) for n in range(9)]
    after = [sighting_of(n, first_seen_at=NOW - DAY) for n in range(9)]
    assert note_proof(state, shown, after, now=NOW).redirect_proved_at is None
    before = [sighting_of(n, first_seen_at=NOW - 2 * DAY) for n in range(9)]
    assert note_proof(state, shown, before, now=NOW).redirect_proved_at == NOW


def test_a_source_that_always_redirected_is_proved_by_earlier_polls():
    """There is no time before the redirect to compare with."""
    state = redirected(2, state=SourceState(source_id="daily"))
    state = replace(state, first_polled_at=state.redirect_since_at)
    earlier = [sighting_of(n, first_seen_at=NOW - DAY) for n in range(9)]
    assert note_proof(state, [article(n) for n in range(9)], earlier, now=NOW).redirect_proved_at == NOW
    first = redirected(1, state=SourceState(source_id="daily"))
    assert note_proof(first, [article(1)], (), now=NOW).redirect_proved_at is None


def test_whole_documents_are_asked_for_only_a_few_times():
    """Without a proof after some polls, polling is conditional again."""
    assert not needs_proof(STATE)
    assert needs_proof(redirected(1))
    assert not needs_proof(replace(redirected(1), redirect_proved_at=NOW))
    assert needs_proof(redirected(PROOFS_TRIED))
    assert not needs_proof(redirected(PROOFS_TRIED + 1))


def test_every_step_is_reported():
    """Seen, proved, proposed, and withdrawn or ended, each once."""
    seen = redirected(1)
    proved = replace(seen, redirect_proved_at=NOW)
    proposed = replace(proved, proposed_url=NEW)
    steps = [STATE, seen, seen, proved, proposed, proposed, note_redirect(proposed, None, now=NOW)]
    reported = [describe_move(before, after) for before, after in pairwise(steps)]
    assert reported == [("seen", NEW), None, ("proved", NEW), ("proposed", NEW), None, ("withdrawn", NEW)]
    assert describe_move(seen, STATE) == ("ended", NEW)
