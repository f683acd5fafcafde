"""Records with some fields changed."""

from dataclasses import FrozenInstanceError, asdict, fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.model import SourceState, create_from, revise
from tests.builders import article

ARTICLE = article(title="Title", excerpt="Excerpt")
STATE = SourceState(source_id="daily", failures=2, posts=((1, 2),))


@pytest.mark.parametrize("changes", [{}, {"failures": 0}, {"etag": "x", "error": None, "posts": ()}])
def test_a_revision_is_what_replacing_gives(changes):
    """It differs from the record in these fields only, and the record stays what it was."""
    assert revise(STATE, **changes) == replace(STATE, **changes)
    assert asdict(revise(STATE, **changes)) == {**asdict(STATE), **changes}
    assert SourceState(source_id="daily", failures=2, posts=((1, 2),)) == STATE


@given(st.text(), st.integers(), st.booleans())
def test_an_article_is_revised_as_well(title, quality, is_quarantined):
    """Of articles there are even more than of states."""
    changes = {"title": title, "quality": quality, "is_quarantined": is_quarantined}
    assert revise(ARTICLE, **changes) == replace(ARTICLE, **changes)


def test_a_revision_is_frozen_as_well():
    """No field of it can be set."""
    revision = revise(STATE, failures=0)
    for field in fields(revision):
        with pytest.raises(AttributeError):
            setattr(revision, field.name, None)


def test_a_made_record_is_like_any_other():
    """Equal to one that was made the usual way, also in the fields that are left out."""
    values = {"source_id": "a", "failures": 3}
    record = create_from(SourceState, values)
    assert record == SourceState(**values)
    assert (replace(record, failures=4), revise(record, failures=4)) == (
        SourceState(source_id="a", failures=4),
    ) * 2
    with pytest.raises(FrozenInstanceError):
        record.failures = 5
