"""What the feeds of every topic hold: articles, and the stories that they tell."""

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta

from aggregator.curate import heat_of, select_window
from aggregator.model import PUBLISHED_QUALITY, Article, Topic
from aggregator.model.predicates import is_listed
from aggregator.pipeline.page_wait import waits_for_page
from aggregator.pipeline.publish.shortlist import Archive, Limits, select_stories
from aggregator.pipeline.publish.story_views import Stories, as_told, pace_of
from aggregator.publish.story_view import Told
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
class TopicChoice:
    """What a topic's feeds hold: its ``articles``, newest first, and its ``stories``.

    First are those that last told a reader something new: what the ``updated_at`` of a story is.
    """

    articles: tuple[Article, ...]
    stories: tuple[Told, ...]


def choose(*, rules: Rules, store: Store, now: datetime) -> dict[str, TopicChoice]:
    """Return what the feeds of ``all`` and of every topic hold at ``now``.

    Articles that wait for their page to be read, or for their story, are in no feed of stories yet.
    """
    own = _candidates_by_topic(rules, store, now)
    everything = {a.id: a for articles in own.values() for a in articles}
    story_of = read_story_ids(store, everything)
    changed_at = read_last_changes(store, set(story_of.values()))
    archive = Archive(store, everything, lambda article: waits_for_page(article, rules, now))
    stories, articles = {}, {}
    for topic_id, found in own.items():
        limits = _limits(rules, topic_id)
        stories[topic_id] = select_stories(
            _by_story(found, story_of, changed_at),
            archive=archive,
            changed_at=changed_at,
            is_own=_owner(rules, topic_id),
            limits=limits,
            now=now,
        )
        articles[topic_id] = select_window(found, now=now, **asdict(limits))
    selected = {story_of[a.id] for found in articles.values() for a in found if a.id in story_of}
    told = archive.stories(selected)
    return {
        topic_id: TopicChoice(
            articles=tuple(heat(article, told, rules, now) for article in articles[topic_id]),
            stories=stories[topic_id],
        )
        for topic_id in own
    }


def select_topics(*, rules: Rules, store: Store, now: datetime) -> dict[str, tuple[Article, ...]]:
    """Return the articles that the feeds of ``all`` and of every topic hold at ``now``, in order."""
    return {key: choice.articles for key, choice in choose(rules=rules, store=store, now=now).items()}


def heat(article: Article, stories: Stories, rules: Rules, now: datetime) -> Article:
    """Return an article with the heat that it and its story have now; an imported one keeps its own."""
    if article.imported is not None:
        return article
    voices, pace_h = pace_of(stories, article)
    warmth = heat_of(
        article.quality,
        published_at=article.published_at,
        now=now,
        half_life=rules.heat_half_life,
        window=timedelta(days=rules.publishing.window_days),
        voices=voices,
        pace_h=pace_h,
    )
    return replace(article, heat=warmth)


def articles_in(chosen: Mapping[str, TopicChoice]) -> tuple[Article, ...]:
    """Return every article that is shown anywhere, once."""
    shown = (
        article
        for choice in chosen.values()
        for part in (choice.articles, *((*t.articles, *t.related) for t in choice.stories))
        for article in part
    )
    return tuple({article.id: article for article in shown}.values())


def as_published(choice: TopicChoice, shown: Mapping[str, Article]) -> TopicChoice:
    """Return the choice with its articles as they are ``shown``, by id."""
    return _mapped(choice, lambda article: replace(shown[article.id], heat=article.heat))


def cooled(choice: TopicChoice) -> TopicChoice:
    """Return the choice without heat."""
    return _mapped(choice, lambda article: replace(article, heat=0))


def _mapped(choice: TopicChoice, change: Callable[[Article], Article]) -> TopicChoice:
    stories = tuple(as_told(story, change) for story in choice.stories)
    return TopicChoice(articles=tuple(map(change, choice.articles)), stories=stories)


def _candidates_by_topic(rules: Rules, store: Store, now: datetime) -> dict[str, list[Article]]:
    settings = rules.publishing
    stored = read_articles_since(store, now - timedelta(days=settings.window_days))
    recent = [a for a in stored if is_listed(a) and not waits_for_page(a, rules, now)]
    return {
        topic.id if topic else ALL: _candidates(recent, topic, store, settings.min_items)
        for topic in (None, *rules.topics)
    }


def _limits(rules: Rules, topic_id: str) -> Limits:
    settings = rules.publishing
    topic = _topic(rules, topic_id)
    return Limits(
        window=timedelta(days=settings.window_days),
        backlog=rules.backlog,
        min_items=settings.min_items,
        max_items=(topic and topic.limit) or settings.max_items,
    )


def _by_story(
    articles: Iterable[Article], story_of: Mapping[str, str], stored: Container[str]
) -> dict[str, list[Article]]:
    parts: dict[str, list[Article]] = {}
    for article in articles:
        story_id = story_of.get(article.id)
        if story_id is not None and story_id in stored:
            parts.setdefault(story_id, []).append(article)
    return parts


def _owner(rules: Rules, topic_id: str) -> Callable[[Article], bool]:
    """What tells whether an article is the topic's, of any age."""
    topic = _topic(rules, topic_id)
    least = _least_quality(topic)
    return lambda a: is_listed(a, min_quality=least) and (topic is None or topic.id in a.topics)


def _topic(rules: Rules, topic_id: str) -> Topic | None:
    return next((topic for topic in rules.topics if topic.id == topic_id), None)


def _least_quality(topic: Topic | None) -> int:
    return max(PUBLISHED_QUALITY, (topic and topic.quality_threshold) or 0)


def _candidates(
    recent: Sequence[Article], topic: Topic | None, store: Store, min_items: int
) -> list[Article]:
    """What the topic's feeds may hold: its recent articles, and older ones where they are too few."""
    least = _least_quality(topic)
    found = [a for a in recent if a.quality >= least and (topic is None or topic.id in a.topics)]
    if len(found) < min_items:
        known = {article.id for article in found}
        older = read_newest_articles(
            store, topic_id=topic.id if topic else None, limit=min_items, min_quality=least
        )
        found.extend(article for article in older if article.id not in known)
    return found
