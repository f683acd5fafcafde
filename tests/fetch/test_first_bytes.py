"""Only the beginning of a body: asked for, read and no more, whatever the server makes of it."""

import gzip

import pytest

from aggregator.errors import FetchError, HttpStatusError
from tests.fetch.client import fetch, limits
from tests.loopback import Answer, endless

WHOLE = bytes(range(256)) * 4000


def in_part(request):
    """Answer as a server that knows ranges."""
    first, _, last = request.headers["Range"].removeprefix("bytes=").partition("-")
    body = WHOLE[int(first) : int(last) + 1]
    return Answer(status=206, body=body, headers={"Content-Range": f"bytes {first}-{last}/{len(WHOLE)}"})


def test_a_server_that_knows_ranges_sends_no_more(loopback):
    """The part that was asked for is the answer, and nothing else went over the wire."""
    got = fetch(loopback.route("/a", in_part), first_bytes=1000)
    assert (got.status, got.body, got.wire_bytes) == (206, WHOLE[:1000], 1000)
    assert loopback.requests[0].headers["Range"] == "bytes=0-999"
    assert loopback.requests[0].headers["Accept-Encoding"] == "identity"
    assert loopback.requests[0].headers.get_all("Accept-Encoding") == ["identity"]


@pytest.mark.parametrize(
    "answer",
    [
        Answer(body=WHOLE),
        endless(b"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\n\r\n", WHOLE),
        Answer(body=gzip.compress(WHOLE), headers={"Content-Encoding": "gzip"}),
        Answer(body=gzip.compress(WHOLE)[:2000], headers={"Content-Encoding": "gzip"}),
    ],
    ids=["whole", "endless", "encoded", "encoded and cut"],
)
def test_of_a_server_that_sends_all_the_beginning_is_read(loopback, answer):
    """A body without ranges, without an end, larger than the limit or encoded all the same gives its start."""
    got = fetch(loopback.route("/a", answer), first_bytes=1000, within=limits(max_body_bytes=1_000_000))
    assert got.body == WHOLE[:1000]


def test_a_short_body_is_whole(loopback):
    """A file of fewer bytes is given as it is."""
    assert fetch(loopback.route("/a", Answer(body=b"GIF89a")), first_bytes=1000).body == b"GIF89a"


def test_a_part_from_elsewhere_or_not_asked_for_is_refused(loopback):
    """206 is of use only where it is the beginning that was asked for."""
    middle = Answer(status=206, body=b"x", headers={"Content-Range": "bytes 5-6/9"})
    url = loopback.route("/a", middle)
    for asked in ({"first_bytes": 1000}, {}):
        with pytest.raises(HttpStatusError, match="206"):
            fetch(url, **asked)
    with pytest.raises(HttpStatusError, match="206"):
        fetch(loopback.route("/b", Answer(status=206, body=b"x", headers={"Content-Range": "bytes 0-0/9"})))


def test_a_body_that_breaks_off_before_is_an_error(loopback):
    """Fewer bytes than announced and than asked for are a broken body."""
    url = loopback.route("/a", Answer(body=b"short", headers={"Content-Length": "5000"}))
    with pytest.raises(FetchError, match=r"truncated|closed|longer"):
        fetch(url, first_bytes=1000, within=limits(timeout_s=2))
