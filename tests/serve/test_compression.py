"""Codings of a body: chosen by the client, told apart by caches."""

import gzip

import brotli
import pytest

from aggregator.serve.cache import BoundedCache
from aggregator.serve.negotiation import choose_coding
from tests.serve.tree import FILES

RSS = FILES["town/rss.xml"].encode()
DECODERS = {"br": brotli.decompress, "gzip": gzip.decompress}


@pytest.mark.parametrize(
    ("accept_encoding", "coding"),
    [
        (None, "identity"),
        ("", "identity"),
        ("gzip", "gzip"),
        ("GZIP", "gzip"),
        ("x-gzip", "gzip"),
        ("br", "br"),
        ("gzip, deflate, br, zstd", "br"),
        ("br;q=0.5, gzip;q=0.8", "gzip"),
        ("br; q=0.5 , gzip ;Q=0.4", "br"),
        ("gzip;q=0", "identity"),
        ("br;q=0.000, gzip;q=0.001", "gzip"),
        ("gzip;q=0.5, identity", "identity"),
        ("identity;q=0.5, gzip;q=0.4", "identity"),
        ("*", "br"),
        ("*;q=0.5, gzip", "gzip"),
        ("br;q=0, *", "gzip"),
        ("*;q=0", "identity"),
        ("*;q=0, gzip", "gzip"),
        ("identity;q=0", "identity"),
        ("identity;q=0, *;q=0.1", "br"),
        ("deflate, zstd", "identity"),
        ("gzip;q=nonsense", "identity"),
        ("gzip;q=1.5", "identity"),
        ("gzip;level=9", "identity"),
        (",;,gzip,;q=1", "gzip"),
    ],
)
def test_the_client_chooses_the_coding(accept_encoding, coding):
    """Weights count, then the smaller result; what cannot be read or is unknown is not used."""
    assert choose_coding(accept_encoding) == coding


@pytest.mark.parametrize("coding", ["br", "gzip"])
@pytest.mark.parametrize("name", ["town/rss.xml", "town/feed.json", "index.html", "assets/style.css"])
def test_texts_are_sent_compressed(reader, name, coding):
    """A text comes smaller, says how it is coded, and is the file again when decoded."""
    reply = reader.get(f"/{name}", Accept_Encoding=coding)
    assert (reply.status, reply.headers["Content-Encoding"]) == (200, coding)
    assert reply.headers["Content-Length"] == str(len(reply.body))
    assert len(reply.body) < len(FILES[name].encode()) / 2
    assert DECODERS[coding](reply.body) == FILES[name].encode()


@pytest.mark.parametrize("path", ["/town/", "/town/note.txt", "/assets/photo.jpg", "/assets/photo.webp"])
def test_short_texts_and_pictures_stay_as_they_are(reader, path):
    """What would not become smaller is sent without a coding."""
    assert "Content-Encoding" not in reader.get(path, Accept_Encoding="br, gzip").headers


def test_caches_are_told_that_codings_differ(reader):
    """Every answer of a text varies by Accept-Encoding, also one without a coding; a picture's does not."""
    for headers in ({}, {"Accept_Encoding": "gzip"}, {"Accept_Encoding": "identity"}):
        assert reader.get("/town/rss.xml", **headers).headers["Vary"] == "Accept-Encoding"
    assert "Vary" not in reader.get("/assets/photo.jpg").headers


def test_each_coding_has_an_etag_of_its_own(reader):
    """A strong tag names bytes: it revalidates its own coding and no other."""
    tags = {
        coding: reader.get("/town/rss.xml", Accept_Encoding=coding).headers["ETag"]
        for coding in ("identity", "gzip", "br")
    }
    assert len(set(tags.values())) == 3
    for asked, own in tags.items():
        for held, tag in tags.items():
            reply = reader.get("/town/rss.xml", Accept_Encoding=asked, If_None_Match=tag)
            assert reply.status == (304 if held == asked else 200)
            assert reply.headers["ETag"] == own


@pytest.mark.parametrize("coding", ["br", "gzip"])
def test_the_same_bytes_come_every_time(reader, coding):
    """Two answers with one strong tag hold the same bytes, times do not creep in."""
    replies = [reader.get("/town/rss.xml", Accept_Encoding=coding) for _ in range(2)]
    assert replies[0].body == replies[1].body
    assert replies[0].headers["ETag"] == replies[1].headers["ETag"]


def test_a_changed_file_is_compressed_again(client, tree):
    """The compressed bytes that were kept belong to the former content only."""
    client.get("/town/rss.xml", Accept_Encoding="br")
    (tree / "town/rss.xml").write_text("<rss>" + "new " * 500 + "</rss>")
    reply = client.get("/town/rss.xml", Accept_Encoding="br")
    assert brotli.decompress(reply.body) == (tree / "town/rss.xml").read_bytes()


def test_the_cache_forgets_what_was_used_longest_ago():
    """Beyond the limit the value goes that was not asked for, and a huge one is never kept."""
    cache = BoundedCache[str, bytes](10, len)
    cache.put("a", b"aaaa")
    cache.put("b", b"bbbb")
    assert cache.get("a") == b"aaaa"
    cache.put("c", b"cccc")
    cache.put("huge", b"h" * 11)
    cache.put("c", b"cccc")
    kept = {key: cache.get(key) for key in ("a", "b", "c", "huge")}
    assert kept == {"a": b"aaaa", "b": None, "c": b"cccc", "huge": None}
