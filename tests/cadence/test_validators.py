"""When a poll is unconditional, and which validators are not believed."""

from datetime import timedelta

import pytest

from aggregator.cadence import are_validators_frozen, choose_validators, note_answer, seen_until
from aggregator.cadence.validators import MAX_UNREAD_POLLS, WHOLE_EVERY
from aggregator.model import SourceState
from tests.builders import NOW, answer

DAY = timedelta(days=1)


def state_with_validators(**changes):
    """Return what is known of a source with both validators."""
    return SourceState(
        source_id="daily", **{"etag": '"a"', "last_modified": "Mon", "whole_at": NOW, **changes}
    )


@pytest.mark.parametrize(
    ("age", "unread_polls", "is_conditional"),
    [
        (WHOLE_EVERY, MAX_UNREAD_POLLS, False),
        (WHOLE_EVERY - timedelta(seconds=1), MAX_UNREAD_POLLS, True),
        (WHOLE_EVERY, MAX_UNREAD_POLLS - 1, True),
        (timedelta(0), 1000, True),
        (timedelta(days=365), 0, True),
    ],
)
def test_a_poll_is_unconditional_after_a_day_and_some_polls(age, unread_polls, is_conditional):
    """Both must have passed: what is polled daily is not read whole every day."""
    sent = choose_validators(state_with_validators(unread_polls=unread_polls), now=NOW + age)
    assert sent == (('"a"', "Mon") if is_conditional else (None, None))


def test_frozen_validators_are_not_sent():
    """Nor are those of a source that was never read kept back."""
    assert choose_validators(state_with_validators(has_frozen_validators=True), now=NOW) == (None, None)
    assert choose_validators(state_with_validators(whole_at=None, unread_polls=99), now=NOW) == ('"a"', "Mon")


def test_a_304_counts_and_keeps_what_it_does_not_repeat():
    """A validator that it repeats is taken, the other stays; the document is as old as it was."""
    after = note_answer(state_with_validators(), answer(304, etag='"b"', last_modified=None), now=NOW + DAY)
    assert (after.etag, after.last_modified, after.whole_at, after.unread_polls) == ('"b"', "Mon", NOW, 1)


def test_a_document_replaces_both_validators():
    """What a whole answer does not have is forgotten, and the count begins again."""
    after = note_answer(
        state_with_validators(unread_polls=5), answer(etag=None, last_modified="Tue"), now=NOW + DAY
    )
    assert (after.etag, after.last_modified, after.whole_at, after.unread_polls) == (
        None,
        "Tue",
        NOW + DAY,
        0,
    )


@pytest.mark.parametrize(
    ("known", "given", "was_conditional", "frozen"),
    [
        ({}, {}, False, True),
        ({}, {}, True, False),
        ({}, {"etag": '"b"'}, False, False),
        ({}, {"last_modified": "Tue"}, False, True),
        ({"etag": None}, {"etag": None}, False, True),
        ({"etag": None}, {"etag": None, "last_modified": "Tue"}, False, False),
        ({"etag": None, "last_modified": None}, {"etag": None, "last_modified": None}, False, False),
        ({"has_frozen_validators": True}, {}, False, True),
        ({"has_frozen_validators": True}, {"etag": '"b"'}, False, False),
    ],
)
def test_validators_are_frozen_where_they_would_have_hidden_news(known, given, was_conditional, frozen):
    """The same ETag, or the same date without one, on a document that a 304 would have kept from us."""
    assert (
        are_validators_frozen(
            state_with_validators(**known), answer(**given), was_conditional=was_conditional
        )
        is frozen
    )


def test_what_is_not_believed_does_not_count_as_quiet():
    """Quiet since the last poll; since the last document where polls failed or a 304 is doubted."""
    polled = state_with_validators(polled_at=NOW + DAY)
    assert seen_until(polled, was_conditional=True) == NOW + DAY
    assert seen_until(polled, was_conditional=False) == NOW
    assert seen_until(state_with_validators(polled_at=NOW + DAY, failures=1), was_conditional=True) == NOW
    assert (
        seen_until(
            state_with_validators(etag=None, last_modified=None, polled_at=NOW + DAY), was_conditional=False
        )
        == NOW + DAY
    )
