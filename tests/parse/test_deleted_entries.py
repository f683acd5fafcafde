"""What documents say was deleted."""

import json

import pytest

from aggregator.parse.documents.document import parse_document

NS = "xmlns:at='http://purl.org/atompub/tombstones/1.0'"
ENTRY = "<entry><id>one</id><title>One</title><content>{}</content></entry>"


def deleted(between, said="Text", namespace=NS):
    """Return what an Atom document says was deleted, with this beside its entry."""
    head = f"<feed xmlns='http://www.w3.org/2005/Atom' {namespace}><title>Feed</title>"
    body = f"{head}{between}{ENTRY.format(said)}{between}</feed>"
    return parse_document(body.encode(), url="https://daily.example/feed").feed.deleted


def test_tombstones_of_atom():
    """Each id once, entities read, whatever else the element says."""
    assert deleted("<at:deleted-entry ref='a&amp;b' when='2026-01-01T00:00:00Z'/>") == ("a&b",)
    assert deleted('<at:deleted-entry when="x" ref="two"><at:comment>x</at:comment></at:deleted-entry>') == (
        "two",
    )
    assert deleted("<at:deleted-entry when='x'/><at:deleted-entry ref=' '/>") == ()


@pytest.mark.parametrize(
    "quoted",
    [
        "<![CDATA[<at:deleted-entry ref='two'/>]]>",
        "&lt;at:deleted-entry ref='two'/&gt;",
        "<div xmlns='http://www.w3.org/1999/xhtml'><at:deleted-entry ref='two'/></div>",
    ],
)
def test_what_is_quoted_deletes_nothing(quoted):
    """Nor does what stands in an entry, or is of no namespace that is declared."""
    assert deleted("", said=quoted) == ()
    assert deleted("<!-- <at:deleted-entry ref='two'/> -->") == ()
    assert deleted("<at:deleted-entry ref='two'/>", namespace="xmlns:at='urn:x'") == ()


def test_items_that_are_marked_themselves():
    """They are no entries."""
    items = [{"id": "1", "title": "One"}, {"id": 2, "_deleted": True}, {"id": "3", "_deleted": "yes"}]
    body = json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "F", "items": items})
    feed = parse_document(body.encode(), url="https://daily.example/feed").feed
    assert ([entry.entry_id for entry in feed.entries], feed.deleted) == (["1", "3"], ("2",))


@pytest.mark.parametrize(
    ("said", "ids"),
    [
        ({"items": [{"id": "two"}, {"id": "two"}, {"id": 3}, {}, "x"]}, ("two",)),
        ({"items": "x"}, ()),
        ([], ()),
        (None, ()),
    ],
)
def test_deleted_items_of_json_feeds(said, ids):
    """As our own feeds list them; anything else is passed over."""
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "F", "items": [{"id": "1"}]}
    body = json.dumps({**feed, "_deleted": said}).encode()
    assert parse_document(body, url="https://daily.example/feed").feed.deleted == ids
