"""RSS 2.0 as readers parse it."""

from email.utils import format_datetime

import feedparser
from lxml import etree

from aggregator.model import Enclosure, Image, Provider
from aggregator.publish.feed_formats import RSS
from tests.builders import HOSTILE, NOON, channel, example_article, rich_article
from tests.publish.rendering import render_feed

MEDIA = "{http://search.yahoo.com/mrss/}"
CREATOR = "{http://purl.org/dc/elements/1.1/}creator"
SELF = "{http://www.w3.org/2005/Atom}link"


def _channel(*articles, **fields):
    return etree.fromstring(render_feed(RSS, channel(**fields), articles)).find("channel")


def _item(one, **fields):
    return _channel(one, **fields).find("item")


def test_the_channel_names_itself_its_page_and_its_own_address():
    """Title, link, description, language and self link stand in the channel."""
    found = _channel(example_article(), description="All about AI.")
    assert found.findtext("title") == "AI – AI News"
    assert found.findtext("link") == "https://feeds.example.org/ai/"
    assert found.findtext("description") == "All about AI."
    assert found.findtext("language") == "en-us"
    assert found.findtext("category") == "AI"
    assert dict(found.find(SELF).attrib) == {
        "rel": "self",
        "type": "application/rss+xml",
        "href": "https://feeds.example.org/ai/articles/rss.xml",
    }


def test_the_channel_is_dated_by_its_items():
    """``lastBuildDate`` is the time that is given: here, the last update of any item, and noon without items."""
    latest = example_article(0)
    assert _channel(example_article(5), latest).findtext("lastBuildDate") == "Mon, 14 Sep 2020 12:00:00 +0000"
    assert _channel().findtext("lastBuildDate") == format_datetime(NOON)


def test_items_keep_their_order():
    """Items stand in the order in which the articles were handed in."""
    numbers = (3, 1, 2)
    titles = [item.findtext("title") for item in _channel(*map(example_article, numbers)).findall("item")]
    assert titles == [f"IBM pushes for limits {number}" for number in numbers]


def test_an_item_shows_excerpt_and_publisher():
    """The description is escaped HTML: picture, excerpt, the linked publisher, and who is credited."""
    item = _item(rich_article(excerpt="1 < 2 & so on"))
    assert item.findtext("description") == (
        '<p dir="auto"><img src="https://images.example.org/1.jpg" alt="A camera" width="1200" height="675"></p>'
        '<p dir="auto">1 &lt; 2 &amp; so on</p><p dir="auto"><a href="https://www.zdnet.com/article/0/">ZDNet</a>, via Reuters</p>'
    )
    assert item.find("source").attrib["url"] == "https://www.zdnet.com/"
    assert item.findtext("source") == "ZDNet"


def test_an_item_has_id_authors_topics_and_date():
    """The guid is the article's UUID and no permalink; authors stand in Dublin Core."""
    one = rich_article()
    item = _item(one)
    assert item.findtext("guid") == f"urn:uuid:{one.id}"
    assert item.find("guid").get("isPermaLink") == "false"
    assert [creator.text for creator in item.findall(CREATOR)] == ["Jane Doe", "Joe Bloggs"]
    assert [category.text for category in item.findall("category")] == ["Computer Vision", "AI"]
    assert item.findtext("pubDate") == "Mon, 14 Sep 2020 12:00:00 +0000"


def test_an_item_without_authors_is_by_its_publisher():
    """Readers show somebody as the author; the publisher's name stands in."""
    assert [creator.text for creator in _item(example_article()).findall(CREATOR)] == ["ZDNet"]


def test_a_picture_is_media_and_no_group():
    """The first picture stands as content and thumbnail, sizes where known, directly in the item."""
    item = _item(rich_article())
    content = item.find(f"{MEDIA}content")
    assert content.get("url") == "https://images.example.org/1.jpg"
    assert (content.get("medium"), content.get("width"), content.get("height")) == ("image", "1200", "675")
    assert content.findtext(f"{MEDIA}credit") == "A. Person"
    assert item.find(f"{MEDIA}thumbnail").get("width") == "1200"
    assert item.find(f"{MEDIA}group") is None


def test_a_picture_without_a_sensible_size_states_none():
    """Sizes that are unknown or not positive are left out."""
    item = _item(example_article(images=(Image(url="https://images.example.org/1.jpg", width=-1, height=0),)))
    assert dict(item.find(f"{MEDIA}thumbnail").attrib) == {"url": "https://images.example.org/1.jpg"}


def test_enclosures_are_what_players_can_play():
    """One sound or film is enclosed, 0 standing for an unknown length; a picture of unknown size is not."""
    enclosure = _item(rich_article()).find("enclosure")
    assert dict(enclosure.attrib) == {
        "url": "https://media.example.org/a.mp3",
        "length": "12345",
        "type": "audio/mpeg",
    }
    unsized = Enclosure(url="https://media.example.org/a.mp3", mime_type="audio/mpeg")
    assert _item(example_article(enclosures=(unsized,))).find("enclosure").get("length") == "0"
    picture = Enclosure(url="https://media.example.org/c.jpg", mime_type="image/jpeg")
    assert _item(example_article(enclosures=(picture,))).find("enclosure") is None


