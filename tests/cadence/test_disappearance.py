"""Which entries of a document are missing in the next one, and what follows."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.cadence import count_believed, find_missing, judge_disappearances, make_page_gone, note_page
from aggregator.model import Disappearance, DisappearanceKind, PageState, Sighting

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
LAST = tuple(frozenset({bytes([number]) * 8}) for number in range(1, 7))


def marks(*numbers):
    """Return what tells these entries."""
    return frozenset(bytes([number]) * 8 for number in numbers)


def seen(number, **values):
    """Return the sighting of an entry: the higher its number, the older it is."""
    stated_at = NOW - number * timedelta(hours=1)
    known = {"article_id": f"a{number}", "entry_id": f"e{number}", "stated_at": stated_at, **values}
    return Sighting(source_id="daily", **known)


SIGHTINGS = {bytes([number]) * 8: seen(number) for number in range(1, 7)}


def judge(known, listed, *, missing=(), deleted=(), sightings=SIGHTINGS):
    """Judge a document that lists these entries, an hour later."""
    return judge_disappearances(
        known, missing, deleted, marks(*listed), sightings, now=NOW + timedelta(hours=1)
    )


def missing_of(*listed):
    """Return the numbers of the entries that are missing where these are listed."""
    return [min(one.marks)[0] for one in find_missing(LAST, marks(*listed))]


def test_only_what_stood_between_is_missing():
    """What fell off either end may have left by its age; so may all of a feed that is another one now."""
    assert missing_of(1, 2, 4, 5, 6) == [3]
    assert missing_of(9, 1, 2, 3, 4) == []
    assert missing_of(3, 4, 5, 6) == []
    assert missing_of(7, 8, 9) == []
    assert missing_of() == []


def test_few_are_believed():
    """A fifth of a document's entries at the most, and three; but of any document one."""
    assert [count_believed(number) for number in (0, 4, 9, 10, 15, 500)] == [1, 1, 1, 2, 3, 3]


def test_a_second_document_proposes():
    """It has to show both neighbours still; one that shows the entry again ends it."""
    first = judge((), (1, 2, 4, 5), missing=find_missing(LAST, marks(1, 2, 4, 5)))
    assert [(one.article_id, one.proposed_at) for one in first] == [("a3", None)]
    (second,) = judge(first, (9, 1, 2, 4, 5))
    assert second.proposed_at == NOW + timedelta(hours=1)
    assert judge(first, (9, 1, 2, 5)) == ()
    assert judge(first, (1, 2, 3, 4)) == ()
    assert judge((second,), (9,)) == (second,)
    assert judge((second,), (3,)) == ()


def test_dates_have_to_agree():
    """Where dates do not say that an entry stood in its place, the feed has an order of its own."""
    missing = find_missing(LAST, marks(1, 2, 4))
    for stated_at in (None, NOW, NOW - timedelta(days=9)):
        odd = {**SIGHTINGS, bytes([3]) * 8: seen(3, stated_at=stated_at)}
        assert judge((), (1, 2, 4), missing=missing, sightings=odd) == ()


def test_what_is_marked_is_proposed_at_once():
    """Unless the same document still has it."""
    (one,) = judge((), (1, 2), deleted=("e5", "unknown"))
    assert (one.article_id, one.proposed_at) == ("a5", NOW + timedelta(hours=1))
    assert judge((), (1, 5), deleted=("e5",)) == ()


def test_what_was_refused_stays_refused():
    """Whether the document lists it again, leaves it out, or marks it as deleted."""
    (one,) = judge((), (1, 2), deleted=("e5",))
    refused = replace(one, rejected_at=NOW)
    for listed in ((1, 5), (1, 2)):
        assert judge((refused,), listed, deleted=("e5",)) == (refused,)
    assert not refused.is_confirmed


def missing(**values):
    """Return an article that was proposed for withdrawal, as its source left it out."""
    known = {"kind": DisappearanceKind.GONE, "missing_since_at": NOW, "proposed_at": NOW, "check_at": NOW}
    return Disappearance(article_id="a3", source_id="daily", marks=marks(3), **{**known, **values})


@pytest.mark.parametrize(
    ("page", "is_proposed", "is_confirmed", "hours"),
    [
        (PageState.GONE, True, True, 24),
        (PageState.THERE, False, False, 6),
        (PageState.FRONT, True, False, 6),
        (PageState.UNKNOWN, True, False, 1),
    ],
)
def test_what_a_page_says(page, is_proposed, is_confirmed, hours):
    """Only a page that is gone makes it certain; one that is still there ends the proposal."""
    one = note_page(missing(), page, now=NOW)
    assert (one.is_proposed, one.is_confirmed) == (is_proposed, is_confirmed)
    assert one.check_at == NOW + timedelta(hours=hours)


def test_a_page_is_asked_for_a_few_times():
    """Ever more rarely; an answer that could not be had leaves what was known, and one may come back."""
    one, waits = missing(), []
    while one.check_at is not None:
        waits.append(one.check_at - NOW)
        one = note_page(one, PageState.GONE if one.checks < 3 else PageState.UNKNOWN, now=NOW)
    assert (one.is_confirmed, one.checks, max(waits)) == (True, 7, timedelta(hours=72))
    assert not note_page(one, PageState.THERE, now=NOW).is_confirmed


def test_a_second_410_makes_it_certain():
    """Of an article that its feed still shows, the page alone speaks; where it is there again, nothing was."""
    one = make_page_gone("a3", "daily", now=NOW)
    assert (one.is_proposed, judge((one,), (1, 2, 3))) == (False, (one,))
    assert note_page(one, PageState.GONE, now=NOW).is_confirmed
    assert not note_page(one, PageState.UNKNOWN, now=NOW).is_proposed
    assert note_page(note_page(one, PageState.GONE, now=NOW), PageState.THERE, now=NOW) is None
