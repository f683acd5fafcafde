"""Articles with other values."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.model import revised
from tests.curate.test_topics import article

CHANGES = st.fixed_dictionaries(
    {},
    optional={"title": st.text(), "quality": st.integers(), "topics": st.just(("ai",)), "heat": st.just(3)},
)


@given(CHANGES)
def test_a_revised_article_is_as_one_made_anew(changes):
    """It has the new values and otherwise the old ones, and the first is left as it was."""
    before = article("Title", "Excerpt")
    assert revised(before, **changes) == replace(before, **changes)
    assert before == article("Title", "Excerpt")


def test_no_field_can_be_made_up():
    """A name that articles do not have is a mistake."""
    with pytest.raises(KeyError):
        revised(article("Title"), colour="red")
