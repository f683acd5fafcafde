"""Content codings: whole bodies come back, bombs stop at the limit, broken ones say so."""

import contextlib
import gzip
import io
import tracemalloc
import zlib

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from aggregator.errors import BodyTooLarge, FetchError
from aggregator.fetch.decode import MAX_MEMBERS, BodyDecoder
from tests.codings import BrotliCompressor
from tests.fetch.client import fetch, limits
from tests.loopback import Answer

MIB = 1024 * 1024
TEXT = b"<item>caf\xc3\xa9</item>" * 20_000


def raw_deflate(body):
    """Compress without the zlib wrapper, as some servers understand ``deflate``."""
    deflater = zlib.compressobj(wbits=-15)
    return deflater.compress(body) + deflater.flush()


CODERS = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "Deflate": raw_deflate,
    "br": lambda body: brotli.compress(body, quality=4),
    "zstd": zstandard.compress,
    "identity": bytes,
    "deflate, gzip": lambda body: gzip.compress(zlib.compress(body)),
    "gzip, br": lambda body: brotli.compress(gzip.compress(body), quality=4),
    "zstd, identity, GZIP": lambda body: gzip.compress(zstandard.compress(body)),
}


def decoded(body, coding, *, limit=10 * MIB, step=65_536):
    """Decode ``body`` as it would come in chunks of ``step`` bytes."""
    decoder = BodyDecoder("http://a.example/", coding, limit_bytes=limit)
    for start in range(0, len(body), step):
        decoder.write(body[start : start + step])
    return decoder.finish()


@pytest.mark.parametrize("coding", CODERS)
def test_each_coding_is_undone_over_the_wire(loopback, coding):
    """Each coding comes back as it was before, with what it cost on the wire."""
    coded = CODERS[coding](TEXT)
    url = loopback.route("/feed", Answer(body=coded, headers={"Content-Encoding": coding}))
    fetched = fetch(url)
    assert fetched.body == TEXT
    assert fetched.wire_bytes == len(coded)


@given(
    st.binary(max_size=300).filter(lambda body: not body.startswith(b"\x1f\x8b")),
    st.sampled_from(sorted(CODERS)),
    st.integers(1, 50),
)
def test_chunks_may_break_anywhere(body, coding, step):
    """Where the network cuts a body changes nothing."""
    assert decoded(CODERS[coding](body), coding, step=step) == body


@given(st.binary(max_size=300), st.sampled_from(sorted(CODERS)))
def test_garbage_decodes_or_fails_as_a_fetch(body, coding):
    """Bytes that are no such coding end as the one kind of error, if they fail at all."""
    decoder = BodyDecoder("http://a.example/", coding, limit_bytes=MIB)
    with contextlib.suppress(FetchError):
        decoder.write(body)
        decoder.finish()


