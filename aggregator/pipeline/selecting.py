"""What the feeds of every topic hold: articles, and the stories that they tell."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from aggregator.curate import Selectable, heat_of, select_ids, select_window
from aggregator.model import PUBLISHED_QUALITY, Article, Topic
from aggregator.pipeline.enriching import is_awaited
from aggregator.pipeline.telling import Stories, pace_of, stories_of, told
from aggregator.publish import Told
from aggregator.rules import Rules
from aggregator.store import Store, story_ids_of

ALL = "all"


@dataclass(frozen=True, kw_only=True, slots=True)
class TopicChoice:
    """What a topic's feeds hold: its ``articles`` and its ``stories``, both newest first."""

    articles: tuple[Article, ...]
    stories: tuple[Told, ...]


def choose(*, rules: Rules, store: Store, now: datetime) -> dict[str, TopicChoice]:
    """Return what the feeds of ``all`` and of every topic hold at ``now``.

    Articles that wait for their page to be read, or for their story, are in no feed of stories yet.
    """
    own = _candidates_by_topic(rules, store, now)
    everything = {a.id: a for articles in own.values() for a in articles}
    story_of = story_ids_of(store, everything)
    picked = {topic_id: _pick(articles, story_of, rules, now, topic_id) for topic_id, articles in own.items()}
    wanted = {a.id: a for stories in picked.values() for articles in stories.values() for a in articles}
    stories = stories_of(wanted.values(), store, is_left_out=lambda article: is_awaited(article, rules, now))
    chosen = {}
    for topic_id, articles in own.items():
        found = (told(stories, story_id, parts) for story_id, parts in picked[topic_id].items())
        newest = sorted((t for t in found if t), key=lambda t: (-t.published_at.timestamp(), t.id))
        selected = select_window(articles, now=now, **_window(rules, topic_id))
        heated = tuple(heat(article, stories, rules, now) for article in selected)
        chosen[topic_id] = TopicChoice(articles=heated, stories=tuple(newest))
    return chosen


def select_topics(*, rules: Rules, store: Store, now: datetime) -> dict[str, tuple[Article, ...]]:
    """Return the articles that the feeds of ``all`` and of every topic hold at ``now``, in order."""
    return {key: choice.articles for key, choice in choose(rules=rules, store=store, now=now).items()}


def heat(article: Article, stories: Stories, rules: Rules, now: datetime) -> Article:
    """Return an article with the heat that it and its story have now; an imported one keeps its own."""
    if article.imported is not None:
        return article
    settings = rules.config.settings
    voices, pace_h = pace_of(stories, article)
    warmth = heat_of(
        article.quality,
        published_at=article.published_at,
        now=now,
        half_life=timedelta(hours=settings.heat.half_life_h),
        window=timedelta(days=settings.publish.window_days),
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
    stories = (
        replace(
            t,
            lead=change(t.lead),
            others=tuple(map(change, t.others)),
            related=tuple(map(change, t.related)),
        )
        for t in choice.stories
    )
    return TopicChoice(articles=tuple(map(change, choice.articles)), stories=tuple(stories))


def _candidates_by_topic(rules: Rules, store: Store, now: datetime) -> dict[str, list[Article]]:
    settings = rules.config.settings.publish
    stored = store.articles_since(now - timedelta(days=settings.window_days))
    recent = [a for a in stored if a.is_published and not a.is_backlog and not is_awaited(a, rules, now)]
    return {
        topic.id if topic else ALL: _candidates(recent, topic, store, settings.min_items)
        for topic in (None, *rules.config.topics)
    }


def _window(rules: Rules, topic_id: str) -> dict[str, Any]:
    settings = rules.config.settings.publish
    topic = next((topic for topic in rules.config.topics if topic.id == topic_id), None)
    return {
        "window": timedelta(days=settings.window_days),
        "backlog": rules.backlog,
        "min_items": settings.min_items,
        "max_items": (topic and topic.limit) or settings.max_items,
    }


def _pick(
    articles: Iterable[Article], story_of: Mapping[str, str], rules: Rules, now: datetime, topic_id: str
) -> dict[str, list[Article]]:
    """The topic's stories that are in its feeds, each with the topic's own articles."""
    parts: dict[str, list[Article]] = {}
    for article in articles:
        if article.id in story_of:
            parts.setdefault(story_of[article.id], []).append(article)
    selectable = (
        Selectable(id=story_id, published_at=min(own, key=_arrival).published_at, articles=own)
        for story_id, own in parts.items()
    )
    ids = select_ids(selectable, now=now, **_window(rules, topic_id))
    return {story_id: parts[story_id] for story_id in ids}


def _arrival(article: Article) -> tuple[datetime, datetime, str]:
    return article.first_seen_at, article.published_at, article.id


def _candidates(
    recent: Sequence[Article], topic: Topic | None, store: Store, min_items: int
) -> list[Article]:
    """What the topic's feeds may hold: its recent articles, and older ones where they are too few."""
    least = max(PUBLISHED_QUALITY, (topic and topic.quality_threshold) or 0)
    found = [a for a in recent if a.quality >= least and (topic is None or topic.id in a.topics)]
    if len(found) < min_items:
        known = {article.id for article in found}
        older = store.newest_articles(
            topic_id=topic.id if topic else None, limit=min_items, min_quality=least
        )
        found.extend(article for article in older if article.id not in known)
    return found