def test_a_video_leads_to_the_address_the_source_gave():
    """A video has no ``web_url``; its link is the original one."""
    video = example_article(type="video", web_url=None, original_url="https://videos.example.org/watch?v=1")
    assert _item(video).findtext("link") == "https://videos.example.org/watch?v=1"


def test_an_article_without_an_address_leads_to_the_topic_page():
    """Where no address can be published, the link is the article's place on the topic's page."""
    lost = example_article(web_url="javascript:alert(1)", original_url=None)
    assert _item(lost).findtext("link") == f"https://feeds.example.org/ai/#{lost.id}"


def test_the_source_is_the_publisher_even_behind_a_foreign_link():
    """A link on another host names the publisher's own site as the source."""
    assert (
        _item(example_article(web_url="https://short.example/x")).find("source").get("url")
        == "https://zdnet.com/"
    )


def test_the_topic_picture_must_be_small():
    """RSS allows an image up to 144 by 400; a larger one is left out, the next one taken."""
    large = Image(url="https://img.example.org/large.png", width=400, height=400)
    small = Image(url="https://img.example.org/small.png", width=128, height=64)
    image = _channel(images=(large, small)).find("image")
    assert image.findtext("url") == "https://img.example.org/small.png"
    assert (image.findtext("width"), image.findtext("height")) == ("128", "64")
    assert image.findtext("title") == "AI – AI News"
    assert _channel(images=(large,)).find("image") is None


def test_plain_text_is_told_from_html():
    """Titles write markup characters in hexadecimal, as the RSS profile advises; XML reads the same."""
    document = render_feed(RSS, channel(description="Q&A"), [example_article(title="AT&T: <b> & </b>")])
    assert b"<title>AT&#x26;T: &#x3C;b&gt; &#x26; &#x3C;/b&gt;</title>" in document
    assert b"<description>Q&#x26;A</description>" in document
    assert etree.fromstring(document).findtext("channel/item/title") == "AT&T: <b> & </b>"


def test_hostile_text_is_harmless():
    """Characters XML forbids are gone, markup is text, and credentials are not published."""
    nasty = example_article(
        title=HOSTILE,
        excerpt=HOSTILE,
        credit=HOSTILE,
        authors=(HOSTILE, "", "\x00"),
        provider=Provider(domain=HOSTILE, name=HOSTILE),
        web_url="https://user:secret@evil.example/a b?<>\"'",
        images=(Image(url="data:image/png;base64,x"), Image(url="https://u:secret@img.example.org/x")),
    )
    document = render_feed(RSS, channel(), [nasty])
    item = etree.fromstring(document).find("channel/item")
    shown = "]]><script>alert(1)</script>&amp; </p>\"'"
    assert item.findtext("title") == shown
    assert item.findtext("link") == "https://evil.example/a%20b?%3C%3E%22'"
    assert [creator.text for creator in item.findall(CREATOR)] == [shown]
    assert "<script" not in item.findtext("description")
    assert b"secret" not in document


def test_a_feed_reader_finds_every_item():
    """feedparser reads 500 items without a complaint."""
    feed = feedparser.parse(render_feed(RSS, channel(), [example_article(number) for number in range(500)]))
    assert not feed.bozo
    assert len(feed.entries) == 500
    assert feed.entries[7].title == "IBM pushes for limits 7"
    assert feed.entries[7].source.title == "ZDNet"


def test_a_picture_in_the_text_has_what_is_known_of_it():
    """Sizes stand with a picture only where both are known, and whatever is in its words is escaped."""
    image = Image(url="https://img.example.org/a.jpg?b=1&c=2", width=640, title='A "view" <i>')
    assert (
        _item(example_article(images=(image,)))
        .findtext("description")
        .startswith(
            '<p dir="auto"><img src="https://img.example.org/a.jpg?b=1&amp;c=2" alt="A &quot;view&quot; &lt;i&gt;"></p><p dir="auto">IBM has'
        )
    )
    assert "<img" not in _item(example_article(images=())).findtext("description")
    unsafe = Image(url="javascript:alert(1)")
    assert "<img" not in _item(example_article(images=(unsafe,))).findtext("description")


def test_the_picture_of_an_item_is_the_first_of_some_size():
    """A thumbnail is shown only where there is no other picture."""
    small = Image(url="https://img.example.org/s.jpg", width=72, height=72)
    large = Image(url="https://img.example.org/l.jpg", width=1200, height=600)
    assert large.url in _item(example_article(images=(small, large))).findtext("description")
    assert small.url in _item(example_article(images=(small,))).findtext("description")


def test_a_thumbnail_is_no_enclosure():
    """Players and readers show enclosures by themselves: of pictures only those of some size, sounds first."""

    def enclosed(*files, images=()):
        found = _item(example_article(enclosures=files, images=images)).find("enclosure")
        return None if found is None else found.get("url").rpartition("/")[2]

    def file(name, mime_type="image/jpeg"):
        return Enclosure(url=f"https://img.example.org/{name}", mime_type=mime_type, length_bytes=9)

    sized = Image(url="https://img.example.org/a.jpg", width=70, height=70)
    assert enclosed(file("a.jpg"), images=(sized,)) is None
    assert enclosed(file("a-70x70.jpg")) is None
    assert enclosed(file("a-70x70.jpg"), file("b.jpg")) == "b.jpg"
    assert enclosed(file("a.jpg"), file("e.mp3", "audio/mpeg")) == "e.mp3"
