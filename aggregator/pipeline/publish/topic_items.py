"""The items of a topic's feeds as readers may see them, built of what is stored, with digests of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from aggregator.model import Article
from aggregator.pipeline.page_wait import waits_for_page
from aggregator.pipeline.publish.feed_places import ARTICLES, select_own
from aggregator.pipeline.publish.public_articles import PublicArticles, make_public
from aggregator.pipeline.publish.story_views import change_articles, read_stories, view_story
from aggregator.publish.channel import Channel
from aggregator.publish.digests import digest_item
from aggregator.publish.item import Item, build_items
from aggregator.publish.story_items import build_story_items
from aggregator.publish.story_view import StoryView
from aggregator.rules import Rules
from aggregator.store import FeedItem, Store, read_stored_articles

BATCH = 200
"""Stories whose articles are in memory at a time."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BuiltItem:
    """An item, the ``digest`` of all that it shows, and the ``articles`` that it names."""

    item: Item
    digest: str
    articles: tuple[Article, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class BuiltItems:
    """Items by feed and id, the ``channel`` with the icons that they need, and ``monograms`` by file name."""

    items: Mapping[tuple[str, str], BuiltItem]
    channel: Channel
    monograms: Mapping[str, bytes]


def build_topic_items(
    places: Sequence[FeedItem], channel: Channel, *, rules: Rules, store: Store, now: datetime
) -> BuiltItems:
    """Return the items of these places in a topic's feeds; what has gone meanwhile is left out."""
    articles = [place.item_id for place in places if place.feed.endswith(ARTICLES)]
    stories = [place.item_id for place in places if not place.feed.endswith(ARTICLES)]
    found = {article.id: article for article in read_stored_articles(store, articles)}
    views = _view_stories(stories, channel.topic_id, rules, store, now)
    shown = {a.id: a for view in views for a in (*view.articles, *view.related)} | found
    public = make_public(shown.values(), rules=rules, store=store)
    channel = replace(channel, publisher_icons={**channel.publisher_icons, **public.icons})
    built = {
        (channel.topic_id, view.id): _build_story(channel, view, public, rules.also_covered) for view in views
    }
    feed = f"{channel.topic_id}{ARTICLES}"
    built |= {(feed, article_id): _build_article(channel, public, article_id) for article_id in found}
    return BuiltItems(items=built, channel=channel, monograms=public.monograms)


def _view_stories(
    story_ids: Sequence[str], topic_id: str, rules: Rules, store: Store, now: datetime
) -> list[StoryView]:
    """Return stories as the topic shows them."""
    views = []
    for start in range(0, len(story_ids), BATCH):
        batch = story_ids[start : start + BATCH]
        stories = read_stories(
            batch, {}, store, is_left_out=lambda article: waits_for_page(article, rules, now)
        )
        for story_id in batch:
            view = view_story(stories, story_id, select_own(stories.published(story_id), topic_id, rules))
            if view is not None:
                views.append(view)
    return views


def _build_story(channel: Channel, view: StoryView, public: PublicArticles, also_covered: int) -> BuiltItem:
    shown = change_articles(view, lambda article: public.articles[article.id])
    (item,) = build_story_items(channel, [shown], also_covered=also_covered)
    return BuiltItem(item=item, digest=digest_item(channel, item), articles=(*shown.articles, *shown.related))


def _build_article(channel: Channel, public: PublicArticles, article_id: str) -> BuiltItem:
    article = public.articles[article_id]
    (item,) = build_items(channel, [article])
    return BuiltItem(item=item, digest=digest_item(channel, item), articles=(article,))
