"""One batch of marks: what they name is read, and takes its places in the feeds anew.

marks ─► articles and stories as they are stored ─► their places before and after ─► what that changes
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from aggregator.curate.editor_decisions import is_killed
from aggregator.machine.memory import defer_garbage_collection
from aggregator.model import Article
from aggregator.pipeline.publish.feed_places import place_article, place_story
from aggregator.pipeline.publish.item_updates import list_item_updates, list_tombstone_updates
from aggregator.pipeline.publish.merged_places import recall_places
from aggregator.pipeline.publish.release import find_next_release, show_article
from aggregator.pipeline.publish.story_relations import find_showing_stories
from aggregator.pipeline.publish.story_views import Stories, read_unlinked_stories
from aggregator.pipeline.publish.topic_counts import list_limited_items
from aggregator.pipeline.publish.topic_waits import list_openings
from aggregator.pipeline.publisher_names import find_unlisted_publisher
from aggregator.pipeline.site import Site
from aggregator.rules import Rules
from aggregator.store import (
    ARTICLES_FOLDER,
    Arrangement,
    FeedItem,
    Mark,
    MarkKind,
    ShownUpdate,
    Store,
    find_aliases,
    find_parted_stories,
    find_taken_out_articles,
    read_current_stories,
    read_items_by_id,
    read_members,
    read_publisher_names,
    read_shown_updates,
    read_stored_articles,
    read_story_ids,
)

ARRANGED = (MarkKind.PLACE, MarkKind.PUBLISHER, MarkKind.STORY, MarkKind.ARTICLE)
"""The kinds of marks that are taken up here."""
_Key = tuple[str, str]
"""A place in a feed: the feed, and the id of what is there."""


class Placed(NamedTuple):
    """An article that no feed held before: its topics, and when it was first seen."""

    topics: tuple[str, ...]
    first_seen_at: datetime


@dataclass(slots=True)
class NamedPublishers:
    """The publishers, by domain, whose names are right, each with the reading of marks since which it is."""

    since: dict[str, int] = field(default_factory=dict)
    reading: int = 0

    def begin(self) -> None:
        """Note that marks are read: what is named from now on counts for all that they are about."""
        self.reading += 1

    def list_unsure(self, articles: Iterable[Article], changed: Collection[str]) -> set[str]:
        """Return the publishers of articles that are to be named, and note that they are."""
        found = {
            article.provider.domain
            for article in articles
            if self.since.get(article.provider.domain, 0) < (self.reading if article.id in changed else 1)
        }
        self.since |= dict.fromkeys(found, self.reading)
        return found


@dataclass(frozen=True, kw_only=True, slots=True)
class MarkedContent:
    """What marks name, as it is stored now: ``article_ids``, ``articles`` by these, and whole ``stories``.

    ``linked`` are other stories that may show some of them as related.
    """

    article_ids: frozenset[str]
    articles: Mapping[str, Article]
    story_ids: frozenset[str]
    stories: Stories
    linked: frozenset[str]

    def includes(self, place: _Key) -> bool:
        """Tell whether a place in a feed is looked at; the id of a story is that of an article, too."""
        feed, item_id = place
        return item_id in (self.article_ids if feed.endswith(ARTICLES_FOLDER) else self.story_ids)


@dataclass(frozen=True, kw_only=True, slots=True)
class ArrangedBatch:
    """What a batch of marks changes: ``placed`` are those it ``marked`` that no feed held before."""

    arrangement: Arrangement
    marked: MarkedContent
    placed: list[Placed]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Places:
    """What feeds hold ``before`` this and ``after`` it; of the places before, ``arranged`` were looked at."""

    before: Mapping[_Key, FeedItem]
    after: Mapping[_Key, FeedItem]
    arranged: frozenset[_Key]

    def list_gone(self) -> list[_Key]:
        """Return the places that nothing takes any more."""
        return sorted(self.arranged - self.after.keys())

    def find_unsure(self) -> set[_Key]:
        """Return the places of stories that were not looked at, but may show something else now."""
        left = self.before.keys() - self.arranged - self.after.keys()
        return {key for key in left if not key[0].endswith(ARTICLES_FOLDER)}

    def find_new_articles(self) -> set[str]:
        """Return the articles that no feed held before."""
        return _find_articles(self.after) - _find_articles(self.before)


@defer_garbage_collection()
def arrange_batch(marks: Sequence[Mark], named: NamedPublishers, site: Site) -> ArrangedBatch:
    """Return what these marks change; publishers that are ``named`` stay so."""
    keys = {kind: {mark.key for mark in marks if mark.kind is kind} for kind in ARRANGED}
    changed = keys[MarkKind.ARTICLE] | keys[MarkKind.STORY]
    marked = _read_marked(keys[MarkKind.ARTICLE] | keys[MarkKind.PLACE], keys[MarkKind.STORY], site)
    known = read_shown_updates(site.store, marked.article_ids | marked.story_ids)
    stood = recall_places(marked.stories, marked.story_ids, known, site.store)
    places = _find_places(marked, stood, site)
    unsure = named.list_unsure(marked.articles.values(), changed)
    names = dict(_choose_names(keys[MarkKind.PUBLISHER] | unsure, site.rules, site.store))
    arrangement = Arrangement(
        items=list(places.after.values()),
        gone=places.list_gone(),
        unsure=places.find_unsure(),
        marks=_list_marks(marked, places, site, has_changed=bool(changed)),
        later=_list_later(marked, site.rules, site.now),
        names=names,
        renamed=set(names),
        limited=list(
            list_limited_items(places.after.values(), marked.articles, marked.stories, site.rules, site.now)
        ),
        updates=_list_updates(marked, places, known, stood, site),
    )
    return ArrangedBatch(arrangement=arrangement, marked=marked, placed=_list_placed(marked, places))


def _read_marked(article_ids: Collection[str], story_ids: Collection[str], site: Site) -> MarkedContent:
    articles = {article.id: article for article in read_stored_articles(site.store, article_ids)}
    own = frozenset({*story_ids, *read_story_ids(site.store, article_ids).values()})
    choices = site.list_story_choices()
    stories = read_unlinked_stories(
        own, articles, site.store, choices=choices, show=lambda a: show_article(a, site.rules, site.now)
    )
    return MarkedContent(
        article_ids=frozenset(article_ids),
        articles=articles,
        story_ids=own,
        stories=stories,
        linked=find_showing_stories(own, choices, site.store) - own,
    )


def _find_places(marked: MarkedContent, stood: Mapping[_Key, ShownUpdate], site: Site) -> _Places:
    held = read_items_by_id(site.store, marked.article_ids | marked.story_ids | marked.linked)
    before = {(item.feed, item.item_id): item for items in held.values() for item in items}
    after = {(item.feed, item.item_id): item for item in _place_all(marked, stood, site.rules, site.now)}
    arranged = frozenset(key for key in before if marked.includes(key))
    return _Places(before=before, after=after, arranged=arranged)


def _place_all(
    marked: MarkedContent, stood: Mapping[_Key, ShownUpdate], rules: Rules, now: datetime
) -> Iterable[FeedItem]:
    for article in marked.articles.values():
        shown = show_article(article, rules, now)
        if shown is not None:
            yield from place_article(shown, rules, now)
    for story_id in marked.story_ids:
        yield from place_story(marked.stories, story_id, rules, now, known=stood)


def _list_updates(
    marked: MarkedContent,
    places: _Places,
    known: Mapping[_Key, ShownUpdate],
    stood: Mapping[_Key, ShownUpdate],
    site: Site,
) -> dict[_Key, ShownUpdate]:
    """Return what is to be kept of when items were updated, and of stories that leave."""
    stories, gone = marked.stories, places.list_gone()
    updates = dict(
        list_item_updates(
            places.after,
            stories,
            before=places.before,
            known=known,
            stood=stood,
            rules=site.rules,
            now=site.now,
        )
    )
    gone_ids = {item_id for _, item_id in gone}
    cut = {member for item_id in gone_ids for member in stories.by_article(item_id)}
    tombstones = list_tombstone_updates(
        gone, stories,
        before=places.before,
        known=known,
        taken_out=find_taken_out_articles(site.store, cut & stories.taken_out),
        merged=read_current_stories(site.store, gone_ids),
        parted=find_parted_stories(site.store, gone_ids),
        now=site.now,
    )  # fmt: skip
    return updates | dict(tombstones)


def _list_marks(
    marked: MarkedContent, places: _Places, site: Site, *, has_changed: bool
) -> dict[MarkKind, set[str]]:
    """Return what is to be marked; what everything shows is marked by whoever has everything arranged."""
    marks = {MarkKind.KILLED: set(_find_taken_down(marked.articles.values(), site.rules, site.now))}
    if not has_changed:
        return marks
    feeds = {feed for feed, _ in (*places.arranged, *places.after, *places.find_unsure())}
    marks[MarkKind.TOPIC] = {feed.removesuffix(ARTICLES_FOLDER) for feed in feeds}
    shown = marked.story_ids | marked.linked
    marks[MarkKind.PAGE] = set(shown) | find_aliases(site.store, marked.story_ids)
    if site.rules.publishing.records:
        marks[MarkKind.RECORD] = set(marked.article_ids) | _list_members(shown, site.store)
    return marks


def _find_taken_down(articles: Iterable[Article], rules: Rules, now: datetime) -> Iterator[str]:
    if rules.decisions.publishers:
        for article in articles:
            if is_killed(rules.decisions.of(article, now)):
                yield article.id


def _list_members(story_ids: Collection[str], store: Store) -> set[str]:
    return {member.article_id for members in read_members(store, story_ids).values() for member in members}


def _list_later(marked: MarkedContent, rules: Rules, now: datetime) -> list[tuple[str, datetime]]:
    """Return the articles that are to be arranged again at some time."""
    ends = ((article.id, find_next_release(article, rules, now)) for article in marked.articles.values())
    openings = list_openings(marked.articles.values(), marked.stories, marked.story_ids, rules, now)
    return [*((article_id, at) for article_id, at in ends if at is not None), *openings]


def _choose_names(domains: Collection[str], rules: Rules, store: Store) -> Iterator[tuple[str, str | None]]:
    """Yield publishers, by domain, that have another name now than is stored, or none any more."""
    known = read_publisher_names(store, domains)
    for domain in domains:
        found = find_unlisted_publisher(domain, rules, store)
        name = found.name if found else None
        if name != known.get(domain):
            yield domain, name


def _list_placed(marked: MarkedContent, places: _Places) -> list[Placed]:
    found = (marked.articles[id_] for id_ in places.find_new_articles() if id_ in marked.articles)
    shared: dict[tuple[str, ...], tuple[str, ...]] = {}  # at first all are new, and most have the same topics
    return [
        Placed(shared.setdefault(one.topics, one.topics), one.first_seen_at)
        for one in found
        if one.imported is None
    ]


def _find_articles(places: Iterable[_Key]) -> set[str]:
    return {item_id for feed, item_id in places if feed.endswith(ARTICLES_FOLDER)}