@pytest.mark.parametrize("coding", sorted(CODERS.keys() - {"identity"}))
def test_missing_end_is_an_error(coding):
    """A body cut anywhere before its end is truncated, not a shorter document."""
    coded = CODERS[coding](TEXT)
    for cut in (1, len(coded) // 2, len(coded) - 1):
        with pytest.raises(FetchError, match="truncated"):
            decoded(coded[:cut], coding)


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd", "deflate"])
def test_body_that_is_not_coded_as_claimed_is_an_error(loopback, coding):
    """Plain XML that claims a coding is refused with the coding's name."""
    url = loopback.route(
        "/feed", Answer(body=b"<?xml version='1.0'?>" * 9, headers={"Content-Encoding": coding})
    )
    with pytest.raises(FetchError, match=f"not the {coding}"):
        fetch(url)


@pytest.mark.parametrize(
    ("coding", "reason"),
    [("gzip," * 3, "3 times")],
)
def test_codings_that_nobody_asked_for_are_errors(loopback, coding, reason):
    """More codings than make sense are named."""
    with pytest.raises(FetchError, match=reason):
        fetch(loopback.route("/feed", Answer(body=b"x", headers={"Content-Encoding": coding})))


def test_gzip_may_have_several_members():
    """Members after each other are one body; zeros and other bytes after the last are padding."""
    body = gzip.compress(b"one ") + gzip.compress(b"") + gzip.compress(b"two")
    for step in (1, 7, 65_536):
        assert decoded(body + b"\0" * 512, "gzip", step=step) == b"one two"
        assert decoded(body + b"</html>\x1f", "gzip", step=step) == b"one two"


def test_zstd_may_have_several_frames():
    """Frames after each other are one body; a skippable frame holds nothing of it."""
    skippable = b"\x50\x2a\x4d\x18" + (3).to_bytes(4, "little") + b"abc"
    body = zstandard.compress(b"one ") + skippable + zstandard.compress(b"two")
    for step in (1, 7, 65_536):
        assert decoded(body, "zstd", step=step) == b"one two"


@pytest.mark.parametrize(
    ("coding", "member"), [("gzip", gzip.compress(b"", mtime=0)), ("zstd", zstandard.compress(b""))]
)
def test_endless_empty_members_are_refused(coding, member):
    """Parts that add nothing are counted, for each costs time."""
    assert decoded(member * MAX_MEMBERS, coding) == b""
    with pytest.raises(FetchError, match="more than 1000 compressed parts"):
        decoded(member * (MAX_MEMBERS + 1), coding)


def test_bytes_after_a_brotli_stream_are_an_error():
    """A brotli stream says where it ends; nothing may follow."""
    for step in (1, 65_536):
        with pytest.raises(FetchError, match="not the br"):
            decoded(CODERS["br"](b"x") + b"junk", "br", step=step)


def test_zstd_window_is_bounded():
    """A frame that wants more memory than the web allows it is refused."""
    made = io.BytesIO()
    parameters = zstandard.ZstdCompressionParameters(window_log=27, compression_level=1)
    with zstandard.ZstdCompressor(compression_params=parameters).stream_writer(made, closefd=False) as writer:
        writer.write(b"x")
    with pytest.raises(FetchError, match="not the zstd"):
        decoded(made.getvalue(), "zstd")


def _stream(coder, size):
    """Compress ``size`` zeros without ever holding them."""
    block = b"\0" * MIB
    return b"".join(coder.compress(block) for _ in range(size // MIB)) + coder.flush()


BOMB = 64 * MIB
BOMBS = {
    "gzip": lambda: _stream(zlib.compressobj(wbits=31), BOMB),
    "deflate": lambda: _stream(zlib.compressobj(), BOMB),
    "br": lambda: _stream(BrotliCompressor(), BOMB),
    "zstd": lambda: _stream(zstandard.ZstdCompressor().compressobj(), BOMB),
    "gzip, gzip": lambda: gzip.compress(BOMBS["gzip"]()),
    "gzip, br": lambda: brotli.compress(BOMBS["gzip"](), quality=4),
    "br, zstd": lambda: zstandard.compress(BOMBS["br"]()),
}


@pytest.mark.parametrize("coding", BOMBS)
def test_bomb_stops_at_the_limit(loopback, coding):
    """64 MiB of nothing, in some bytes: refused, with memory near the limit and not the bomb."""
    bomb = BOMBS[coding]()
    assert len(bomb) < MIB
    url = loopback.route("/feed", Answer(body=bomb, headers={"Content-Encoding": coding}))
    fetch(loopback.route("/small", Answer()))  # what the first exchange loads is not the bomb's
    tracemalloc.start()
    try:
        with pytest.raises(BodyTooLarge, match=f"{MIB} bytes"):
            fetch(url, max_body_bytes=MIB)
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak_bytes < 8 * MIB


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd", "deflate", "identity", "gzip, br"])
def test_limit_is_exact(coding):
    """A body of just the limit passes, one byte more does not."""
    assert decoded(CODERS[coding](b"x" * 1000), coding, limit=1000) == b"x" * 1000
    with pytest.raises(BodyTooLarge):
        decoded(CODERS[coding](b"x" * 1001), coding, limit=1000)


def test_what_lies_between_two_codings_is_limited_too():
    """An outer bomb whose inner body would be small stops as well."""
    inner = gzip.compress(b"small") + b"\0" * MIB
    with pytest.raises(BodyTooLarge):
        decoded(gzip.compress(inner), "gzip, gzip", limit=MIB)


def test_coded_bytes_are_limited_themselves():
    """Endless input that decodes to nothing ends at the limit."""
    with pytest.raises(BodyTooLarge):
        decoded(gzip.compress(b"x") + b"\0" * 5000, "gzip", limit=1000)


def test_size_limits_of_a_fetch_come_from_the_limits_or_the_call(loopback):
    """``max_body_bytes`` of the call goes before that of the limits."""
    url = loopback.route("/feed", Answer(body=b"x" * 100))
    with pytest.raises(BodyTooLarge):
        fetch(url, within=limits(max_body_bytes=99))
    assert len(fetch(url, within=limits(max_body_bytes=99), max_body_bytes=100).body) == 100


@pytest.mark.parametrize("coding", ["none", "utf-8", "UTF8", "aws-chunked", "binary", "text/xml", ""])
def test_an_unknown_coding_is_ignored(loopback, coding):
    """What names no coding stands over a body that is read as it is."""
    url = loopback.route("/feed", Answer(body=TEXT, headers={"Content-Encoding": coding}))
    assert fetch(url).body == TEXT


@pytest.mark.parametrize(("coding", "times"), [(None, 1), ("utf-8", 1), ("aws-chunked, gzip", 2)])
def test_gzip_that_no_header_names_is_undone(coding, times):
    """Its first bytes tell it, wherever the network cuts them."""
    body = TEXT
    for _ in range(times):
        body = gzip.compress(body)
    assert decoded(body, coding, step=1) == TEXT


def test_gzip_that_no_header_names_is_bounded():
    """A bomb that says nothing of itself stops at the limit, too."""
    with pytest.raises(BodyTooLarge):
        decoded(gzip.compress(bytes(8 * MIB)), None, limit=MIB)


@pytest.mark.parametrize("body", [b"", b"\x1f", b"\x1f\x8b", b"{"])
def test_a_body_of_a_few_bytes_is_whole(body):
    """What was too short to tell is not lost."""
    assert decoded(body, None) == body
