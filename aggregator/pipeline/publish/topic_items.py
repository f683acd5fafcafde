"""The items of topics' feeds as readers may see them, built of what is stored, with digests of them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from aggregator.model import Article, revise
from aggregator.pipeline.publish.feed_places import name_feeds, select_own
from aggregator.pipeline.publish.monograms import draw_monograms
from aggregator.pipeline.publish.public_articles import PublicArticles, make_public
from aggregator.pipeline.publish.release import show_article
from aggregator.pipeline.publish.story_views import Stories, change_articles, read_stories, view_story
from aggregator.pipeline.publish.topic_waits import show_in_topic
from aggregator.pipeline.site import Site
from aggregator.publish.channel import Channel
from aggregator.publish.digests import digest_item
from aggregator.publish.item import Item, build_items
from aggregator.publish.story_items import build_story_items
from aggregator.publish.story_view import StoryView
from aggregator.publish.tree_paths import name_monogram
from aggregator.rules import Rules
from aggregator.store import ARTICLES_FOLDER, ShownUpdate, read_stored_articles, read_updates_by_feed


@dataclass(frozen=True, kw_only=True, slots=True)
class Material:
    """What items are built of: ``stories`` with their articles, and all articles as they are ``public``.

    ``monograms`` are those of publishers without a logo, by file name, ``updates``
    what is kept of when items were updated, by feed and id.
    """

    stories: Stories
    public: PublicArticles
    monograms: Mapping[str, bytes]
    updates: Mapping[tuple[str, str], ShownUpdate]


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


def read_material(keys: Iterable[tuple[str, str]], site: Site) -> Material:
    """Return what the items of these places, feed and id, are built of, read once for all topics."""
    wanted: dict[str, set[str]] = {}
    for feed, item_id in keys:
        wanted.setdefault(feed, set()).add(item_id)
    article_ids = {id_ for feed, ids in wanted.items() if feed.endswith(ARTICLES_FOLDER) for id_ in ids}
    story_ids = {id_ for feed, ids in wanted.items() if not feed.endswith(ARTICLES_FOLDER) for id_ in ids}
    found = {article.id: article for article in read_stored_articles(site.store, article_ids)}
    stories = read_stories(
        story_ids,
        found,
        site.store,
        choices=site.list_story_choices(),
        show=lambda a: show_article(a, site.rules, site.now),
    )
    public = make_public((found | dict(stories.articles)).values(), site)
    without_logo = (domain for domain, icon in public.icons.items() if icon == name_monogram(domain))
    monograms = draw_monograms(without_logo, rules=site.rules, store=site.store)
    updates = read_updates_by_feed(site.store, wanted)
    return Material(stories=stories, public=public, monograms=monograms, updates=updates)


def build_topic_items(
    material: Material, keys: Iterable[tuple[str, str]], channel: Channel, *, rules: Rules, now: datetime
) -> BuiltItems:
    """Return the items of these places, feed and id, in a topic; what has gone meanwhile is left out."""
    public = material.public
    feed_of_stories, feed_of_articles = name_feeds(channel.topic_id)
    wanted = tuple(keys)
    stories = material.stories
    stories = show_in_topic(stories, stories.members, channel.topic_id, rules, now)
    told = [item_id for feed, item_id in wanted if feed == feed_of_stories]
    views = list(_view_stories(told, channel, stories, rules, material.updates))
    alone = [i for f, i in wanted if f == feed_of_articles and i in public.articles]
    shown = {a.id for view in views for a in (*view.articles, *view.related)} | set(alone)
    domains = {public.articles[article_id].provider.domain for article_id in shown}
    icons = {domain: public.icons[domain] for domain in domains}
    channel = replace(channel, publisher_icons=icons)
    built = {
        (feed_of_stories, view.id): _build_story(
            channel, _date_view(view, material.updates.get((feed_of_stories, view.id))), public,
            rules.stories.also_covered,
        )
        for view in views
    }  # fmt: skip
    built |= {
        (feed_of_articles, i): _build_article(
            channel, _date_article(public.articles[i], material.updates.get((feed_of_articles, i)))
        )
        for i in alone
    }
    shown_files = set(icons.values())
    monograms = {name: content for name, content in material.monograms.items() if name in shown_files}
    return BuiltItems(items=built, channel=channel, monograms=monograms)


def _date_view(view: StoryView, known: ShownUpdate | None) -> StoryView:
    return replace(view, updated_at=max(view.updated_at, known.updated_at)) if known else view


def _date_article(article: Article, known: ShownUpdate | None) -> Article:
    return revise(article, updated_at=max(article.updated_at, known.updated_at)) if known else article


def _view_stories(
    story_ids: Iterable[str],
    channel: Channel,
    stories: Stories,
    rules: Rules,
    updates: Mapping[tuple[str, str], ShownUpdate],
) -> Iterator[StoryView]:
    """Yield stories as the topic shows them."""
    for story_id in story_ids:
        own = select_own(stories.published(story_id), channel.topic_id, rules)
        view = view_story(stories, story_id, own, updates.get((channel.topic_id, story_id)))
        if view is not None:
            yield view


def _build_story(channel: Channel, view: StoryView, public: PublicArticles, also_covered: int) -> BuiltItem:
    shown = change_articles(view, lambda article: public.articles[article.id])
    (item,) = build_story_items(channel, [shown], also_covered=also_covered)
    articles = (*shown.articles, *shown.related)
    return BuiltItem(item=item, digest=digest_item(channel, item), articles=articles)


def _build_article(channel: Channel, article: Article) -> BuiltItem:
    (item,) = build_items(channel, [article])
    return BuiltItem(item=item, digest=digest_item(channel, item), articles=(article,))
