"""Parts of files, for players and downloads that go on."""

import gzip
import os

import pytest

from aggregator.serve.byte_range import ByteRange, parse_range
from tests.serve.tree import FILES

RSS = FILES["town/rss.xml"].encode()
LONG = bytes(range(256)) * 4_000


@pytest.mark.parametrize(
    ("value", "part"),
    [
        (None, None),
        ("bytes=0-9", (0, 10)),
        ("Bytes=5-", (5, 95)),
        ("bytes=-10", (90, 10)),
        ("bytes=-1000", (0, 100)),
        ("bytes=90-1000", (90, 10)),
        ("bytes=99-99", (99, 1)),
        ("bytes=100-", (100, 0)),
        ("bytes=500-600", (500, 0)),
        ("bytes=-0", (100, 0)),
        ("bytes=9-5", None),
        ("bytes=-", None),
        ("bytes=a-b", None),
        ("items=0-9", None),
        ("bytes=0-1,5-6", None),
        ("bytes=" + "9" * 40 + "-", None),
    ],
)
def test_a_range_is_read(value, part):
    """What is out of the file is empty; what cannot be read, and several parts, mean the whole."""
    assert parse_range(value, 100) == (part and ByteRange(start=part[0], length=part[1]))


@pytest.mark.parametrize("name", ["town/rss.xml", "assets/long.png"])
def test_a_part_is_sent(client, tree, name):
    """206 with the part and where it stands, of a file in memory and of one that is not read whole."""
    (tree / "assets/long.png").write_bytes(LONG)
    whole = client.get(f"/{name}")
    assert whole.headers["Accept-Ranges"] == "bytes"
    for _ in range(2):
        reply = client.get(f"/{name}", Range="bytes=10-5009")
        assert (reply.status, reply.body) == (206, whole.body[10:5010])
        assert reply.headers["Content-Range"] == f"bytes 10-5009/{len(whole.body)}"
        assert reply.headers["ETag"] == whole.headers["ETag"]
    assert client.get(f"/{name}", Range="bytes=-7").body == whole.body[-7:]
    assert client.get(f"/{name}").body == whole.body


def test_a_part_that_is_not_there_is_refused(client):
    """416 says how long the file is."""
    reply = client.get("/town/rss.xml", Range="bytes=9999999-")
    assert (reply.status, reply.headers["Content-Range"]) == (416, f"bytes */{len(RSS)}")


def test_a_part_is_of_the_version_that_the_client_holds(client, tree):
    """If-Range with another tag, a weak one or a date brings the whole; so does HEAD; 304 goes first."""
    tag = client.get("/town/rss.xml").headers["ETag"]
    date = client.get("/town/rss.xml").headers["Last-Modified"]
    for if_range, status in ((tag, 206), ("W/" + tag, 200), (date, 200), ('"other"', 200)):
        assert client.get("/town/rss.xml", Range="bytes=0-9", If_Range=if_range).status == status
    assert client.ask("HEAD", "/town/rss.xml", Range="bytes=0-9").status == 200
    assert client.get("/town/rss.xml", Range="bytes=0-9", If_None_Match=tag).status == 304


def test_a_part_of_what_is_compressed(client):
    """With a coding the part is one of the coded bytes, whose tag it has."""
    whole = client.get("/town/rss.xml", Accept_Encoding="gzip")
    halves = [
        client.get("/town/rss.xml", Accept_Encoding="gzip", Range=f"bytes={part}")
        for part in ("0-99", "100-")
    ]
    assert gzip.decompress(b"".join(half.body for half in halves)) == RSS
    assert {half.headers["ETag"] for half in halves} == {whole.headers["ETag"]}


def test_a_long_file_is_revalidated_from_memory(client, tree):
    """A file that is too long to be kept is answered with 304 all the same, until it changes."""
    path = tree / "assets/long.png"
    path.write_bytes(LONG)
    os.utime(path, (1_700_000_000, 1_700_000_000))
    tag = client.get("/assets/long.png").headers["ETag"]
    for _ in range(2):
        assert client.get("/assets/long.png", If_None_Match=tag).status == 304
        assert client.get("/assets/long.png").body == LONG
    path.write_bytes(LONG[1:])
    assert client.get("/assets/long.png", If_None_Match=tag).body == LONG[1:]
