"""What an answer, a document and a failure mean, decided from values alone."""

from dataclasses import replace
from datetime import timedelta

import pytest

from aggregator.config import Config, Settings
from aggregator.errors import FetchTimeout, HttpStatusError
from aggregator.model import Asks, Known, SourceState
from aggregator.pipeline.poll.decide import (
    Arrival,
    Pause,
    decide_document,
    decide_failure,
    decide_unchanged,
    is_push_missed,
    note_answer_head,
)
from aggregator.rules import Rules
from tests.builders import DAILY, NOW, answer, article, sighting

DAY = timedelta(days=1)
BEFORE = SourceState(source_id="daily", first_polled_at=NOW - 9 * DAY, polled_at=NOW - DAY, body_hash="old")


@pytest.fixture(scope="module")
def rules(tmp_path_factory):
    """Rules of one source and of no topics."""
    settings = Settings.model_validate({"polling": {"backlog_days": 36}})
    config = Config(folder=tmp_path_factory.mktemp("config"), settings=settings, sources=(DAILY,))
    return Rules.of(config, {})


def arrival(*articles, before=BEFORE, **changes):
    """Return the arrival of a document with these articles, of a source that was polled before."""
    values = {
        "source": DAILY, "articles": articles, "asks": Asks(), "before": before, "after": before,
        "elapsed": DAY, "has_frozen_validators": False, "now": NOW,
    }  # fmt: skip
    return Arrival(**{**values, **changes})


def test_only_a_document_with_something_to_learn_is_parsed():
    """A 304 never is, the same bytes only where they have to prove that a move leads to the same feed."""
    first = note_answer_head(answer(body=b"one"), DAILY, BEFORE, now=NOW)
    assert first.needs_parsing
    known = first.state
    assert not note_answer_head(answer(body=b"one"), DAILY, known, now=NOW).needs_parsing
    assert note_answer_head(answer(body=b"two"), DAILY, known, now=NOW).needs_parsing
    assert not note_answer_head(answer(304), DAILY, known, now=NOW).needs_parsing
    moved = answer(body=b"one", permanent_url="https://new.example/")
    assert note_answer_head(moved, DAILY, known, now=NOW).needs_parsing


def test_what_an_answer_cost_is_counted_once(rules):
    """With an answer its redirects and bytes; without one a request in vain."""
    fetched = answer(wire_bytes=70, redirects=("https://a.example/", "https://b.example/"))
    (tally,) = note_answer_head(fetched, DAILY, BEFORE, now=NOW).state.tallies
    assert (tally.polls, tally.requests, tally.received_bytes) == (1, 3, 70)
    failed, _ = decide_failure(FetchTimeout(DAILY.url, "slow"), None, DAILY, BEFORE, rules, now=NOW)
    (tally,) = failed.tallies
    assert (tally.polls, tally.requests, tally.received_bytes) == (1, 1, 0)


def test_an_unchanged_source_is_well_and_planned_again(rules):
    """What was wrong before is over, and the body that was read last is remembered."""
    ill = replace(BEFORE, failures=3, error="slow", failing_since_at=NOW - DAY)
    after = decide_unchanged(note_answer_head(answer(304), DAILY, ill, now=NOW), rules)
    assert (after.outcome, after.failures, after.error, after.body_hash) == ("not_modified", 0, None, "old")
    assert after.next_poll_at > NOW


@pytest.mark.parametrize(
    ("url", "is_own"), [(DAILY.url, True), ("https://other.example/feed", False)], ids=["own", "redirect"]
)
def test_429_pauses_the_service_that_answered_it(rules, url, is_own):
    """Where a redirect led there, the source waits all the same, but not the others of its own service."""
    error = HttpStatusError(url, 429, "HTTP 429", "7200")
    after, pause = decide_failure(error, None, DAILY, BEFORE, rules, now=NOW)
    assert pause == Pause(url=url, wait=after.next_poll_at - NOW)
    assert pause.wait >= timedelta(hours=2)
    assert after.paused_until_at == (after.next_poll_at if is_own else None)
    assert (after.outcome, after.failures) == ("throttled", 0)


