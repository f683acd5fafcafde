"""What a poll's end means for its source."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.cadence.outcome import (
    note_document,
    note_failure,
    note_freshness,
    note_success,
)
from aggregator.cadence.plan import Intervals
from aggregator.cadence.source_health import health_of
from aggregator.errors import AggregatorError, FetchError, FetchTimeout, HttpStatusError, ParseError
from aggregator.http_dates import parse_retry_after
from aggregator.model import Asks, Source, SourceState

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
INTERVALS = Intervals(default=timedelta(hours=1), minimum=timedelta(minutes=15), maximum=timedelta(days=1))
STATE = SourceState(source_id="daily", etag='"a"', last_modified="Mon", body_hash="h", failures=2)
URL = "https://daily.example/feed"


def failed(error, state=STATE):
    return note_failure(state, error, now=NOW, intervals=INTERVALS)


def is_spread(wait, least):
    """Tell whether a wait is the given one, lengthened by jitter."""
    return least <= wait <= least * 1.1


def test_success_clears_failures_and_comes_again_after_the_interval():
    """A good poll forgets the failures before it."""
    before = replace(STATE, throttles=3, error="x")
    state = note_success(before, outcome="updated", now=NOW, intervals=INTERVALS)
    assert (state.failures, state.throttles, state.error, state.outcome) == (0, 0, None, "updated")
    assert is_spread(state.next_poll_at - NOW, timedelta(hours=1))


@given(st.integers(0, 5000), st.text())
def test_back_off_grows_and_stays_within_bounds(failures, source_id):
    """However often a source fails, the wait stays between the interval and the upper bound."""
    before = replace(STATE, source_id=source_id, failures=failures)
    state = failed(FetchTimeout(URL, "slow"), before)
    wait = state.next_poll_at - NOW
    assert INTERVALS.default <= wait <= INTERVALS.maximum
    assert state.failures == failures + 1
    assert (state.etag, state.last_modified, state.body_hash) == ('"a"', "Mon", "h")


def test_gone_is_asked_again_once_a_week():
    """410 slows polling down to a probe, and says so once."""
    state = failed(HttpStatusError(URL, 410, "gone"))
    assert (state.outcome, health_of(state), state.told_at) == ("gone", "gone", NOW)
    assert is_spread(state.next_poll_at - NOW, timedelta(days=7))
    again = note_failure(
        state, HttpStatusError(URL, 410, "gone"), now=NOW + timedelta(days=7), intervals=INTERVALS
    )
    assert again.told_at == NOW


def test_a_long_run_of_failures_is_reported_once_and_probed_daily():
    """A failure is no good standing; 16 time-outs over two days are told, fewer, or in less time, are not."""
    state, reported = SourceState(source_id="daily", proposed_url=None), []
    at = NOW
    for _ in range(20):
        state = note_failure(state, FetchTimeout(URL, "slow"), now=at, intervals=INTERVALS)
        reported.append((state.failures, health_of(state), state.told_at))
        at = state.next_poll_at
    first = next(index for index, (_, _, told_at) in enumerate(reported) if told_at is not None)
    assert reported[first][0] >= 16
    assert {standing for _, standing, _ in reported} == {"failing"}
    assert len({told_at for _, _, told_at in reported[first:]}) == 1
    assert [told_at for _, _, told_at in reported[:first]] == [None] * first
    quick = replace(
        INTERVALS, default=timedelta(minutes=1), minimum=timedelta(minutes=1), maximum=timedelta(minutes=1)
    )
    state = SourceState(source_id="daily")
    for number in range(50):
        state = note_failure(
            state, FetchTimeout(URL, "slow"), now=NOW + number * timedelta(minutes=1), intervals=quick
        )
    assert (health_of(state), state.told_at) == ("failing", None)
    state = note_failure(state, FetchTimeout(URL, "slow"), now=NOW + timedelta(days=2), intervals=quick)
    assert is_spread(state.next_poll_at - NOW - timedelta(days=2), timedelta(days=1))


@pytest.mark.parametrize(
    ("error", "doublings", "number"),
    [
        (FetchTimeout(URL, "slow"), (0.5, 1, 1.5), 16),
        (FetchError(URL, "cut", trouble="lost"), (0.5, 1, 1.5), 16),
        (FetchError(URL, "certificate", trouble="tls"), (1, 2, 3), 8),
        (FetchError(URL, "broken body"), (1, 2, 3), 8),
        (HttpStatusError(URL, 500, "trouble"), (1, 2, 3), 8),
        (HttpStatusError(URL, 408, "late"), (1, 2, 3), 8),
        (HttpStatusError(URL, 404, "nothing there"), (1, 2, 3), 4),
        (FetchError(URL, "no address", trouble="no_name"), (1, 2, 3), 4),
        (ParseError(URL, "no feed"), (1, 2, 3), 4),
        (AggregatorError("ours"), (1, 2, 3), 8),
    ],
)
def test_failures_count_by_their_kind(error, doublings, number):
    """A time-out is not a 404: back-off, and how many in a row over two days are told."""
    states = [failed(error, replace(STATE, failures=before)) for before in range(3)]
    for state, times in zip(states, doublings, strict=True):
        assert is_spread(state.next_poll_at - NOW, timedelta(hours=1) * 2**times)
    since = {"failing_since_at": NOW - timedelta(days=2), "outcome": "failed"}
    told = [
        failed(error, replace(STATE, failures=before, **since)).told_at for before in (number - 2, number - 1)
    ]
    assert told == [None, NOW]
    early = failed(
        error, replace(STATE, failures=99, failing_since_at=NOW - timedelta(hours=47), outcome="failed")
    )
    assert early.told_at is None


def test_who_was_back_and_fails_again_is_not_failing_for_long():
    """The doctor found that it answers: its failures in a row are over, and begin anew."""
    back = replace(
        STATE, outcome="failed", failures=0, failing_since_at=None, told_at=NOW - timedelta(days=9)
    )
    state = failed(FetchTimeout(URL, "slow"), back)
    assert state.next_poll_at - NOW < timedelta(hours=2)


def test_a_source_that_answers_again_is_well():
    """What was told and proposed of it is withdrawn; a proved redirect stays proposed."""
    ill = replace(STATE, told_at=NOW, failing_since_at=NOW, outcome="gone", proposed_url="https://n.example/", proposed_why="w")  # fmt: skip
    well = note_success(ill, outcome="updated", now=NOW, intervals=INTERVALS)
    assert (health_of(well), well.told_at, well.proposed_url, well.proposed_why) == (
        "well",
        None,
        None,
        None,
    )
    moved = replace(ill, redirect_url="https://n.example/")
    assert note_success(moved, outcome="updated", now=NOW, intervals=INTERVALS).proposed_url is not None


@pytest.mark.parametrize("status", [429, 503, 403])
def test_retry_after_is_obeyed_and_is_no_failure(status):
    """A publisher that asks for time gets it, and the source is not counted as failing."""
    state = failed(HttpStatusError(URL, status, "busy", retry_after="172800"))
    assert (state.outcome, state.failures) == ("throttled", 2)
    assert is_spread(state.next_poll_at - NOW, timedelta(days=2))


def test_retry_after_has_a_cap_of_its_own():
    """It is obeyed past the upper bound of every other wait, up to the operator's cap."""
    asked = HttpStatusError(URL, 429, "busy", retry_after="99999999")
    assert is_spread(failed(asked).next_poll_at - NOW, timedelta(days=7))
    short = replace(INTERVALS, retry_after_cap=timedelta(days=3))
    wait = note_failure(STATE, asked, now=NOW, intervals=short).next_poll_at - NOW
    assert is_spread(wait, timedelta(days=3))


