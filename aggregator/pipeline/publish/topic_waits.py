"""Which articles a topic's feeds do not show yet, by its delay or its quiet hours, and when they do; pure.

An article of a story that waits is left out of the story as the topic shows it, until it may enter. What
editors took out of the topic always is.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache

from aggregator.model import Article, TopicLimits
from aggregator.pipeline.page_wait import may_read_page
from aggregator.pipeline.publish.story_views import Stories, leave_out_barred
from aggregator.rules import Rules


@lru_cache(2)
def list_timed_limits(rules: Rules) -> Mapping[str, TopicLimits]:
    """Return by id the limits of the topics whose feeds articles may have to wait for."""
    return {topic.id: topic.limits for topic in rules.topics if topic.limits.is_timed}


def find_page_wait(article: Article, rules: Rules) -> timedelta:
    """Return how long the page of an article may keep it from being published, read or not."""
    may_wait = rules.enrichment.pages and article.imported is None and may_read_page(article, rules)
    return timedelta(seconds=rules.enrichment.wait_s) if may_wait else timedelta(0)


def waits_in_topic(article: Article, topic_id: str, rules: Rules, now: datetime) -> bool:
    """Tell whether the feeds of a topic do not show an article yet."""
    limits = list_timed_limits(rules).get(topic_id)
    if limits is None:
        return False
    return limits.is_waiting(article.first_seen_at, now, page_wait=find_page_wait(article, rules))


def show_in_topic(
    stories: Stories, story_ids: Collection[str], topic_id: str, rules: Rules, now: datetime
) -> Stories:
    """Return stories as a topic shows these: without what it does not show yet, and what it must not."""
    stories = leave_out_barred(stories, story_ids, topic_id)
    return _leave_out_waiting(stories, story_ids, topic_id, rules, now)


def _leave_out_waiting(
    stories: Stories, story_ids: Iterable[str], topic_id: str, rules: Rules, now: datetime
) -> Stories:
    """Return stories without what a topic does not show yet; stories of other topics stay whole."""
    if topic_id not in list_timed_limits(rules):
        return stories
    waiting = {
        article.id
        for story_id in story_ids
        for articles in [stories.published(story_id)]
        if any(topic_id in article.topics for article in articles)
        for article in articles
        if waits_in_topic(article, topic_id, rules, now)
    }
    if not waiting:
        return stories
    return replace(stories, articles={i: a for i, a in stories.articles.items() if i not in waiting})


def list_openings(
    articles: Iterable[Article], stories: Stories, story_ids: Iterable[str], rules: Rules, now: datetime
) -> Iterator[tuple[str, datetime]]:
    """Yield which of the articles, and of those of the stories, are to be arranged again, and when.

    That is where a topic of theirs, or of their story, begins to show them.
    """
    timed = list_timed_limits(rules)
    if not timed:
        return
    found = {(a.id, at) for a in articles for at in _find_changes(a, a.topics, rules, now)}
    for story_id in story_ids:
        members = stories.published(story_id)
        topic_ids = {topic_id for article in members for topic_id in article.topics}
        found |= {(a.id, at) for a in members for at in _find_changes(a, topic_ids, rules, now)}
    yield from sorted(found)


def _find_changes(
    article: Article, topic_ids: Collection[str], rules: Rules, now: datetime
) -> Iterator[datetime]:
    timed, page_wait = list_timed_limits(rules), find_page_wait(article, rules)
    for topic_id in timed.keys() & topic_ids:
        at = timed[topic_id].find_next_change(article.first_seen_at, now, page_wait=page_wait)
        if at is not None:
            yield at
