"""Selecting the stories of a topic's feeds: those that last had something new come first, and stay."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from aggregator.model import Article
from aggregator.model.predicates import is_recent
from aggregator.pipeline.publish.story_views import Stories, find_news, read_stories, view_story
from aggregator.publish.story_view import StoryView
from aggregator.store import Store


@dataclass(frozen=True, kw_only=True, slots=True)
class FeedLimits:
    """What a feed may hold at the most and at the least, and how old that may be: see ``select_window``."""

    window: timedelta
    backlog: timedelta
    min_items: int
    max_items: int


class Archive:
    """The stories in the store, each read when it is first asked for.

    ``known`` are articles that need not be read again; what ``is_left_out`` is in no story.
    """

    def __init__(
        self, store: Store, known: Mapping[str, Article], is_left_out: Callable[[Article], bool]
    ) -> None:
        self._store = store
        self._is_left_out = is_left_out
        self._asked: set[str] = set()
        self._stories = Stories(story_of={}, members={}, links={}, formed_at={}, articles=known)

    def stories(self, story_ids: Collection[str]) -> Stories:
        """Return all stories that were asked for up to now, with these."""
        fresh = set(story_ids) - self._asked
        if fresh:
            self._asked |= fresh
            known = self._stories
            read = read_stories(fresh, known.articles, self._store, is_left_out=self._is_left_out)
            self._stories = replace(
                read,
                story_of={**known.story_of, **read.story_of},
                members={**known.members, **read.members},
                links={**known.links, **read.links},
                formed_at={**known.formed_at, **read.formed_at},
            )
        return self._stories


def select_stories(
    own: Mapping[str, Sequence[Article]],
    *,
    archive: Archive,
    changed_at: Mapping[str, datetime],
    is_own: Callable[[Article], bool],
    limits: FeedLimits,
    now: datetime,
) -> tuple[StoryView, ...]:
    """Return the stories that a topic's feeds hold at ``now``; what last had something new comes first.

    ``own`` has by story id the topic's articles that may bring it in; ``is_own`` tells of any other whether
    it is the topic's. ``changed_at`` are times after which nothing of a story has changed: as many stories
    are read as it takes to be sure that no story that is left out has had something new later than one that
    is there. A story stays for as long as an article with words of its own is recent.
    """
    ordered = sorted(own, key=lambda story_id: (-changed_at[story_id].timestamp(), story_id))
    recent: list[StoryView] = []
    others: list[StoryView] = []
    for start in range(0, len(ordered), limits.max_items):
        chunk = ordered[start : start + limits.max_items]
        if len(recent) == limits.max_items and changed_at[chunk[0]] < recent[-1].updated_at:
            break
        stories = archive.stories(chunk)
        for story_id in chunk:
            topical = _find_topical(stories, story_id, own[story_id], is_own)
            story = view_story(stories, story_id, topical)
            if story:
                is_in = _is_recent(find_news(stories, story_id, topical), limits, now)
                (recent if is_in else others).append(story)
        recent = sorted(recent, key=_newest_first)[: limits.max_items]
    missing = max(0, limits.min_items - len(recent))
    found = sorted([*recent, *sorted(others, key=_newest_first)[:missing]], key=_newest_first)
    return tuple(found[: limits.max_items])


def _find_topical(
    stories: Stories, story_id: str, own: Sequence[Article], is_own: Callable[[Article], bool]
) -> list[Article]:
    """Return the topic's articles of a story, of any age: its lead does not change as time goes on."""
    brought = {article.id for article in own}
    return [a for a in stories.published(story_id) if a.id in brought or is_own(a)]


def _is_recent(news: Sequence[Article], limits: FeedLimits, now: datetime) -> bool:
    return any(is_recent(a, backlog=limits.backlog, cutoff=now - limits.window) for a in news)


def _newest_first(story: StoryView) -> tuple[float, float, str]:
    return -story.updated_at.timestamp(), -story.published_at.timestamp(), story.id
