"""Every format in the table of feed formats, from the first publication to the removal of its topic."""

from dataclasses import replace
from datetime import UTC, datetime

import feedparser
import pytest
from lxml import html

from aggregator.publish.channel import FeedLink
from aggregator.publish.feed_formats import FEED_FORMATS, JSON_FEED
from aggregator.publish.files import write_files
from aggregator.publish.item import build_items
from aggregator.publish.item_story import ItemStory
from aggregator.publish.notice_place import format_notice
from aggregator.publish.removed_topic import add_notice
from aggregator.publish.site import render_index
from aggregator.publish.topic_folders import TOPIC_FILES, find_topics, remove_topics
from aggregator.publish.tree_paths import TOPIC_MARK
from aggregator.serve import Server, create_app
from tests.builders import SITE, channel, example_article, rich_article
from tests.publish.rendering import render_page, topic_files
from tests.serve.client import Client

NOTICE = format_notice("14 Sep 2020, 12:00 UTC", "21 Sep 2020, 12:00 UTC")

every_format = pytest.mark.parametrize("form", FEED_FORMATS, ids=lambda form: form.file_name)


@pytest.fixture
def tree(tmp_path):
    """A published tree with one topic."""
    write_files(tmp_path, topic_files(channel(), [rich_article(), example_article(2)]))
    return tmp_path


def test_a_topic_has_the_files_of_the_table(tree):
    """What rendering makes is what removing knows, and the file that marks the folder is among them."""
    written = {path.relative_to(tree / "ai").as_posix() for path in (tree / "ai").rglob("*.*")}
    assert written == set(TOPIC_FILES)
    assert TOPIC_FILES[-1] == TOPIC_MARK
    assert find_topics(tree, without=()) == ("ai",)


@every_format
def test_a_frame_tells_its_own_time_and_topic(form):
    """Frames that are kept serve again for the same topic alone, at whatever time."""
    link = FeedLink(url="https://example.com/ai/feed", media_type=form.media_type)
    times = datetime(2026, 3, 1, 8, 30, tzinfo=UTC), datetime(2026, 11, 2, tzinfo=UTC)
    channels = channel(), replace(channel(), name="Another", description="<updated>, <lastBuildDate>")
    asked = [(to, at) for to in channels for at in times]
    first = [form.render_frame(to, link, at) for to, at in asked]
    assert [form.render_frame(to, link, at) for to, at in reversed(asked)] == first[::-1]
    told = [feedparser.parse(frame.without_items) for frame in first]
    if form is not JSON_FEED:
        assert [feed.feed.get("updated_parsed", (None,))[:5] for feed in told[:2]] == [
            (2026, 3, 1, 8, 30),
            (2026, 11, 2, 0, 0),
        ]
        assert all(feed.feed.title.startswith("Another") for feed in told[2:])
    assert len({frame.head for frame in first}) == (2 if form is JSON_FEED else 4)


@every_format
def test_a_format_is_written(tree, form):
    """Stories and articles each have a feed that holds every item."""
    for name in (form.file_name, f"articles/{form.file_name}"):
        feed = (tree / "ai" / name).read_text(encoding="utf-8")
        assert "IBM pushes for limits 0" in feed
        assert "IBM pushes for limits 2" in feed


@every_format
@pytest.mark.parametrize(
    ("page", "place"),
    [(render_page(channel(), []), "../ai"), (render_index(SITE, [channel()]), "ai")],
    ids=["topic", "index"],
)
def test_a_format_is_linked(form, page, place):
    """The topic's page and the index offer it to readers and to people."""
    found, address = html.fromstring(page), f"{place}/{form.file_name}"
    (alternate,) = found.xpath("//head/link[@rel='alternate'][@href=$address]", address=address)
    (link,) = found.xpath("//body//a[@href=$address]", address=address)
    assert alternate.get("type") == link.get("type") == form.media_type
    assert link.text == form.label


@every_format
def test_a_format_is_served_with_its_type(tree, form):
    """The server sends it with its media type, compressed where that is asked for, to scripts of any site."""
    with Server(create_app(tree), "127.0.0.1", 0) as server, Client(server.port) as client:
        reply = client.get(f"/ai/{form.file_name}", Accept_Encoding="gzip")
    assert reply.status == 200
    assert reply.headers["Content-Type"] == f"{form.media_type}; charset=utf-8"
    assert reply.headers["Content-Encoding"] == "gzip"
    assert reply.headers["Access-Control-Allow-Origin"] == "*"


@every_format
def test_a_format_says_that_its_topic_was_removed(tree, form):
    """Its feeds get the notice once, and are otherwise as they were; a later notice takes its place."""
    later = format_notice("14 Sep 2020, 12:00 UTC", "30 Sep 2020, 12:00 UTC")
    names = [f"ai/{form.file_name}", f"ai/articles/{form.file_name}"]
    before = {name: (tree / name).read_bytes() for name in names}
    for notice in (NOTICE, NOTICE, later):
        write_files(tree, add_notice(tree, "ai", notice))
    for name in names:
        content = (tree / name).read_bytes()
        assert content.count(later.encode()) == 1
        assert content.replace(later.encode() + b" ", b"") == before[name]


def test_all_formats_go_with_their_topic(tree):
    """Nothing of a removed topic stays."""
    remove_topics(tree, keep=())
    assert [path.name for path in tree.iterdir()] == [".writing.lock"]


class CarelessStory(ItemStory):
    """A story whose HTML was made without escaping."""

    @property
    def content_html(self):
        """Return HTML that acts."""
        return '<p onclick="alert(1)">Also covered<script>alert(2)</script><a href="javascript:alert(3)">x</a></p>'


@pytest.fixture
def careless_item():
    """An item whose story was not escaped."""
    (one,) = build_items(channel(), [rich_article()])
    story = CarelessStory(
        others=(), related=(), more=0, publishers=1, independent=1, page_url="https://x.example/"
    )
    return replace(one, story=story)


def test_what_was_not_escaped_is_sanitised(careless_item):
    """The HTML of an item passes the sanitiser last: nothing of it acts, and its text stays."""
    assert careless_item.content_html.startswith('<p dir="auto"><img src="https://images.example.org/1.jpg"')
    assert careless_item.content_html.endswith("<p>Also covered<a>x</a></p>")
    assert "alert" not in careless_item.content_html


@every_format
def test_what_was_not_escaped_is_not_published(careless_item, form):
    """What the making of HTML let through reaches no feed."""
    (feed,) = (piece.decode() for piece in form.render_items(channel(), [careless_item]))
    assert careless_item.title in feed
    assert "alert" not in feed
