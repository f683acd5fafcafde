"""What the feeds of a topic hold now, in their order, by what was arranged."""

from collections.abc import Mapping, Sequence

from aggregator.pipeline.feed_sizes import size_feeds
from aggregator.pipeline.publish.feed_places import name_feed
from aggregator.publish.feed_kind import FeedKind
from aggregator.rules import Rules
from aggregator.store import HeldItem, ListedItem, Store, read_feed_items, read_listed_items


def list_topic_items(topic_id: str, *, rules: Rules, store: Store) -> Mapping[FeedKind, Sequence[ListedItem]]:
    """Return what a topic's feeds show: stories with the latest news first, and the newest articles first."""
    sizes = size_feeds(rules)
    feeds = {kind: name_feed(topic_id, kind) for kind in FeedKind}
    return {kind: read_listed_items(store, feed, sizes(feed)) for kind, feed in feeds.items()}


def read_topic_articles(topic_id: str, *, rules: Rules, store: Store) -> tuple[HeldItem, ...]:
    """Return the articles of a topic's feeds of articles, newest first, with their times."""
    feed = name_feed(topic_id, FeedKind.ARTICLES)
    return read_feed_items(store, feed, size_feeds(rules)(feed))
