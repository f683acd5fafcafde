"""Which hub and topic a document announces, in its header, in its head, in every format."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.model import Announcement
from aggregator.parse.documents.document import parse_document
from aggregator.websub import find_announcement

URL = "https://daily.example/feeds/all"
HUB, SELF = "https://hub.example/", "https://daily.example/feed"
FOUND = Announcement(hub_url=HUB, topic_url=SELF)
LINKS = f'<{{0}}link rel="hub" href="{HUB}"/><{{0}}link rel="self" href="{SELF}"/>'
ATOM = f'<feed xmlns="http://www.w3.org/2005/Atom"><title>D</title>{LINKS.format("")}<entry><title>A</title></entry></feed>'
RSS = (
    '<rss version="2.0" xmlns:a="http://www.w3.org/2005/Atom"><channel><title>D</title>'
    f"{LINKS.format('a:')}<item><title>A</title></item></channel></rss>"
)
IN_ITEM = (
    '<rss version="2.0" xmlns:a="http://www.w3.org/2005/Atom"><channel><title>D</title>'
    f"<item><title>A</title>{LINKS.format('a:')}</item></channel></rss>"
)


def _of(document, header=None):
    feed = parse_document(document.encode(), url=URL).feed
    return find_announcement(header, url=URL, hub_urls=feed.hub_urls, self_url=feed.self_url)


def _json(**keys):
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "D", "items": [], **keys})


@pytest.mark.parametrize(
    "document",
    [
        ATOM,
        RSS,
        _json(feed_url=SELF, hubs=[{"type": "rssCloud", "url": "x"}, {"type": "WebSub", "url": HUB}]),
    ],
)
def test_the_document_announces(document):
    """Atom's links in Atom and RSS, and the hubs of a JSON Feed."""
    assert _of(document) == FOUND


@pytest.mark.parametrize(
    "header",
    [
        f'<{HUB}>; rel="hub", <{SELF}>; rel="self"',
        f"<{HUB}>;rel=hub,<{SELF}>;rel=self",
        f'<https://x.example/>; rel="next", <{SELF}>; rel=SELF; title="a, <b>; rel=hub", <{HUB}>; REL="foo Hub"',
        f'<http://hub.example/>; rel="hub", <{HUB}#part>; rel="hub", </feed>; rel="self"',
        f'< {HUB} >; title="rel=hub"; rel="hub", <../feed>; rel="self"',
    ],
)
def test_the_header_announces(header):
    """In every spelling that RFC 8288 allows; https goes first, addresses may be relative."""
    assert find_announcement(header, url=URL) == FOUND


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "<<<;;;,,,",
        f"<{HUB}>; rel=hub",
        f"<{SELF}>; rel=self",
        f'<{HUB}>; title="; rel=hub", <{SELF}>; rel=self',
        f"<javascript:alert(1)>; rel=hub, <{SELF}>; rel=self",
        f"<file:///etc/passwd>; rel=hub, <{SELF}>; rel=self",
        f"<{HUB}>; rel=hub, <{SELF}{'x' * 3000}>; rel=self",
        f"<{HUB}{'x' * 3000}>; rel=hub, <{SELF}>; rel=self",
    ],
)
def test_what_announces_not_both_announces_nothing(header):
    """A hub without a topic, a topic without a hub, and what is no address for either."""
    assert find_announcement(header, url=URL) is None


def test_the_header_goes_first():
    """What the header says is not mixed with what the document says (section 4)."""
    header = '<https://other.example/hub>; rel="hub", <https://other.example/self>; rel="self"'
    assert _of(ATOM, header) == Announcement(
        hub_url="https://other.example/hub", topic_url="https://other.example/self"
    )
    assert _of(ATOM, '<https://other.example/self>; rel="self"').hub_url == HUB


@pytest.mark.parametrize(
    "document",
    [
        IN_ITEM,
        _json(feed_url=SELF),
        _json(hubs=[{"type": "WebSub", "url": HUB}]),
        _json(feed_url=SELF, hubs={"type": "WebSub", "url": HUB}),
        _json(feed_url=5, hubs=[5, {}, {"type": 5, "url": 5}, {"type": "WebSub"}]),
    ],
)
def test_entries_and_rubbish_announce_nothing(document):
    """Only the feed's own head counts, and values of any type are borne."""
    assert _of(document) is None


@given(st.text(alphabet='<>;,="\\ relhubsf:/.a', max_size=300))
def test_no_header_breaks_it(header):
    """Whatever it is made of, it announces two addresses or nothing."""
    found = find_announcement(header, url=URL)
    assert found is None or (found.hub_url.startswith("http") and found.topic_url.startswith("http"))


def test_a_long_header_takes_no_time():
    """Reading is linear, also where quotes and brackets never close."""
    for header in ("<" * 32_000, '<x>;a="' * 5_000, "<x>" + ";a" * 16_000, "<x> " + " " * 32_000):
        assert find_announcement(header, url=URL) is None