def test_other_failures_pause_nobody(rules):
    """Not even one that says when to come again: that is said for the one source."""
    error = HttpStatusError(DAILY.url, 503, "HTTP 503", "7200")
    after, pause = decide_failure(error, None, DAILY, BEFORE, rules, now=NOW)
    assert (pause, after.paused_until_at, after.outcome) == (None, None, "throttled")


def test_what_is_old_already_never_comes_in_as_new(rules):
    """Only the first document of a source may bring old articles as its own."""
    old = article(published_at=NOW - 40 * DAY)
    (later,) = decide_document(arrival(old), Known(), rules).inserted
    new = SourceState(source_id="daily")
    (first,) = decide_document(arrival(old, before=new, after=new), Known(), rules).inserted
    assert (later.is_backlog, first.is_backlog) == (True, False)


def test_what_a_quarantined_source_brings_is_quarantined(rules):
    """What is new waits for the review; what is known is left as it is, and the reason is the first one."""
    stored = article(1)
    known = Known(
        is_quarantined=True, sightings=(sighting(stored),), articles={stored.id: stored},
        urls={stored.canonical_url: stored.id}, carriers={stored.id: ("daily",)},
    )  # fmt: skip
    edited = replace(stored, title="Another title")
    changes = decide_document(arrival(edited, article(2)), known, rules)
    assert [(a.entry_id, a.is_quarantined) for a in changes.inserted] == [("guid-2", True)]
    assert (changes.updated, changes.quarantined_because) == ((), None)


def test_an_article_that_another_source_shows_leaves_the_quarantine(rules):
    """A source that is itself vouches for it."""
    stored = replace(article(1), is_quarantined=True, source_id="evening")
    known = Known(
        articles={stored.id: stored}, urls={stored.canonical_url: stored.id},
        carriers={stored.id: ("evening",)},
    )  # fmt: skip
    changes = decide_document(arrival(article(1, id="id-of-daily")), known, rules)
    assert [(a.id, a.is_quarantined) for a in changes.updated] == [(stored.id, False)]
    assert changes.inserted == ()


def test_a_document_is_wanted_whole_where_a_left_out_entry_has_a_say(rules):
    """The article was shown as another entry, too, which was left out: nothing is changed yet."""
    stored = article(1)
    both = (sighting(stored), sighting(stored, entry_id="left-out"))
    known = Known(
        sightings=both, articles={stored.id: stored}, urls={stored.canonical_url: stored.id},
        carriers={stored.id: ("daily",)},
    )  # fmt: skip
    edited = replace(stored, title="Another title")
    assert not decide_document(arrival(edited), known, rules).needs_all
    abridged = decide_document(arrival(edited, is_abridged=True), known, rules)
    assert (abridged.needs_all, abridged.state, abridged.updated) == (True, BEFORE, ())


def test_a_push_ends_no_poll(rules):
    """The entries of a pushed document count for the rhythm; when to poll next is left as it was."""
    before = replace(BEFORE, next_poll_at=NOW + DAY)
    pushed = decide_document(arrival(article(1), before=before, after=before, is_pushed=True), Known(), rules)
    polled = decide_document(arrival(article(1), before=before, after=before), Known(), rules)
    assert (pushed.state.next_poll_at, pushed.state.polled_at) == (before.next_poll_at, before.polled_at)
    assert polled.state.polled_at == NOW
    assert pushed.state.posts == polled.state.posts != ()


def test_polls_slow_down_only_while_pushes_bring_what_is_new(rules):
    """A poll without news comes four times as late; one with news shows that a push was missed."""
    before = replace(BEFORE, push_until_at=NOW + 9 * DAY)
    alone = decide_document(arrival(), Known(), rules).state.next_poll_at - NOW
    beside = decide_document(arrival(before=before, after=before), Known(), rules)
    assert beside.state.next_poll_at - NOW == 4 * alone
    assert not is_push_missed(before, beside, NOW)
    found = decide_document(arrival(article(1), before=before, after=before), Known(), rules)
    plain = decide_document(arrival(article(1)), Known(), rules)
    assert found.state.next_poll_at == plain.state.next_poll_at
    assert is_push_missed(before, found, NOW)
    assert not is_push_missed(BEFORE, found, NOW)
