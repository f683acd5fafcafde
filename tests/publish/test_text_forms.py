"""How JSON is written."""

import json

from hypothesis import given
from hypothesis import strategies as st

from aggregator.publish.text_forms import format_json

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=12,
)


@given(values)
def test_json_is_as_the_standard_library_writes_it(value):
    """What is written in half of the time has the same bytes."""
    assert format_json(value) == (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()
