"""What the feeds of a topic hold now, in their order, by what was arranged."""

from aggregator.pipeline.feed_sizes import size_feeds
from aggregator.pipeline.publish.feed_places import name_feeds
from aggregator.rules import Rules
from aggregator.store import HeldItem, Store, read_feed_items


def read_topic_stories(topic_id: str, *, rules: Rules, store: Store) -> tuple[HeldItem, ...]:
    """Return the stories of a topic's feeds; what last had something new comes first."""
    feed, _ = name_feeds(topic_id)
    return read_feed_items(store, feed, size_feeds(rules)(feed))


def read_topic_articles(topic_id: str, *, rules: Rules, store: Store) -> tuple[HeldItem, ...]:
    """Return the articles of a topic's feeds of articles, newest first."""
    _, feed = name_feeds(topic_id)
    return read_feed_items(store, feed, size_feeds(rules)(feed))
