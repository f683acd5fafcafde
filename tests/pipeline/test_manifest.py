"""What is kept of the files of a topic."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from aggregator.pipeline.publish.manifest import (
    EMPTY,
    FORM,
    Layout,
    Manifest,
    decode_manifest,
    encode_manifest,
    has_other_publishers,
)

DIGESTS = st.lists(st.text("0123456789abcdef", min_size=1, max_size=8), unique=True, max_size=6).map(tuple)
SIZES = st.integers(0, 2**40)
LAYOUTS = st.builds(
    Layout, frame=st.text("0123456789abcdef"), head=SIZES, separator=SIZES, sizes=st.lists(SIZES).map(tuple)
)


@st.composite
def manifests(draw):
    """Return manifests whose items name up to three publishers."""
    stories, articles = draw(DIGESTS), draw(DIGESTS)
    domains = st.lists(st.sampled_from(("a.example", "b.example", "c.example")), unique=True).map(" ".join)
    shown = st.tuples(st.integers(-(2**40), 2**40), domains)
    items = {digest: draw(shown) for digest in {*stories, *articles}}
    layouts = draw(st.dictionaries(st.sampled_from(("rss.xml", "articles/rss.xml")), LAYOUTS))
    return Manifest(stories=stories, articles=articles, items=items, layouts=layouts)


@given(manifests())
def test_a_manifest_is_read_as_it_was_stored(manifest):
    """Items included, which do not count where two are compared."""
    read = decode_manifest(encode_manifest(manifest))
    assert read == manifest
    assert read.items == manifest.items
    assert read.domains == manifest.domains


def test_a_manifest_of_another_form_is_none():
    """What it says of files is not known."""
    assert decode_manifest(None) == EMPTY
    assert decode_manifest(encode_manifest(EMPTY).replace(str(FORM).encode(), b"1", 1)) == EMPTY


@given(manifests(), manifests())
def test_other_publishers_are_told_from_the_same(before, after):
    """Whether one came, or went with the last item that named it."""
    after = replace(after, items={**after.items, **_share(before.items, after.items)})
    assert has_other_publishers(before, after) == (before.domains != after.domains)


def _share(items, among):
    """Return those of the items that are there as well: a digest is of one item."""
    return {digest: shown for digest, shown in items.items() if digest in among}
