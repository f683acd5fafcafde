"""Files that are answered from memory: as the application answers them, and never an old version."""

import os
import socket
import time

import pytest

from aggregator.serve.hot_files import HotFiles
from tests.serve.tree import FILES


def _without_date(reply):
    return sorted(item for item in reply.headers.items() if item[0].lower() != "date")


@pytest.mark.parametrize("name", ["town/rss.xml", "assets/photo.jpg", "town/", "town/note.txt"])
@pytest.mark.parametrize("coding", ["identity", "gzip", "br"])
@pytest.mark.parametrize("condition", ["none", "tag", "date"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_memory_and_disk_answer_alike(client, name, coding, condition, method):
    """Status, headers and body are those of the application, for every coding and condition."""
    plain = client.get(f"/{name}", Accept_Encoding=coding)  # the first time: the application
    held = {
        "none": {},
        "tag": {"If_None_Match": plain.headers["ETag"]},
        "date": {"If_Modified_Since": plain.headers["Last-Modified"]},
    }[condition]
    hot = client.ask(method, f"/{name}", Accept_Encoding=coding, **held)
    asked = client.ask(method, f"/{name}", Accept_Encoding=coding, Expect="x", **held)
    assert (hot.status, hot.body, _without_date(hot)) == (asked.status, asked.body, _without_date(asked))
    assert hot.headers["Date"]


def test_a_replaced_file_is_sent_at_once(client, tree):
    """A file of the same length and time in place of one in memory is seen, so is its removal."""
    path = tree / "town/rss.xml"
    for _ in range(2):
        client.get("/town/rss.xml")
    state, newer = path.stat(), tree / "town/newer"
    newer.write_bytes(path.read_bytes().replace(b"Rain", b"Snow"))
    os.utime(newer, ns=(state.st_atime_ns, state.st_mtime_ns))
    newer.replace(path)
    assert client.get("/town/rss.xml").body == path.read_bytes()
    path.unlink()
    assert client.get("/town/rss.xml").status == 404


def test_many_requests_of_a_client_that_reads_nothing_wait(server):
    """Answers to requests that come at once are not heaped up; who reads at last gets all of them."""
    ask = b"GET /town/rss.xml HTTP/1.1\r\nHost: x\r\n\r\n"
    body = FILES["town/rss.xml"].encode()
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as raw:
        raw.sendall(ask * 2_000)
        time.sleep(0.5)
        received, ends = 0, 0
        while ends < 2_000:
            data = raw.recv(1_000_000)
            received += len(data)
            assert data
            ends = received // (len(body) + 100) if received < 2_000 * len(body) else 2_000
    assert received >= 2_000 * len(body)


def test_requests_that_come_at_once_are_answered_in_their_order(server):
    """A request for a file in memory waits for the answer of the application before it."""
    asks = [b"/healthz", b"/town/note.txt", b"/nothing", b"/town/note.txt"]
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as raw:
        raw.sendall(b"".join(b"GET %s HTTP/1.1\r\nHost: x\r\n\r\n" % ask for ask in asks))
        received = b""
        while received.count(b"A note") < 2:
            received += raw.recv(65536)
    parts = [received.index(part) for part in (b'"status"', b"A note", b"Not Found", b"</html>")]
    assert parts == sorted(parts)


@pytest.mark.parametrize(
    "headers",
    [
        [(b"range", b"bytes=0-1")],
        [(b"if-none-match", b'"a"'), (b"if-none-match", b'"b"')],
        [(b"expect", b"100-continue")],
    ],
)
def test_what_is_out_of_the_ordinary_is_left_to_the_application(headers):
    """Ranges, repeated conditions and expectations are not judged twice."""
    assert HotFiles().answer(b"GET", b"/town/rss.xml", headers) is None
    assert HotFiles().answer(b"POST", b"/town/rss.xml", []) is None


@pytest.mark.parametrize("sent", [b"GET / HTTP/1.1\r\n\r\n", b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", b"GET / HTTP/2.0\r\nHost: a\r\n\r\n", b"\r\n\r\n", b"G T / HTTP/1.1\r\nHost: a\r\n\r\n"])  # fmt: skip
def test_heads_that_are_none_are_refused(server, sent):
    """Without a host, with two, in another version, or empty: 400, as with a line that is none."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as raw:
        raw.sendall(sent)
        assert raw.recv(100).startswith(b"HTTP/1.1 400 ")
