"""Keeping feeds to so many items of a provider, in all and in a row, where a topic has such limits."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from functools import lru_cache

from aggregator.model import Article, LimitedItem, TopicLimits
from aggregator.pipeline.publish.feed_places import name_feeds
from aggregator.pipeline.publish.story_views import Stories
from aggregator.pipeline.publish.topic_waits import show_in_topic
from aggregator.rules import Rules
from aggregator.store import (
    ARTICLES_FOLDER,
    Arrangement,
    FeedItem,
    Store,
    enter_items,
    forget_limited_items,
    read_note,
)

LIMITED_BY = "limited by"
"""The note in the store with the limits, by feed, that what entered feeds was decided by."""


@lru_cache(2)
def list_counted_limits(rules: Rules) -> Mapping[str, TopicLimits]:
    """Return by feed the limits of those that show only so many items of a provider."""
    counted = (topic for topic in rules.topics if topic.limits.is_counted)
    return {feed: topic.limits for topic in counted for feed in name_feeds(topic.id)}


def list_limited_items(
    items: Iterable[FeedItem], articles: Mapping[str, Article], stories: Stories, rules: Rules, now: datetime
) -> Iterator[LimitedItem]:
    """Yield those of the ``items`` of feeds, made of ``articles`` and ``stories``, that limits are about.

    A story that the topic shows articles of several publishers of is nobody's.
    """
    limits = list_counted_limits(rules)
    for item in items if limits else ():
        if item.feed not in limits:
            continue
        if item.feed.endswith(ARTICLES_FOLDER):
            domains = {articles[item.item_id].provider.domain}
        else:
            shown = show_in_topic(stories, [item.item_id], item.feed, rules, now)
            domains = {article.provider.domain for article in shown.published(item.item_id)}
        yield LimitedItem(
            feed=item.feed,
            item_id=item.item_id,
            provider=domains.pop() if len(domains) == 1 else None,
            sorted_at=item.sorted_at,
            published_at=item.published_at,
        )


def keep_limits(
    done: Arrangement, *, article_ids: Collection[str], story_ids: Collection[str], rules: Rules, store: Store
) -> Arrangement:
    """Return an arrangement of these articles and stories without the items that limits keep out."""
    limits = list_counted_limits(rules)
    if not limits:
        return done
    kept_out = enter_items(store, done.limited, limits, article_ids=article_ids, story_ids=story_ids)
    if not kept_out:
        return done
    items = [item for item in done.items if (item.feed, item.item_id) not in kept_out]
    return replace(done, items=items, gone=[*done.gone, *sorted(kept_out)])


def take_up_limits(rules: Rules, store: Store) -> None:
    """Have what feeds show decided anew where their limits are others than they were.

    Whoever takes up changed rules has the articles of these topics arranged again, in the order of time.
    """
    limits = list_counted_limits(rules)
    fresh = {feed: [one.max_per_provider, one.max_in_a_row] for feed, one in limits.items()}
    known = json.loads(read_note(store, LIMITED_BY) or "{}")
    changed = {feed for feed in known.keys() | fresh.keys() if known.get(feed) != fresh.get(feed)}
    if changed:
        forget_limited_items(store, changed, note=(LIMITED_BY, json.dumps(fresh)))
