"""Where an article or a story stands in the feeds of every topic; decided without reading or writing."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from aggregator.curate.editor_decisions import find_pin
from aggregator.model import PUBLISHED_QUALITY, Article, Topic
from aggregator.model.decisions import Decision
from aggregator.model.predicates import find_age_start, is_listed
from aggregator.pipeline.publish.story_views import Stories, find_news, view_story
from aggregator.pipeline.publish.topic_waits import (
    list_timed_limits,
    show_in_topic,
    waits_in_topic,
)
from aggregator.publish.feed_kind import FeedKind
from aggregator.rules import Rules
from aggregator.store import ALL, ARTICLES_FOLDER, LONG_AGO, FeedItem, ShownUpdate

PINNED_AHEAD = timedelta(days=365_000)
"""What is pinned is in order so long after it was decided: after all that is published."""


def name_feeds(topic_id: str) -> tuple[str, str]:
    """Return a topic's feeds: of stories, and of articles."""
    return name_feed(topic_id, FeedKind.STORIES), name_feed(topic_id, FeedKind.ARTICLES)


def name_feed(topic_id: str, kind: FeedKind) -> str:
    """Return a topic's feed of that kind."""
    return topic_id if kind is FeedKind.STORIES else f"{topic_id}{ARTICLES_FOLDER}"


def list_topic_ids(rules: Rules) -> tuple[str, ...]:
    """Return the ids of everything that has feeds."""
    return (ALL, *(topic.id for topic in rules.topics))


def place_article(article: Article, rules: Rules, now: datetime) -> list[FeedItem]:
    """Return the places of an article in the feeds of articles, none if it is not listed."""
    since = find_age_start(article, backlog=rules.polling.backlog)
    is_young = since >= now - timedelta(days=rules.publishing.window_days)
    item = FeedItem(
        feed="",
        item_id=article.id,
        sorted_at=article.published_at,
        published_at=article.published_at,
        recent_at=since,
        is_recent=is_young,
    )
    return [
        _place_in(item, f"{topic_id}{ARTICLES_FOLDER}", _find_pin([article], topic_id, rules, now))
        for topic_id in _list_topics(article, rules)
        if not waits_in_topic(article, topic_id, rules, now)
    ]


def place_story(
    stories: Stories,
    story_id: str,
    rules: Rules,
    now: datetime,
    *,
    known: Mapping[tuple[str, str], ShownUpdate],
) -> list[FeedItem]:
    """Return the places of a story in the feeds of stories.

    A topic's own articles bring it in; it stays for as long as one of them with words of its own is recent.
    It stands no lower than it is ``known`` to; where articles were taken out of it, there, but for what came
    since.
    """
    placer = _StoryPlacer(stories=stories, story_id=story_id, rules=rules, now=now)
    items: list[FeedItem] = []
    for topic_id, articles in placer.list_own().items():
        item = placer.place(topic_id, articles, known.get((topic_id, story_id)))
        if item is not None:
            items.append(_place_in(item, topic_id, _find_pin(articles, topic_id, rules, now)))
    return items


@dataclass(kw_only=True, slots=True)
class _StoryPlacer:
    """Places one story in the feeds of its topics: mostly alike, which is found once."""

    stories: Stories
    story_id: str
    rules: Rules
    now: datetime
    timed: Collection[str] = field(init=False)
    is_cut: bool = field(init=False)
    alike: dict[tuple[datetime | str | None, ...], FeedItem | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.timed = list_timed_limits(self.rules)
        self.is_cut = self.stories.is_cut(self.story_id)

    def list_own(self) -> dict[str, list[Article]]:
        """Return the articles of each topic that are its own."""
        own: dict[str, list[Article]] = {}
        for article in self.stories.published(self.story_id):
            for topic_id in _list_topics(article, self.rules):
                own.setdefault(topic_id, []).append(article)
        return own

    def place(
        self, topic_id: str, articles: Sequence[Article], before: ShownUpdate | None
    ) -> FeedItem | None:
        """Return the place that a topic's own articles give it there, None for none."""
        if topic_id in self.timed or topic_id in self.stories.barred:
            shown = show_in_topic(self.stories, [self.story_id], topic_id, self.rules, self.now)
            entered = [article for article in articles if article.id in shown.articles]
            return _place(shown, self.story_id, entered, self.rules, self.now, known=before)
        if self.is_cut:
            return _place(self.stories, self.story_id, articles, self.rules, self.now, known=before)
        key = (before.placed_at if before else None, *(article.id for article in articles))
        if key not in self.alike:
            self.alike[key] = _place(
                self.stories, self.story_id, articles, self.rules, self.now, known=before
            )
        return self.alike[key]


def select_own(articles: Iterable[Article], topic_id: str, rules: Rules) -> list[Article]:
    """Return those of the articles that are a topic's own."""
    topic = rules.topics_by_id.get(topic_id)
    return [article for article in articles if _is_own(article, topic)]


def _list_topics(article: Article, rules: Rules) -> Iterator[str]:
    """Yield the topics whose feeds an article belongs to."""
    if not is_listed(article):
        return
    yield ALL
    for topic_id in dict.fromkeys(article.topics):
        topic = rules.topics_by_id.get(topic_id)
        if topic is not None and _is_own(article, topic):
            yield topic_id


def _is_own(article: Article, topic: Topic | None) -> bool:
    least = max(PUBLISHED_QUALITY, (topic and topic.quality_threshold) or 0)
    return is_listed(article, min_quality=least) and (topic is None or topic.id in article.topics)


def _place(
    stories: Stories,
    story_id: str,
    own: Sequence[Article],
    rules: Rules,
    now: datetime,
    *,
    known: ShownUpdate | None = None,
) -> FeedItem | None:
    view = view_story(stories, story_id, own, known)
    if view is None:
        return None
    news = find_news(stories, story_id, own, view.news_at)
    since = max(
        (find_age_start(article, backlog=rules.polling.backlog) for article in news), default=LONG_AGO
    )
    return FeedItem(
        feed=ALL,
        item_id=story_id,
        sorted_at=view.news_at,
        published_at=view.published_at,
        recent_at=since,
        is_recent=since >= now - timedelta(days=rules.publishing.window_days),
    )


def find_standing(item: FeedItem) -> datetime | None:
    """Return the time by which an item stands in its feed, None: it is pinned."""
    return item.sorted_at if item.sorted_at - item.published_at < PINNED_AHEAD / 2 else None


def _find_pin(articles: Iterable[Article], topic_id: str, rules: Rules, now: datetime) -> Decision | None:
    """Return the latest decision that puts one of the articles first in the feeds of a topic."""
    if not rules.decisions:
        return None
    pins = (find_pin(rules.decisions.of(article, now), topic_id) for article in articles)
    return max((pin for pin in pins if pin is not None), key=lambda pin: pin.at, default=None)


def _place_in(item: FeedItem, feed: str, pin: Decision | None) -> FeedItem:
    """Return an item in another feed; what is pinned stands before all others, whatever its age.

    Of several pins the latest is the first.
    """
    if pin is None or pin.until is None:
        return FeedItem(  # the standard library's ``replace`` takes several times as long
            feed=feed,
            item_id=item.item_id,
            sorted_at=item.sorted_at,
            published_at=item.published_at,
            recent_at=item.recent_at,
            is_recent=item.is_recent,
        )
    return replace(
        item,
        feed=feed,
        sorted_at=pin.at + PINNED_AHEAD,
        recent_at=max(item.recent_at, pin.until),
        is_recent=True,
    )