def test_a_retry_after_just_below_the_upper_bound_is_not_cut():
    """Room for jitter is not taken from what the publisher asked for."""
    for number in range(50):
        before = replace(STATE, source_id=str(number))
        state = failed(HttpStatusError(URL, 503, "busy", retry_after="86000"), before)
        assert is_spread(state.next_poll_at - NOW, timedelta(seconds=86000))


def test_429_again_and_again_backs_off_and_is_still_no_failure():
    """Without a Retry-After each 429 in a row doubles the wait."""
    first = failed(HttpStatusError(URL, 429, "busy"), replace(STATE, failures=0))
    second = failed(HttpStatusError(URL, 429, "busy"), first)
    assert is_spread(first.next_poll_at - NOW, timedelta(hours=2))
    assert is_spread(second.next_poll_at - NOW, timedelta(hours=4))
    assert (second.failures, second.throttles) == (0, 2)


@pytest.mark.parametrize("value", [None, "", "soon", "-5", "1e3"])
def test_403_without_a_readable_wait_is_a_failure(value):
    """It refuses us, and does not say until when."""
    state = failed(HttpStatusError(URL, 403, "no", retry_after=value))
    assert (state.outcome, state.failures) == ("failed", 3)


def test_403_may_name_the_time_to_come_again():
    """A date counts like seconds do."""
    state = failed(HttpStatusError(URL, 403, "no", retry_after="Wed, 04 Mar 2026 12:00:00 GMT"))
    assert (state.outcome, state.failures) == ("throttled", 2)
    assert is_spread(state.next_poll_at - NOW, timedelta(days=2))


