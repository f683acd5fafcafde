"""How many items each feed shows, as the configuration has it."""

from aggregator.rules import Rules
from aggregator.store import FeedSize, SizeOfFeed


def size_feeds(rules: Rules) -> SizeOfFeed:
    """Return what tells the size of the feed in a folder, which is a topic's or in it."""
    settings = rules.publishing

    def size_of(feed: str) -> FeedSize:
        topic = rules.topics_by_id.get(feed.partition("/")[0])
        most = (topic and topic.limit) or settings.max_items
        return FeedSize(least=min(settings.min_items, most), most=most)

    return size_of
