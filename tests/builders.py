"""One factory for each record that tests need: keyword arguments replace what it has by default.

A test states what it is about and nothing else; what it asserts stands in the test.
"""

from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from uuid import NAMESPACE_URL, uuid5

from aggregator.model import (
    Article,
    Changes,
    Enclosure,
    Entry,
    Fetched,
    Image,
    Member,
    Provider,
    Sighting,
    Source,
    SourceState,
    Story,
    Subscription,
    Topic,
)
from aggregator.publish.channel import Channel, SiteDescription
from aggregator.publish.story_view import StoryView
from aggregator.store import Picture
from aggregator.stories.placement import Newcomer
from aggregator.text import title_key

NOW = datetime(2026, 3, 2, 12, 0, 0, 123456, tzinfo=UTC)
NOON = datetime(2020, 9, 14, 12, 0, tzinfo=UTC)
SITE = SiteDescription(
    title="AI News", base_url="https://feeds.example.org", locale="en-us", contact="desk@example.org"
)
NAMES = {"ai": "AI", "computer-vision": "Computer Vision"}
HOSTILE = "\x00\x1b\ud800]]><script>alert(1)</script>&amp;\ufffe\u2028</p>\"'"


def image(number=1, **changes):
    """Return a picture of no known size."""
    return Image(**{"url": f"https://daily.example/{number}.jpg", **changes})


def provider(domain="daily.example", **changes):
    """Return a publisher that is named after its domain."""
    return Provider(**{"domain": domain, "name": domain.split(".")[0].title(), **changes})


def article(number=1, *, at=None, **changes):
    """Return an article of two topics that is ``number`` hours old and seen now, or all of it at ``at``."""
    values = {
        "id": f"id-{number}",
        "source_id": "daily",
        "provider": provider(images=(image("logo", width=50, height=50),)),
        "title": f"Title {number}",
        "published_at": at or NOW - timedelta(hours=number),
        "first_seen_at": at or NOW,
        "updated_at": at or NOW,
        "entry_id": f"guid-{number}",
        "canonical_url": f"https://daily.example/{number}",
        "topics": ("ml", "ai"),
        "quality": 75,
    }
    return Article(**{**values, **changes})


def example_article(number=0, **changes):
    """Return the example of the record's description, ``number`` hours before noon."""
    url = f"https://www.zdnet.com/article/{number}/"
    logo = Image(url="https://img.example.org/zdnet.com-50x50.jpg", width=50, height=50)
    at = NOON - timedelta(hours=number)
    values = {
        "id": str(uuid5(NAMESPACE_URL, url)),
        "source_id": "zdnet",
        "provider": Provider(domain="zdnet.com", name="ZDNet", images=(logo,)),
        "title": f"IBM pushes for limits {number}",
        "excerpt": "IBM has called for limits on facial recognition.",
        "web_url": url,
        "original_url": f"{url}?from=feed",
        "published_at": at,
        "updated_at": at,
        "first_seen_at": NOON,
        "topics": ("computer-vision", "ai"),
        "quality": 80,
    }
    return Article(**{**values, **changes})


def rich_article(**changes):
    """Return the example with everything that a feed can show."""
    shown = Image(
        url="https://images.example.org/1.jpg",
        width=1200,
        height=675,
        title="A camera",
        attribution="A. Person",
    )
    values = {
        "amp_url": "https://www.zdnet.com/google-amp/article/0/",
        "authors": ("Jane Doe", "Joe Bloggs"),
        "credit": "Reuters",
        "language": "de",
        "images": (shown,),
        "enclosures": (
            Enclosure(url="https://media.example.org/a.mp3", mime_type="audio/mpeg", length_bytes=12345),
            Enclosure(url="https://media.example.org/b.mp4", mime_type="video/mp4"),
            Enclosure(url="https://media.example.org/c.jpg", mime_type="image/jpeg"),
        ),
    }
    return example_article(**{**values, **changes})


def entry(**changes):
    """Return an entry that says nothing but where it comes from."""
    return Entry(**{"base_url": "https://site.example/", **changes})


def topic(id_="t", **changes):
    """Return a topic that is named after its id."""
    return Topic(**{"id": id_, "name": id_.title(), **changes})


def source(id_="daily", **changes):
    """Return a source at a host that is named after its id."""
    return Source(**{"id": id_, "url": f"https://{id_}.example/feed", **changes})


