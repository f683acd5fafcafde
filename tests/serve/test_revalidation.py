"""Answers to clients that have the file already."""

import os
from datetime import UTC, datetime

import pytest

from aggregator.serve.negotiation import is_unchanged
from tests.serve.tree import CHANGED_AT

SAME_DATE = "Tue, 14 Nov 2023 22:13:20 GMT"
EARLIER = "Tue, 14 Nov 2023 22:13:19 GMT"
LATER = "Wed, 15 Nov 2023 00:00:00 GMT"


def test_a_known_etag_is_answered_with_304(reader):
    """A client that has the feed gets no body, but all that keeps its copy fresh."""
    first = reader.get("/town/rss.xml")
    again = reader.get("/town/rss.xml", If_None_Match=first.headers["ETag"])
    assert (again.status, again.body) == (304, b"")
    for name in ("ETag", "Last-Modified", "Cache-Control", "Vary", "Access-Control-Allow-Origin"):
        assert again.headers[name] == first.headers[name]
    assert "Content-Length" not in again.headers
    assert "Content-Type" not in again.headers


def test_a_changed_file_is_sent_again(client, tree):
    """An entity tag of the former content brings the new content."""
    etag = client.get("/town/rss.xml").headers["ETag"]
    (tree / "town/rss.xml").write_text("<rss/>")
    reply = client.get("/town/rss.xml", If_None_Match=etag, If_Modified_Since=LATER)
    assert (reply.status, reply.body) == (200, b"<rss/>")


def test_head_revalidates_too(reader):
    """HEAD with a known entity tag is answered as GET is."""
    etag = reader.get("/town/rss.xml").headers["ETag"]
    assert reader.ask("HEAD", "/town/rss.xml", If_None_Match=etag).status == 304


@pytest.mark.parametrize(
    ("date", "status"),
    [
        (SAME_DATE, 304),
        (LATER, 304),
        (EARLIER, 200),
        ("Tuesday, 14-Nov-23 22:13:20 GMT", 304),
        ("Tue Nov 14 22:13:20 2023", 304),
        ("yesterday", 200),
        ("", 200),
        ("Tue, 99 Nov 2023 22:13:20 GMT", 200),
        ("Tue, 14 Nov 99999999999 22:13:20 GMT", 200),
    ],
)
def test_a_date_is_compared(reader, date, status):
    """If-Modified-Since in each of HTTP's three forms is honoured, one that is no date is ignored."""
    assert reader.get("/town/rss.xml", If_Modified_Since=date).status == status


def test_a_part_of_a_second_does_not_count(client, tree):
    """Last-Modified tells whole seconds; a client that sends it back has the file."""
    os.utime(tree / "town/rss.xml", (CHANGED_AT, CHANGED_AT + 0.75))
    date = client.get("/town/rss.xml").headers["Last-Modified"]
    assert client.get("/town/rss.xml", If_Modified_Since=date).status == 304


@pytest.mark.parametrize(
    ("if_none_match", "unchanged"),
    [
        ('"abc"', True),
        ('W/"abc"', True),
        ('"x", "abc"', True),
        ('"x" , W/"abc","y"', True),
        ("*", True),
        (' "abc" ', True),
        ('"abcd"', False),
        ('"ab", "c"', False),
        ("abc", False),
        ('"abc', False),
        ('"ABC"', False),
        ("", False),
    ],
)
def test_entity_tags_are_compared(if_none_match, unchanged):
    """If-None-Match is a list of tags or a star, compared weakly, and it outdoes the date."""
    for date in (None, EARLIER, LATER):
        assert unchanged is is_unchanged(
            if_none_match=if_none_match,
            if_modified_since=date,
            etag='"abc"',
            modified_at=datetime.fromtimestamp(CHANGED_AT, UTC),
        )


def test_a_missing_file_is_missing_whatever_the_client_has(reader):
    """A star as entity tag does not turn 404 into 304."""
    assert reader.get("/nothing", If_None_Match="*").status == 404
