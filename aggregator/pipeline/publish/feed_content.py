"""What the feeds of a topic hold now, in their order, by what was arranged."""

from collections.abc import Mapping, Sequence

from aggregator.pipeline.feed_sizes import size_feeds
from aggregator.pipeline.publish.feed_places import name_feeds
from aggregator.rules import Rules
from aggregator.store import HeldItem, ListedItem, Store, read_feed_items, read_listed_items


def list_topic_items(topic_id: str, *, rules: Rules, store: Store) -> Mapping[bool, Sequence[ListedItem]]:
    """Return what a topic's feeds show: under True the stories, what last had something new first.

    Under False the articles, the newest first.
    """
    sizes = size_feeds(rules)
    stories, articles = (read_listed_items(store, feed, sizes(feed)) for feed in name_feeds(topic_id))
    return {True: stories, False: articles}


def read_topic_articles(topic_id: str, *, rules: Rules, store: Store) -> tuple[HeldItem, ...]:
    """Return the articles of a topic's feeds of articles, newest first, with their times."""
    _, feed = name_feeds(topic_id)
    return read_feed_items(store, feed, size_feeds(rules)(feed))