DAILY = source(topics=("ai",), weight=3)


def state(source_id="daily", **changes):
    """Return the state of a source that was updated and comes again in an hour."""
    values = {"next_poll_at": NOW + timedelta(hours=1), "outcome": "updated"}
    return SourceState(source_id=source_id, **{**values, **changes})


def answer(status=200, **changes):
    """Return an empty answer to a conditional request."""
    values = {
        "url": "u",
        "final_url": "u",
        "status": status,
        "was_conditional": True,
        "body": b"",
        "content_type": None,
        "etag": '"a"',
        "last_modified": "Mon",
        "headers": MappingProxyType({}),
        "permanent_url": None,
        "redirects": (),
        "wire_bytes": 0,
        "elapsed_s": 0.0,
    }
    return Fetched(**{**values, **changes})


def sighting(of, **changes):
    """Return what a source's first poll notes of an article."""
    values = {
        "source_id": of.source_id,
        "article_id": of.id,
        "entry_id": of.entry_id,
        "canonical_url": of.canonical_url,
        "title_key": title_key(of.title),
        "digest": "d",
        "first_seen_at": NOW,
    }
    return Sighting(**{**values, **changes})


def inserting(*articles):
    """Return a decision that inserts these articles, as a first poll of their source would."""

    def decide(_):
        return Changes(
            inserted=articles,
            sightings=tuple(map(sighting, articles)),
            urls={a.canonical_url: a.id for a in articles if a.canonical_url},
        )

    return decide


def fill(store, *articles):
    """Store articles as the first poll of the source "daily" does, and return what was stored."""
    store.sync_sources([DAILY], now=NOW)
    return store.save_poll(state(), articles, inserting(*articles))


def insert_articles(store, articles):
    """Store articles as first polls of their sources do."""
    for source_id in sorted({a.source_id for a in articles}):
        own = [a for a in articles if a.source_id == source_id]
        store.save_poll(SourceState(source_id=source_id), own, inserting(*own))


def subscription(token="t", **changes):
    """Return a subscription to the source "a" that is to be asked for now."""
    values = {
        "source_id": "a",
        "hub_url": "https://hub.example/",
        "topic_url": "https://a.example/",
        "callback_url": f"https://c/{token}",
        "secret": "s",
        "next_at": NOW,
    }
    return Subscription(token=token, **{**values, **changes})


def picture(number=1, *, days=0, **changes):
    """Return a picture with a copy of 100 bytes that was used so many days ago."""
    values = {
        "url": f"https://daily.example/{number}.jpg",
        "checked_at": NOW,
        "used_at": NOW - timedelta(days=days),
        "hash": f"h{number}",
        "width": 640,
        "height": 360,
        "file": f"h{number}.jpg",
        "size_bytes": 100,
    }
    return Picture(**{**values, **changes})


def newcomer(number=1, title="Title", excerpt=None, *, at=NOW, **changes):
    """Return an article of a publisher of its own that is to be grouped, ``number`` minutes after ``at``."""
    values = {
        "id": f"id-{number}",
        "provider": f"paper-{number}.example",
        "published_at": at + timedelta(minutes=number),
    }
    return Newcomer(title=title, excerpt=excerpt, **{**values, **changes})


def member(article_id="id-1", story_id="id-1", **changes):
    """Return how an article was grouped."""
    values = {
        "turn": 1,
        "joined_at": NOW,
        "published_at": NOW,
        "provider": "daily.example",
        "quality": 70,
        "language": "en",
        "terms": (),
        "vector": {"a": 1.0},
        "score": 1.0,
    }
    return Member(article_id=article_id, story_id=story_id, **{**values, **changes})


def story(id_="id-1", **changes):
    """Return a story as grouping keeps it."""
    values = {
        "total": {"a": 1.0},
        "has_excerpt": False,
        "founded": 1,
        "turn": 1,
        "checked": 0,
        "last_at": NOW,
    }
    return Story(id=id_, **{**values, **changes})


def channel(topic_id="ai", **changes):
    """Return a channel of the site."""
    values = {"name": NAMES.get(topic_id, SITE.title), "site": SITE, "topic_names": NAMES}
    return Channel(topic_id=topic_id, **{**values, **changes})


def story_of_one(shown):
    """Return an article as the story of one that it is."""
    at = shown.published_at
    return StoryView(id=shown.id, lead=shown, published_at=at, news_at=at, updated_at=shown.updated_at)