@pytest.mark.parametrize(("status", "is_paused"), [(429, True), (503, False), (403, False), (500, False)])
def test_only_429_pauses_the_service(status, is_paused):
    """A 429 is said for everything of its publisher; trouble of a server only for the source."""
    state = failed(HttpStatusError(URL, status, "busy", retry_after="7200"))
    assert state.paused_until_at == (state.next_poll_at if is_paused else None)
    assert note_success(state, outcome="updated", now=NOW, intervals=INTERVALS).paused_until_at is None


@pytest.mark.parametrize("error", [FetchTimeout(URL, "slow"), HttpStatusError(URL, 429, "busy"), HttpStatusError(URL, 503, "x", "9")])  # fmt: skip
def test_backing_off_keeps_all_else(error):
    """A failure changes how it went and when to come again, nothing else."""
    full = replace(
        STATE, title="T", site_url="https://s.example/", posts=((1, 2),), asks=Asks(ttl=timedelta(hours=1)),
        redirect_url="https://n.example/", redirect_since_at=NOW, first_polled_at=NOW,
    )  # fmt: skip
    state = failed(error, full)
    changed = (
        "failing_since_at",
        "paused_until_at",
        "outcome",
        "error",
        "failures",
        "throttles",
        "polled_at",
        "next_poll_at",
    )
    assert replace(full, **{name: getattr(state, name) for name in changed}) == state


@pytest.mark.parametrize("status", [403, 503])
def test_a_wait_of_no_seconds_is_no_wish(status):
    """Who refuses and says to come back at once has failed like any other."""
    assert failed(HttpStatusError(URL, status, "no", retry_after="0")).failures == 3


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
    assert parse_retry_after(value, now=NOW, cap=timedelta(days=7)) == wait


def test_a_source_sets_its_own_bounds():
    """A source's bounds hold instead of the operator's, and the default is brought within them."""
    own = INTERVALS.of(Source(id="x", url=URL, min_interval=timedelta(hours=3)))
    assert (own.default, own.minimum) == (timedelta(hours=3), timedelta(hours=3))


def test_freshness_is_kept_where_a_304_does_not_repeat_it():
    """A 304 without caching headers leaves what the 200 said; a 200 without them ends it."""
    fresh = note_freshness(STATE, {"cache-control": "max-age=7200"}, is_same=False)
    assert fresh.asks.fresh == timedelta(hours=2)
    assert note_freshness(fresh, {}, is_same=True).asks.fresh == timedelta(hours=2)
    assert note_freshness(fresh, {"cache-control": "max-age=60"}, is_same=True).asks.fresh == timedelta(
        minutes=1
    )
    assert note_freshness(fresh, {}, is_same=False).asks.fresh is None


def test_a_document_replaces_what_the_last_one_asked_for():
    """ttl and the like are the newest document's, freshness the answer's; posts are added."""
    before = replace(STATE, asks=Asks(ttl=timedelta(hours=1), fresh=timedelta(hours=2)))
    after = note_document(before, Asks(period=timedelta(hours=3)), [NOW], now=NOW)
    assert after.asks == Asks(period=timedelta(hours=3), fresh=timedelta(hours=2))
    assert [entries for _, entries in after.posts] == [1]
