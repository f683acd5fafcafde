"""What polling costs a publisher, counted day by day."""

from datetime import UTC, datetime, timedelta

import pytest

from aggregator.cadence.politeness import KEPT_DAYS, count_poll, politeness_of, total_of
from aggregator.model import SourceState

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)
STATE = SourceState(source_id="daily", first_polled_at=NOW - 100 * DAY)


def polled(state, now, *answers):
    """Count answers: the bytes of a whole document, or None for a 304."""
    for answer in answers:
        state = count_poll(state, now=now, received_bytes=answer or 0, is_not_modified=answer is None)
    return state


def test_a_304_saves_what_the_last_document_was():
    """Each saves the size of the whole document before it."""
    reported = politeness_of(polled(STATE, NOW, 1000, None, None, 500, None), now=NOW)
    assert (reported.polls, reported.requests, reported.received_bytes, reported.saved_bytes) == (
        5,
        5,
        1500,
        2500,
    )
    assert reported.not_modified_share == pytest.approx(0.6)


def test_failures_are_requests_too():
    """A poll in vain counts, and forgets nothing; redirects are requests of their own."""
    state = count_poll(polled(STATE, NOW, 1000), now=NOW)
    state = count_poll(state, now=NOW, requests=3, is_not_modified=True)
    reported = politeness_of(state, now=NOW)
    assert (reported.polls, reported.requests, reported.saved_bytes) == (3, 5, 1000)


def test_a_day_ends_at_midnight_and_a_week_is_kept():
    """Older days are forgotten, and so are days that a source was not polled at all."""
    state = STATE
    for number in range(30):
        state = polled(state, NOW + number * DAY, 100, None)
    assert len(state.tallies) == KEPT_DAYS
    now = NOW + 29 * DAY
    reported = politeness_of(state, now=now)
    assert reported.days == pytest.approx(7.5)
    assert reported.requests_per_day == pytest.approx(16 / 7.5)
    assert politeness_of(state, now=now + 20 * DAY).polls == 0


def test_a_young_source_is_counted_over_its_own_time():
    """Never over less than a day: ten polls within an hour are ten a day."""
    state = SourceState(source_id="daily", first_polled_at=NOW)
    reported = politeness_of(polled(state, NOW, *[None] * 10), now=NOW + timedelta(hours=1))
    assert (reported.requests_per_day, reported.days) == (10, 1)
    assert politeness_of(state, now=NOW).not_modified_share is None


def test_the_total_is_of_all():
    """Requests and bytes add up; the share is that of all polls."""
    one = politeness_of(polled(STATE, NOW, 100, None, None, None), now=NOW)
    two = politeness_of(polled(STATE, NOW, 100), now=NOW)
    total = total_of([one, two])
    assert (total.polls, total.requests, total.received_bytes, total.saved_bytes) == (5, 5, 200, 300)
    assert total.not_modified_share == pytest.approx(0.6)
    assert total.requests_per_day == pytest.approx(one.requests_per_day + two.requests_per_day)
    assert total_of([]).not_modified_share is None
