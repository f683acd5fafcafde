"""JSON Feed 1.1 as readers parse it."""

import json

from aggregator.model import Image
from aggregator.publish.feed_formats import JSON_FEED
from tests.builders import HOSTILE, channel, example_article, rich_article
from tests.publish.rendering import render_feed


def _feed(*articles, **fields):
    return json.loads(render_feed(JSON_FEED, channel(**fields), articles))


def test_the_feed_names_itself_its_page_and_its_own_address():
    """The top level has what JSON Feed 1.1 defines, and nothing that is unknown."""
    icon = Image(url="https://img.example.org/ai.png", width=512, height=512)
    assert _feed(description="All about AI.", images=(icon,)) == {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "AI – AI News",
        "home_page_url": "https://feeds.example.org/ai/",
        "feed_url": "https://feeds.example.org/ai/articles/feed.json",
        "description": "All about AI.",
        "icon": "https://img.example.org/ai.png",
        "favicon": "https://feeds.example.org/assets/icon.png",
        "authors": [{"name": "AI News", "url": "https://feeds.example.org/"}],
        "language": "en-us",
        "items": [],
    }


def test_an_item_has_its_parts():
    """Everything known of an article stands in its item."""
    one = rich_article()
    assert _feed(one)["items"] == [
        {
            "id": f"urn:uuid:{one.id}",
            "url": "https://www.zdnet.com/article/0/",
            "title": "IBM pushes for limits 0",
            "content_html": '<p dir="auto"><img src="https://images.example.org/1.jpg" alt="A camera" width="1200"'
            ' height="675"></p><p dir="auto">IBM has called for limits on facial recognition.</p>'
            '<p dir="auto"><a href="https://www.zdnet.com/article/0/">ZDNet</a>, via Reuters</p>',
            "summary": "IBM has called for limits on facial recognition.",
            "image": "https://images.example.org/1.jpg",
            "date_published": "2020-09-14T12:00:00Z",
            "date_modified": "2020-09-14T12:00:00Z",
            "authors": [{"name": "Jane Doe"}, {"name": "Joe Bloggs"}],
            "tags": ["Computer Vision", "AI"],
            "language": "de",
            "attachments": [
                {
                    "url": "https://media.example.org/a.mp3",
                    "mime_type": "audio/mpeg",
                    "size_in_bytes": 12345,
                },
                {"url": "https://media.example.org/b.mp4", "mime_type": "video/mp4"},
            ],
            "_aggregator": {
                "provider": {"name": "ZDNet", "domain": "zdnet.com"},
                "type": "article",
                "amp_url": "https://www.zdnet.com/google-amp/article/0/",
                "credit": "Reuters",
            },
        }
    ]


def test_what_is_unknown_is_left_out():
    """A bare article has no nulls and no empty lists."""
    bare = _feed(example_article(excerpt=None, topics=()))["items"][0]
    assert {"summary", "image", "tags", "language", "attachments"}.isdisjoint(bare)
    assert None not in bare.values()
    assert bare["authors"] == [{"name": "ZDNet", "url": "https://www.zdnet.com/"}]


def test_text_is_readable_utf8():
    """Letters stand as they are, what UTF-8 cannot hold is gone, and the file ends with a line end."""
    document = render_feed(JSON_FEED, channel(), [example_article(title=f"Größer {HOSTILE}")])
    assert "Größer ]]><script>".encode() in document
    assert document.endswith(b"}\n")
