"""What the feeds of a topic hold now, in their order, by what was arranged."""

from aggregator.pipeline.publish.feed_places import name_feeds
from aggregator.pipeline.publish.rule_digests import find_most_items
from aggregator.rules import Rules
from aggregator.store import HeldItem, Store, read_feed_items


def read_topic_stories(topic_id: str, *, rules: Rules, store: Store) -> tuple[HeldItem, ...]:
    """Return the stories of a topic's feeds; what last had something new comes first."""
    return _read_feed(name_feeds(topic_id)[0], topic_id, rules, store)


def read_topic_articles(topic_id: str, *, rules: Rules, store: Store) -> tuple[HeldItem, ...]:
    """Return the articles of a topic's feeds of articles, newest first."""
    return _read_feed(name_feeds(topic_id)[1], topic_id, rules, store)


def _read_feed(feed: str, topic_id: str, rules: Rules, store: Store) -> tuple[HeldItem, ...]:
    most = find_most_items(rules, topic_id)
    return read_feed_items(store, feed, min_items=rules.publishing.min_items, max_items=most)
