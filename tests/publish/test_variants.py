"""Compressed files beside published ones."""

import gzip

import brotli
import pytest

from aggregator.publish.variants import make_variants, variant_names

BODY = b"<rss>" + b"<item>Rain</item>" * 100 + b"</rss>"


@pytest.mark.parametrize("name", ["town/rss.xml", "town/feed.json", "index.html", "assets/style.css"])
def test_a_text_has_variants(name):
    """Each holds the file's bytes, and is the same every time."""
    made = make_variants(name, BODY)
    assert tuple(made) == variant_names(name)
    assert gzip.decompress(made[f"{name}.gz"]) == brotli.decompress(made[f"{name}.br"]) == BODY
    assert make_variants(name, BODY) == made


@pytest.mark.parametrize(("name", "body"), [("assets/photo.jpg", BODY), ("town/rss.xml", b"<rss/>"), ("lock", BODY)])  # fmt: skip
def test_what_would_not_shrink_has_none(name, body):
    """Pictures, short files and what is no document stay alone."""
    assert make_variants(name, body) == {}
