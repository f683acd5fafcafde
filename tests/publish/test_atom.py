"""Atom 1.0 as readers parse it."""

import feedparser
from lxml import etree

from aggregator.publish.feed_formats import ATOM as ATOM_FORMAT
from tests.builders import NOON, channel, example_article, rich_article
from tests.publish.rendering import render_feed, topic_files

ATOM = {"a": "http://www.w3.org/2005/Atom", "media": "http://search.yahoo.com/mrss/"}
LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def _feed(*articles, **fields):
    return etree.fromstring(render_feed(ATOM_FORMAT, channel(**fields), articles))


def _texts(element, path):
    return [found.text for found in element.findall(path, ATOM)]


def _links(element):
    return {(link.get("rel", "alternate"), link.get("href")) for link in element.findall("a:link", ATOM)}


def test_the_feed_has_id_title_author_and_links():
    """What RFC 4287 demands of a feed, and the addresses of its page and itself."""
    feed = _feed(example_article())
    assert _texts(feed, "a:title") == ["AI – AI News"]
    assert _texts(feed, "a:author/a:name") == ["AI News"]
    assert _texts(feed, "a:author/a:email") == ["desk@example.org"]
    assert feed.get(LANG) == "en-us"
    assert _links(feed) == {
        ("self", "https://feeds.example.org/ai/articles/atom.xml"),
        ("alternate", "https://feeds.example.org/ai/"),
    }


def test_the_feed_id_stays_at_each_address():
    """The id belongs to the topic, not to the folder its feed is read from."""
    files = topic_files(channel(), [example_article()])
    ids = {
        _texts(etree.fromstring(files[name]), "a:id")[0] for name in ("ai/articles/atom.xml", "ai/atom.xml")
    }
    assert len(ids) == 1
    assert ids.pop().startswith("urn:uuid:")
    assert _texts(_feed(), "a:id") != _texts(_feed(topic_id="computer-vision"), "a:id")


def test_the_feed_is_dated_by_its_items():
    """``updated`` is the time that is given: here, the last update of any item, and noon without items."""
    assert _texts(_feed(example_article(5), example_article(2)), "a:updated") == ["2020-09-14T10:00:00+00:00"]
    assert _texts(_feed(), "a:updated") == [NOON.isoformat()]


def test_an_entry_has_its_parts():
    """Id, title, both dates, authors, topics and the summary as HTML stand in the entry."""
    one = rich_article()
    entry = _feed(one).find("a:entry", ATOM)
    assert _texts(entry, "a:id") == [f"urn:uuid:{one.id}"]
    assert _texts(entry, "a:title") == [one.title]
    assert _texts(entry, "a:updated") == _texts(entry, "a:published") == ["2020-09-14T12:00:00+00:00"]
    assert _texts(entry, "a:author/a:name") == ["Jane Doe", "Joe Bloggs"]
    assert [(c.get("term"), c.get("label")) for c in entry.findall("a:category", ATOM)] == [
        ("computer-vision", "Computer Vision"),
        ("ai", "AI"),
    ]
    summary = entry.find("a:summary", ATOM)
    assert summary.get("type") == "html"
    assert '<a href="https://www.zdnet.com/article/0/">ZDNet</a>, via Reuters' in summary.text


def test_an_entry_links_to_article_amp_page_and_media():
    """Each link has its own relation; an enclosure is no second alternate."""
    assert _links(_feed(rich_article()).find("a:entry", ATOM)) == {
        ("alternate", "https://www.zdnet.com/article/0/"),
        ("amphtml", "https://www.zdnet.com/google-amp/article/0/"),
        ("enclosure", "https://media.example.org/a.mp3"),
        ("enclosure", "https://media.example.org/b.mp4"),
    }


def test_an_entry_names_its_source():
    """``atom:source`` has id, title, time, site and logo of the publisher."""
    source = _feed(rich_article()).find("a:entry/a:source", ATOM)
    assert _texts(source, "a:id")[0].startswith("urn:uuid:")
    assert _texts(source, "a:title") == ["ZDNet"]
    assert _texts(source, "a:updated") == ["2020-09-14T12:00:00+00:00"]
    assert _texts(source, "a:logo") == ["https://img.example.org/zdnet.com-50x50.jpg"]
    assert _links(source) == {("alternate", "https://www.zdnet.com/")}


def test_an_entry_without_authors_is_by_its_publisher():
    """Atom wants an author; the publisher's name stands in."""
    assert _texts(_feed(example_article()), "a:entry/a:author/a:name") == ["ZDNet"]


def test_an_entry_in_another_language_says_so():
    """``xml:lang`` stands where the article's language is known and not the feed's."""
    languages = [
        entry.get(LANG)
        for entry in _feed(
            example_article(1, language="de_AT"),
            example_article(2, language="en-us"),
            example_article(3, language="klingon"),
        ).findall("a:entry", ATOM)
    ]
    assert languages == ["de-AT", None, None]


def test_an_article_stands_once():
    """Of an article handed in twice the first is taken: Atom forbids the same id with the same date."""
    again = example_article(1, title="Again")
    assert _texts(_feed(example_article(1), example_article(2), again), "a:entry/a:title") == [
        "IBM pushes for limits 1",
        "IBM pushes for limits 2",
    ]


def test_times_are_whole_utc_seconds():
    """Fractions of a second do not show."""
    precise = example_article(updated_at=example_article().updated_at.replace(microsecond=987654))
    assert _texts(_feed(precise), "a:entry/a:updated") == ["2020-09-14T12:00:00+00:00"]


def test_a_feed_reader_finds_every_entry():
    """feedparser reads 500 entries without a complaint."""
    feed = feedparser.parse(
        render_feed(ATOM_FORMAT, channel(), [rich_article(id=str(number)) for number in range(500)])
    )
    assert not feed.bozo
    assert len(feed.entries) == 500
    assert feed.entries[0].media_thumbnail[0]["url"] == "https://images.example.org/1.jpg"
