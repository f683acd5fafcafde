"""The first step of a publication: marked articles and stories take their places in the feeds anew.

marks of articles, stories, publishers ─► places in feeds, names ─► stored, with marks of what to write
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from aggregator.curate.editor_decisions import is_killed
from aggregator.model import Article
from aggregator.pipeline.publish.decision_changes import judge_decided
from aggregator.pipeline.publish.feed_places import place_article, place_story
from aggregator.pipeline.publish.item_updates import list_graves, list_item_updates
from aggregator.pipeline.publish.judgements import judge_due, judge_marked
from aggregator.pipeline.publish.release import find_next_release, show_article
from aggregator.pipeline.publish.story_relations import find_showing_stories
from aggregator.pipeline.publish.story_views import Stories, read_unlinked_stories
from aggregator.pipeline.publish.topic_counts import keep_limits, list_limited_items
from aggregator.pipeline.publish.topic_waits import list_openings
from aggregator.pipeline.publish.withdrawal_corrections import correct_withdrawn
from aggregator.pipeline.publisher_names import find_unlisted_publisher
from aggregator.rules import Rules
from aggregator.store import (
    ARTICLES_FOLDER,
    Arrangement,
    FeedItem,
    Mark,
    MarkKind,
    ShownUpdate,
    Store,
    age_items,
    find_aliases,
    find_parted_stories,
    find_taken_out_articles,
    read_current_stories,
    read_items_by_id,
    read_marks,
    read_members,
    read_publisher_names,
    read_shown_updates,
    read_stored_articles,
    read_story_ids,
    save_arrangement,
)

BATCH = 400
"""Marks of articles and stories that are taken up at once, more where one story has more."""
READ = 20_000
"""Marks of a kind that are read at once, so that those of a story are taken up together."""
BATCH_OF_ALL = 1_500
"""Marks that are taken up at once where everything is arranged, in the order of time."""
_CHANGED = frozenset({MarkKind.ARTICLE, MarkKind.STORY})


class Placed(NamedTuple):
    """An article that no feed held before: its topics, and when it was first seen."""

    topics: tuple[str, ...]
    first_seen_at: datetime


OnPlaced = Callable[[Sequence[Placed]], None]
"""Called with articles that no feed held before; imported ones are left out."""
_ARRANGED = (MarkKind.PLACE, MarkKind.PUBLISHER, MarkKind.STORY, MarkKind.ARTICLE)


def arrange_feeds(*, rules: Rules, store: Store, now: datetime, on_placed: OnPlaced = lambda _: None) -> int:
    """Take up all marks of articles, stories and publishers, and what ages; return how many marks.

    ``on_placed`` is called with each batch that takes places.

    Each batch is kept whole or not at all. What is to be written then has marks of its own. What time or a
    story's change makes editors' rules say otherwise is judged again before.
    """
    judge_due(rules, store, now)
    while age_items(store, now - timedelta(days=rules.publishing.window_days)):
        pass
    taken = 0
    named = _NamedPublishers()
    while read := _read_next(store, now):
        named.begin()
        for marks in _split(read, store):
            judge_marked(marks, rules, store, now)
            judge_decided(marks, rules=rules, store=store, now=now)
            marked = {mark.key for mark in marks if mark.kind in (MarkKind.ARTICLE, MarkKind.PLACE)}
            correct_withdrawn(marked, rules=rules, store=store, now=now)
            with store.reading_together():
                done, touched, placed = _arrange(marks, named, rules, store, now)
            done = keep_limits(
                done, article_ids=touched.article_ids, story_ids=touched.story_ids, rules=rules, store=store
            )
            save_arrangement(store, done, marks)
            on_placed(placed)
            taken += len(marks)
    return taken


def _read_next(store: Store, now: datetime) -> list[Mark]:
    limits = {kind: BATCH_OF_ALL if kind is MarkKind.PLACE else READ for kind in _ARRANGED}
    return [m for kind, limit in limits.items() for m in read_marks(store, kind, now=now, limit=limit)]


def _split(marks: list[Mark], store: Store) -> Iterator[list[Mark]]:
    """Yield marks in pieces that are taken up at once, those of a story together: so it is arranged once."""
    changed = [mark for mark in marks if mark.kind in _CHANGED]
    if len(changed) <= BATCH:
        yield marks
        return
    story_of = read_story_ids(store, {mark.key for mark in changed if mark.kind is MarkKind.ARTICLE})
    by_story: dict[str, list[Mark]] = {}
    for mark in changed:
        # What has no story counts as one of its own, whose id is that of its first article anyway.
        by_story.setdefault(story_of.get(mark.key, mark.key), []).append(mark)
    piece = [mark for mark in marks if mark.kind not in _CHANGED]
    for together in by_story.values():
        piece += together
        if len(piece) >= BATCH:
            yield piece
            piece = []
    if piece:
        yield piece


@dataclass(slots=True)
class _NamedPublishers:
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
class _Touched:
    """What marks name, as it is stored now: ``article_ids`` and their ``articles``, and whole ``stories``.

    ``linked`` are other stories that may show some of them as related.
    """

    article_ids: frozenset[str]
    articles: tuple[Article, ...]
    story_ids: frozenset[str]
    stories: Stories
    linked: frozenset[str]


def _arrange(
    marks: Sequence[Mark], named: _NamedPublishers, rules: Rules, store: Store, now: datetime
) -> tuple[Arrangement, _Touched, list[Placed]]:
    """Return what these marks change, what they name, and when articles with a first place were first seen.

    Publishers that are ``named`` stay so.
    """
    keys = {kind: {mark.key for mark in marks if mark.kind is kind} for kind in _ARRANGED}
    changed = keys[MarkKind.ARTICLE] | keys[MarkKind.STORY]
    touched = _read_touched(
        keys[MarkKind.ARTICLE] | keys[MarkKind.PLACE], keys[MarkKind.STORY], rules, store, now
    )
    done = Arrangement()
    domains = named.list_unsure(touched.articles, changed)
    _choose_names(keys[MarkKind.PUBLISHER] | domains, rules, store, done)
    places = read_items_by_id(store, touched.article_ids | touched.story_ids | touched.linked)
    before = {(item.feed, item.item_id): item for items in places.values() for item in items}
    known = read_shown_updates(store, touched.article_ids | touched.story_ids)
    after = {(item.feed, item.item_id): item for item in _place_all(touched, known, rules, now)}
    done.items = list(after.values())
    articles = {article.id: article for article in touched.articles}
    done.updates = dict(
        list_item_updates(after, touched.stories, before=before, known=known, rules=rules, now=now)
    )
    done.limited = list(list_limited_items(done.items, articles, touched.stories, rules, now))
    arranged = {key for key in before if _is_arranged(key, touched)}
    done.gone = sorted(arranged - after.keys())
    cut = {m for _, item_id in done.gone for m in touched.stories.by_article(item_id)}
    taken_out = find_taken_out_articles(store, cut & touched.stories.taken_out)
    merged = read_current_stories(store, {item_id for _, item_id in done.gone})
    parted = find_parted_stories(store, {item_id for _, item_id in done.gone})
    done.updates |= list_graves(
        done.gone, touched.stories, taken_out=taken_out, merged=merged, parted=parted, now=now
    )
    done.unsure = {
        key for key in before.keys() - arranged - after.keys() if not key[0].endswith(ARTICLES_FOLDER)
    }
    if changed:  # what everything shows is marked by whoever has everything arranged
        feeds = {feed for feed, _ in (*arranged, *after, *done.unsure)}
        done.marks[MarkKind.TOPIC] = {feed.removesuffix(ARTICLES_FOLDER) for feed in feeds}
        shown = touched.story_ids | touched.linked
        done.marks[MarkKind.PAGE] = set(shown) | find_aliases(store, touched.story_ids)
        if rules.publishing.records:
            done.marks[MarkKind.RECORD] = set(touched.article_ids) | _list_members(shown, store)
    ends = ((a.id, find_next_release(a, rules, now)) for a in touched.articles)
    done.later = [(article_id, at) for article_id, at in ends if at is not None]
    done.marks[MarkKind.KILLED] = set(_find_taken_down(touched.articles, rules, now))
    done.later += list_openings(touched.articles, touched.stories, touched.story_ids, rules, now)
    were_placed, are_placed = _list_articles(before), _list_articles(after)
    new = (articles[id_] for id_ in are_placed - were_placed if id_ in articles)
    shared: dict[tuple[str, ...], tuple[str, ...]] = {}  # at first all are new, and most have the same topics
    placed = [
        Placed(shared.setdefault(one.topics, one.topics), one.first_seen_at)
        for one in new
        if one.imported is None
    ]
    return done, touched, placed


def _list_articles(places: Iterable[tuple[str, str]]) -> set[str]:
    """Return the articles that have places, each a feed and the id of what is there."""
    return {item_id for feed, item_id in places if feed.endswith(ARTICLES_FOLDER)}


def _read_touched(
    article_ids: Collection[str], story_ids: Collection[str], rules: Rules, store: Store, now: datetime
) -> _Touched:
    articles = read_stored_articles(store, article_ids)
    own = frozenset({*story_ids, *read_story_ids(store, article_ids).values()})
    choices = rules.story_decisions.list_choices(now)
    stories = read_unlinked_stories(
        own, {a.id: a for a in articles}, store, choices=choices, show=lambda a: show_article(a, rules, now)
    )
    return _Touched(
        article_ids=frozenset(article_ids),
        articles=articles,
        story_ids=own,
        stories=stories,
        linked=find_showing_stories(own, choices, store) - own,
    )


def _place_all(
    touched: _Touched, known: Mapping[tuple[str, str], ShownUpdate], rules: Rules, now: datetime
) -> Iterable[FeedItem]:
    for article in touched.articles:
        shown = show_article(article, rules, now)
        if shown is not None:
            yield from place_article(shown, rules, now)
    for story_id in touched.story_ids:
        yield from place_story(touched.stories, story_id, rules, now, known=known)


def _is_arranged(key: tuple[str, str], touched: _Touched) -> bool:
    """Tell whether a place in a feed was looked at; the id of a story is that of an article, too."""
    feed, item_id = key
    return item_id in (touched.article_ids if feed.endswith(ARTICLES_FOLDER) else touched.story_ids)


def _find_taken_down(articles: Iterable[Article], rules: Rules, now: datetime) -> Iterator[str]:
    if rules.decisions.publishers:
        for article in articles:
            if is_killed(rules.decisions.of(article, now)):
                yield article.id


def _choose_names(domains: Collection[str], rules: Rules, store: Store, done: Arrangement) -> None:
    known = read_publisher_names(store, domains)
    for domain in domains:
        found = find_unlisted_publisher(domain, rules, store)
        name = found.name if found else None
        if name != known.get(domain):
            done.names[domain] = name
            done.renamed.add(domain)


def _list_members(story_ids: Collection[str], store: Store) -> set[str]:
    return {member.article_id for members in read_members(store, story_ids).values() for member in members}
