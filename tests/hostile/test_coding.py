"""Content codings that lie, break off, or explode."""

import gzip
import tracemalloc

import pytest

from tests.hostile.feeds import channel, entry
from tests.hostile.server import MIB

THEIRS = "it is tried again later; if it stays, tell the publisher"
TOO_LARGE = "the body is larger than the 1048576 bytes of fetch.max_body_bytes: raise it if it must be"


def test_a_truncated_gzip_is_no_shorter_feed(desk):
    """The end is missing: nothing of it is read."""
    told = desk.round("/truncated-gzip")
    assert (told.outcome, told.poll.new) == ("failed", 0)
    assert told.error == f"{desk.url}: the gzip body is truncated: {THEIRS}"


def test_plain_text_that_claims_a_coding_is_refused(desk):
    """A body that is not what its header says is not guessed at."""
    told = desk.round("/not-gzip")
    assert told.outcome == "failed"
    assert told.error.startswith(f"{desk.url}: the body is not the gzip that it claims to be (")


@pytest.mark.parametrize("path", ["/gzip-bomb", "/unnamed-bomb", "/br-bomb", "/zstd-bomb", "/double-bomb"])
def test_a_bomb_stops_at_the_limit(desk, path):
    """64 MiB in some bytes cost neither memory nor the good source."""
    tracemalloc.start()
    try:
        told = desk.round(path, max_body_bytes=MIB)
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (told.outcome, told.error) == ("failed", f"{desk.url}: {TOO_LARGE}")
    assert peak_bytes < 16 * MIB


@pytest.mark.parametrize("headers", [{}, {"Content_Encoding": "gzip"}])
def test_a_title_of_fifty_megabytes_is_too_large(desk, headers):
    """Within the shipped limit of 10 MiB it is refused, plain and compressed."""
    body = channel(entry(1, title="y" * 50_000_000))
    desk.server.serve("/title", gzip.compress(body, 1) if headers else body, **headers)
    told = desk.round("/title")
    assert told.outcome == "failed"
    assert told.error.startswith(f"{desk.url}: the body is larger than the 10485760 bytes")


def test_a_title_of_megabytes_within_the_limit_is_cut(desk):
    """What the limit lets pass is an article with a title of a bearable length."""
    desk.server.serve("/title", channel(entry(1, title="y" * 9_000_000), entry(2)))
    told = desk.round("/title")
    assert (told.outcome, told.poll.new) == ("updated", 2)
    titles = {len(article.title) for article in desk.of_source()}
    assert max(titles) <= 1_000
