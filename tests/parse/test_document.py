"""Documents as a whole: what is refused, what is bounded, what problems say."""

import pickle

import pytest

from aggregator.errors import ParseError
from aggregator.parse.documents.document import parse_document
from aggregator.parse.documents.document_limits import MAX_TAGS
from aggregator.parse.documents.feedparser_adapter import run_feedparser
from aggregator.parse.documents.repair import MAX_ENTRIES

URL = "https://feeds.example/feed.xml"
HEAD = b"<rss version='2.0'><channel><title>T</title><link>https://site.example/</link>"
TAIL = b"</channel></rss>"


def _item(number):
    return b"<item><title>%d</title><link>https://site.example/%d</link></item>" % (number, number)


def test_entries_past_the_limit_are_left_out_and_counted():
    """The first entries of an endless document are kept; a problem says how many were not."""
    feed = parse_document(HEAD + b"".join(map(_item, range(MAX_ENTRIES + 3))) + TAIL, url=URL).feed
    assert len(feed.entries) == MAX_ENTRIES
    assert feed.entries[-1].title == str(MAX_ENTRIES - 1)
    assert "3 entries too many, left out" in [one.text for one in feed.problems]


def test_items_of_json_past_the_limit_are_left_out_and_counted():
    """The limit holds for JSON Feed, too."""
    items = ",".join(["{}"] * (MAX_ENTRIES + 1))
    feed = parse_document(f'{{"items": [{items}]}}'.encode(), url=URL).feed
    assert len(feed.entries) == MAX_ENTRIES
    assert "1 entry too many, left out" in [one.text for one in feed.problems]


def test_a_feed_without_entries_is_a_feed():
    """A valid feed may be empty."""
    feed = parse_document(HEAD + TAIL, url=URL).feed
    assert (feed.entries, feed.problems, feed.title) == ((), (), "T")


@pytest.mark.parametrize(
    "body",
    [
        b"<a>" * 20_000,
        b"<![CDATA[" * 20_000,
        b"<" * 20_000,
        b"&" * 20_000,
        b"<item><description>" + b"<div>" * 5_000 + b"</div>" * 5_000 + b"</description></item>",
        b"<item><description>" + b"&lt;div&gt;" * 20_000 + b"</description></item>",
        b"<item>" + b"<category>x</category>" * 20_000 + b"</item>",
    ],
    ids=["open tags", "CDATA", "brackets", "ampersands", "deep", "deep and escaped", "categories"],
)
def test_hostile_nesting_does_no_harm(body):
    """Endless and deep markup neither crashes nor loses the feed's own title."""
    assert parse_document(HEAD + body + TAIL, url=URL).feed.title == "T"


def test_a_document_of_nothing_but_tags_is_refused():
    """More tags than the limit are refused before they cost time; HTML in CDATA does not count."""
    with pytest.raises(ParseError, match="tags"):
        parse_document(HEAD + b"<a/>" * (MAX_TAGS + 1) + TAIL, url=URL)
    held = b"<item><title>x</title><description><![CDATA[%s]]></description></item>" % (
        b"<a/>" * (MAX_TAGS + 1)
    )
    assert len(parse_document(HEAD + held + TAIL, url=URL).feed.entries) == 1


@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"items":[' + b'{"a":' * 100_000])
def test_deep_json_is_refused(body):
    """JSON that is nested without end is no feed, and no crash."""
    with pytest.raises(ParseError, match="JSON"):
        parse_document(body, url=URL)


def test_a_problem_names_the_line_of_the_document():
    """The line of a fault is counted from the document's own first line."""
    document = b"\n<?xml version='1.0'?>\n\n" + HEAD + b"\n\n<item><title>x</item>" + TAIL
    assert "not well-formed XML: mismatched tag, line 6" in [
        one.text for one in parse_document(document, url=URL).feed.problems
    ]


def test_a_page_names_the_feeds_it_links_to():
    """The error for a page holds the feeds, absolute, in its text and for programs."""
    page = b"<html><head><link rel=alternate type=application/rss+xml href=/rss></head></html>"
    with pytest.raises(ParseError) as caught:
        parse_document(page, url="https://page.example/news/")
    assert caught.value.feeds == ("https://page.example/rss",)
    assert "https://page.example/rss" in str(caught.value)
    assert caught.value.source == "https://page.example/news/"


def test_no_file_is_opened(tmp_path):
    """A document that is a file's name, or names one as an entity, reads nothing from it."""
    secret = tmp_path / "secret.xml"
    secret.write_bytes(HEAD + b"<item><title>secret</title></item>" + TAIL)
    with pytest.raises(ParseError):
        parse_document(str(secret).encode(), url=URL)
    declared = (
        f'<!DOCTYPE rss [<!ENTITY % p SYSTEM "{secret}"> %p; <!ENTITY f SYSTEM "file://{secret}">]>'.encode()
    )
    feed = parse_document(declared + HEAD + b"<item><title>[&f;]</title></item>" + TAIL, url=URL).feed
    assert feed.entries[0].title == "[&f;]"


def test_feeds_can_be_handed_between_processes():
    """What a document became survives pickling."""
    feed = parse_document(HEAD + _item(1) + TAIL, url=URL).feed
    assert pickle.loads(pickle.dumps(feed)) == feed


def test_long_ids_are_kept_as_a_digest():
    """An id too long to be kept becomes a digest, the same one every time."""
    item = b"<item><title>x</title><guid isPermaLink='false'>%s</guid></item>" % (b"g" * 5_000)
    first, second = (parse_document(HEAD + item + TAIL, url=URL).feed.entries[0].entry_id for _ in range(2))
    assert first == second
    assert first is not None
    assert first.startswith("sha256:")


def test_without_an_address_of_its_own_a_document_is_read():
    """A document from a file has no address: what is relative stays unknown, the rest is read."""
    feed = parse_document(HEAD + b"<item><title>x</title><link>/y</link></item>" + TAIL, url="").feed
    assert (feed.site_url, feed.entries[0].link) == ("https://site.example/", "/y")


def test_labels_are_not_collected():
    """To collect them takes feedparser half a minute for 64 KiB of them, behind a comment that hides them."""
    labels = ",".join(str(number) for number in range(11_000))
    items = "".join(
        f"<item><title>Title</title><itunes:keywords>{labels}<!-- --></itunes:keywords>{more}</item>"
        for more in ("", "<category>one</category>", "<dc:subject/>", "<tags>a<x/>, b</tags>")
    )
    spaces = "xmlns:itunes='http://www.itunes.com/DTDs/Podcast-1.0.dtd'"
    spaces += " xmlns:dc='http://purl.org/dc/elements/1.1/'"
    body = f"<rss version='2.0' {spaces}><channel><title>Feed</title>{items}</channel></rss>"
    assert [entry.title for entry in parse_document(body.encode(), url=URL).feed.entries] == ["Title"] * 4
    assert [entry["tags"] for entry in run_feedparser(body, "")["entries"]] == [[]] * 4


@pytest.mark.parametrize(
    "before",
    [
        "Warning: x\n<!-- made by <html> -->",
        "x <?xml-stylesheet href='<html >'?>",
        "<!-- <body > -->",
        "<![CDATA[<html>]]>",
    ],
)
def test_a_comment_that_names_html_is_no_page(before):
    """A page is told by its elements, not by what a comment mentions."""
    body = f"{before}<rss><channel><title>T</title></channel></rss>".encode()
    assert parse_document(body, url="http://a.example/").feed.title == "T"
