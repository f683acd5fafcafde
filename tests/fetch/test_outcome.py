"""What a poll's end means for its source."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.errors import FetchTimeout, HttpStatusError
from aggregator.fetch.outcome import Intervals, after_failure, after_success, note_redirect, retry_after
from aggregator.model import Source, SourceState

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
INTERVALS = Intervals(default=timedelta(hours=1), minimum=timedelta(minutes=15), maximum=timedelta(days=1))
STATE = SourceState(source_id="daily", etag='"a"', last_modified="Mon", body_hash="h", failures=2)
URL = "https://daily.example/feed"


def failed(error, state=STATE, jitter=0.0):
    return after_failure(state, error, now=NOW, intervals=INTERVALS, jitter=jitter)


def test_success_clears_failures_and_comes_again_after_the_interval():
    """A good poll forgets the failures before it."""
    state = after_success(STATE, outcome="updated", now=NOW, intervals=INTERVALS, jitter=0.0)
    assert (state.failures, state.error, state.outcome) == (0, None, "updated")
    assert state.next_poll_at == NOW + timedelta(hours=1)


@given(st.integers(0, 5000), st.floats(0, 1))
def test_back_off_grows_and_stays_within_bounds(failures, jitter):
    """However often a source fails, the wait stays between the interval and the upper bound."""
    state = failed(FetchTimeout(URL, "slow"), replace(STATE, failures=failures), jitter)
    wait = state.next_poll_at - NOW
    assert INTERVALS.default <= wait <= INTERVALS.maximum * 1.1
    assert state.failures == failures + 1
    assert (state.etag, state.last_modified, state.body_hash) == ('"a"', "Mon", "h")


def test_gone_ends_polling():
    """410 means never again."""
    state = failed(HttpStatusError(URL, 410, "gone"))
    assert (state.outcome, state.next_poll_at) == ("gone", None)


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_obeyed_and_is_no_failure(status):
    """A publisher that asks for time gets it, and the source is not counted as failing."""
    state = failed(HttpStatusError(URL, status, "busy", retry_after="172800"))
    assert (state.outcome, state.failures) == ("throttled", 2)
    assert state.next_poll_at == NOW + timedelta(days=2)


def test_503_without_retry_after_is_a_failure():
    """Only a 503 that says when to come again is throttling."""
    assert failed(HttpStatusError(URL, 503, "busy")).outcome == "failed"


@pytest.mark.parametrize(
    ("value", "wait"),
    [
        ("120", timedelta(minutes=2)),
        ("Mon, 02 Mar 2026 13:00:00 GMT", timedelta(hours=1)),
        ("Mon, 02 Mar 2026 11:00:00 GMT", timedelta(0)),
        ("99999999999999", timedelta(days=7)),
        ("soon", None),
        ("-5", None),
        (None, None),
    ],
)
def test_retry_after_in_both_forms(value, wait):
    """Seconds and HTTP dates are read, the cap holds, rubbish is None."""
    assert retry_after(value, now=NOW) == wait


def test_a_source_sets_its_own_bounds():
    """A source's bounds hold instead of the operator's, and the default is brought within them."""
    own = INTERVALS.of(Source(id="x", url=URL, min_interval=timedelta(hours=3)))
    assert (own.default, own.minimum) == (timedelta(hours=3), timedelta(hours=3))


def test_a_permanent_redirect_is_noted_since_it_was_first_seen():
    """The suggestion keeps its first date while it stays the same, and goes when the redirect does."""
    first = note_redirect(STATE, "https://new.example/", now=NOW)
    later = note_redirect(first, "https://new.example/", now=NOW + timedelta(days=1))
    assert later.redirect_since_at == NOW
    assert note_redirect(later, None, now=NOW).redirect_since_at is None
