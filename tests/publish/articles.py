"""Articles and channels to publish, small and hostile."""

from datetime import UTC, datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from aggregator.model import Article, Enclosure, Image, Provider
from aggregator.publish.channel import Channel, Site
from aggregator.publish.story_view import Told
from aggregator.publish.tree import render_topic

NOON = datetime(2020, 9, 14, 12, 0, tzinfo=UTC)
SITE = Site(title="AI News", base_url="https://feeds.example.org", locale="en-us", contact="desk@example.org")
NAMES = {"ai": "AI", "computer-vision": "Computer Vision"}
ZDNET = Provider(
    domain="zdnet.com",
    name="ZDNet",
    images=(Image(url="https://img.example.org/zdnet.com-50x50.jpg", width=50, height=50),),
)
HOSTILE = "\x00\x1b\ud800]]><script>alert(1)</script>&amp;\ufffe\u2028</p>\"'"


def channel(topic_id="ai", **fields):
    """A channel of the site; ``fields`` replace what the topic "ai" has."""
    stated = {"name": NAMES.get(topic_id, SITE.title), "site": SITE, "topic_names": NAMES, **fields}
    return Channel(topic_id=topic_id, **stated)


def article(number=0, **fields):
    """The record's example, ``number`` hours before noon; ``fields`` replace its values."""
    url = f"https://www.zdnet.com/article/{number}/"
    stated = {
        "id": str(uuid5(NAMESPACE_URL, url)),
        "source_id": "zdnet",
        "provider": ZDNET,
        "title": f"IBM pushes for limits {number}",
        "excerpt": "IBM has called for limits on facial recognition.",
        "web_url": url,
        "original_url": f"{url}?from=feed",
        "published_at": NOON - timedelta(hours=number),
        "updated_at": NOON - timedelta(hours=number),
        "first_seen_at": NOON,
        "topics": ("computer-vision", "ai"),
        "quality": 80,
    }
    return Article(**{**stated, **fields})


def rich_article(**fields):
    """An article with everything a feed can show."""
    stated = {
        "amp_url": "https://www.zdnet.com/google-amp/article/0/",
        "authors": ("Jane Doe", "Joe Bloggs"),
        "credit": "Reuters",
        "language": "de",
        "images": (
            Image(
                url="https://images.example.org/1.jpg",
                width=1200,
                height=675,
                title="A camera",
                attribution="A. Person",
            ),
        ),
        "enclosures": (
            Enclosure(url="https://media.example.org/a.mp3", mime_type="audio/mpeg", length_bytes=12345),
            Enclosure(url="https://media.example.org/b.mp4", mime_type="video/mp4"),
            Enclosure(url="https://media.example.org/c.jpg", mime_type="image/jpeg"),
        ),
    }
    return article(**{**stated, **fields})


def alone(shown):
    """Return an article as the story of one that it is."""
    return Told(id=shown.id, lead=shown, published_at=shown.published_at, updated_at=shown.updated_at)


def topic_files(to, articles):
    """Return the files of a topic whose articles all stand alone."""
    return render_topic(to, articles, [alone(shown) for shown in articles], also_covered=10)
