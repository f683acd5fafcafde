"""Selecting what the feeds of every topic hold: articles, and their stories."""

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta

from aggregator.curate import heat_of, select_window
from aggregator.model import PUBLISHED_QUALITY, Article, Topic
from aggregator.model.predicates import is_listed
from aggregator.pipeline.page_wait import waits_for_page
from aggregator.pipeline.publish.story_selection import Archive, FeedLimits, select_stories
from aggregator.pipeline.publish.story_views import Stories, change_articles, measure_pace
from aggregator.publish.story_view import StoryView
from aggregator.rules import Rules
from aggregator.store import (
    Store,
    read_articles_since,
    read_last_changes,
    read_newest_articles,
    read_story_ids,
)

ALL = "all"


@dataclass(frozen=True, kw_only=True, slots=True)
class TopicSelection:
    """What a topic's feeds hold: its ``articles``, newest first, and its ``stories``.

    The stories that last had something new for readers, by their ``updated_at``, come first.
    """

    articles: tuple[Article, ...]
    stories: tuple[StoryView, ...]


def select_feeds(*, rules: Rules, store: Store, now: datetime) -> dict[str, TopicSelection]:
    """Return what the feeds of ``all`` and of every topic hold at ``now``.

    Articles that wait for their page to be read, or for their story, are in no feed of stories yet.
    """
    own = _find_candidates_by_topic(rules, store, now)
    everything = {a.id: a for articles in own.values() for a in articles}
    story_of = read_story_ids(store, everything)
    changed_at = read_last_changes(store, set(story_of.values()))
    archive = Archive(store, everything, lambda article: waits_for_page(article, rules, now))
    stories, articles = {}, {}
    for topic_id, found in own.items():
        limits = _set_limits(rules, topic_id)
        stories[topic_id] = select_stories(
            _group_by_story(found, story_of, changed_at),
            archive=archive,
            changed_at=changed_at,
            is_own=_make_is_own(rules, topic_id),
            limits=limits,
            now=now,
        )
        articles[topic_id] = select_window(found, now=now, **asdict(limits))
    selected = {story_of[a.id] for found in articles.values() for a in found if a.id in story_of}
    known = archive.stories(selected)
    return {
        topic_id: TopicSelection(
            articles=tuple(set_heat(article, known, rules, now) for article in articles[topic_id]),
            stories=stories[topic_id],
        )
        for topic_id in own
    }


def select_articles(*, rules: Rules, store: Store, now: datetime) -> dict[str, tuple[Article, ...]]:
    """Return the articles that the feeds of ``all`` and of every topic hold at ``now``, in order."""
    return {
        key: selection.articles for key, selection in select_feeds(rules=rules, store=store, now=now).items()
    }


def set_heat(article: Article, stories: Stories, rules: Rules, now: datetime) -> Article:
    """Return an article with the heat that it and its story have now; an imported one keeps its own."""
    if article.imported is not None:
        return article
    voices, pace_h = measure_pace(stories, article)
    warmth = heat_of(
        article.quality,
        age=now - article.published_at,
        half_life=rules.heat_half_life,
        window=timedelta(days=rules.publishing.window_days),
        voices=voices,
        pace_h=pace_h,
    )
    return replace(article, heat=warmth)


def list_articles(selections: Iterable[TopicSelection]) -> tuple[Article, ...]:
    """Return every article that the feeds of these topics show, once."""
    shown = (
        article
        for selection in selections
        for part in (selection.articles, *((*s.articles, *s.related) for s in selection.stories))
        for article in part
    )
    return tuple({article.id: article for article in shown}.values())


def replace_articles(selection: TopicSelection, public: Mapping[str, Article]) -> TopicSelection:
    """Return the selection with the ``public`` form of its articles, by id; their heat stays."""
    return _change_articles(selection, lambda article: replace(public[article.id], heat=article.heat))


def drop_heat(selection: TopicSelection) -> TopicSelection:
    """Return the selection without heat."""
    return _change_articles(selection, lambda article: replace(article, heat=0))


def _change_articles(selection: TopicSelection, change: Callable[[Article], Article]) -> TopicSelection:
    stories = tuple(change_articles(story, change) for story in selection.stories)
    return TopicSelection(articles=tuple(map(change, selection.articles)), stories=stories)


def _find_candidates_by_topic(rules: Rules, store: Store, now: datetime) -> dict[str, list[Article]]:
    settings = rules.publishing
    stored = read_articles_since(store, now - timedelta(days=settings.window_days))
    recent = [a for a in stored if is_listed(a) and not waits_for_page(a, rules, now)]
    return {
        topic.id if topic else ALL: _find_candidates(recent, topic, store, settings.min_items)
        for topic in (None, *rules.topics)
    }


def _set_limits(rules: Rules, topic_id: str) -> FeedLimits:
    settings = rules.publishing
    topic = _find_topic(rules, topic_id)
    return FeedLimits(
        window=timedelta(days=settings.window_days),
        backlog=rules.backlog,
        min_items=settings.min_items,
        max_items=(topic and topic.limit) or settings.max_items,
    )


def _group_by_story(
    articles: Iterable[Article], story_of: Mapping[str, str], stored: Container[str]
) -> dict[str, list[Article]]:
    parts: dict[str, list[Article]] = {}
    for article in articles:
        story_id = story_of.get(article.id)
        if story_id is not None and story_id in stored:
            parts.setdefault(story_id, []).append(article)
    return parts


def _make_is_own(rules: Rules, topic_id: str) -> Callable[[Article], bool]:
    """Return what tells whether an article, of any age, is the topic's."""
    topic = _find_topic(rules, topic_id)
    least = _find_least_quality(topic)
    return lambda a: is_listed(a, min_quality=least) and (topic is None or topic.id in a.topics)


def _find_topic(rules: Rules, topic_id: str) -> Topic | None:
    return next((topic for topic in rules.topics if topic.id == topic_id), None)


def _find_least_quality(topic: Topic | None) -> int:
    return max(PUBLISHED_QUALITY, (topic and topic.quality_threshold) or 0)


def _find_candidates(
    recent: Sequence[Article], topic: Topic | None, store: Store, min_items: int
) -> list[Article]:
    """Return what the topic's feeds may hold: its recent articles, and older ones where they are too few."""
    least = _find_least_quality(topic)
    found = [a for a in recent if a.quality >= least and (topic is None or topic.id in a.topics)]
    if len(found) < min_items:
        known = {article.id for article in found}
        older = read_newest_articles(
            store, topic_id=topic.id if topic else None, limit=min_items, min_quality=least
        )
        found.extend(article for article in older if article.id not in known)
    return found
