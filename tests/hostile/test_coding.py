"""Content codings that lie, break off, or explode."""

import gzip
import tracemalloc

import pytest

from tests.hostile.feeds import channel, entry
from tests.hostile.server import MIB

THEIRS = "it is tried again later; if it stays, tell the publisher"
TOO_LARGE = "the body is larger than the 1048576 bytes of fetch.max_body_bytes: raise it if it must be"


def test_a_truncated_gzip_is_no_shorter_feed(rig):
    """The end is missing: nothing of it is read."""
    reported = rig.round("/truncated-gzip")
    assert (reported.outcome, reported.poll.new) == ("failed", 0)
    assert reported.error == f"{rig.url}: the gzip body is truncated: {THEIRS}"


def test_plain_text_that_claims_a_coding_is_refused(rig):
    """A body that is not what its header says is not guessed at."""
    reported = rig.round("/not-gzip")
    assert reported.outcome == "failed"
    assert reported.error.startswith(f"{rig.url}: the body is not the gzip that it claims to be (")


@pytest.mark.parametrize("path", ["/gzip-bomb", "/unnamed-bomb", "/br-bomb", "/zstd-bomb", "/double-bomb"])
def test_a_bomb_stops_at_the_limit(rig, path):
    """64 MiB in some bytes cost neither memory nor the good source."""
    tracemalloc.start()
    try:
        reported = rig.round(path, max_body_bytes=MIB)
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (reported.outcome, reported.error) == ("failed", f"{rig.url}: {TOO_LARGE}")
    assert peak_bytes < 16 * MIB


@pytest.mark.parametrize("headers", [{}, {"Content_Encoding": "gzip"}])
def test_a_title_of_fifty_megabytes_is_too_large(rig, headers):
    """Within the shipped limit of 10 MiB it is refused, plain and compressed."""
    body = channel(entry(1, title="y" * 50_000_000))
    rig.server.serve("/title", gzip.compress(body, 1) if headers else body, **headers)
    reported = rig.round("/title")
    assert reported.outcome == "failed"
    assert reported.error.startswith(f"{rig.url}: the body is larger than the 10485760 bytes")


def test_a_title_of_megabytes_within_the_limit_is_cut(rig):
    """What the limit lets pass is an article with a title of a bearable length."""
    rig.server.serve("/title", channel(entry(1, title="y" * 9_000_000), entry(2)))
    reported = rig.round("/title")
    assert (reported.outcome, reported.poll.new) == ("updated", 2)
    titles = {len(article.title) for article in rig.of_source()}
    assert max(titles) <= 1_000
