"""The stories of a window and their articles as streams: lists would cost several times as much."""

__all__ = ["stream_lasting_members", "stream_lasting_stories", "stream_members_since", "stream_shown_members"]

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select

from aggregator.model import Member, Story
from aggregator.store.database import Database
from aggregator.store.predicates import IS_PUBLISHED
from aggregator.store.schema import article_topics, articles, stories, story_members
from aggregator.store.stories.stories import read_member_row

_READ_AT_ONCE = 500


def stream_lasting_stories(store: Database, since: datetime) -> Iterator[Story]:
    """Yield stories with an article published since then; ``total`` is empty where it is the article's."""
    with store.reading() as connection:
        query = select(stories).where(stories.c.last_at >= since).execution_options(yield_per=_READ_AT_ONCE)
        for row in connection.execute(query).mappings():
            yield Story(**{**row, "total": row["total"] or {}})


def stream_lasting_members(store: Database, since: datetime) -> Iterator[Member]:
    """Yield all articles of stories with one published since then, in the order they were placed."""
    lasting = select(stories.c.id).where(stories.c.last_at >= since)
    return _stream_members(store, select(story_members).where(story_members.c.story_id.in_(lasting)))


def stream_members_since(store: Database, since: datetime) -> Iterator[Member]:
    """Yield the articles that have a story and were published since then, in the order they were placed."""
    return _stream_members(store, select(story_members).where(story_members.c.published_at >= since))


def stream_shown_members(store: Database, since: datetime, *, topic: str) -> Iterator[Member]:
    """Yield the published articles since then of a topic, "" for all, in the order they were placed."""
    query = (
        select(story_members)
        .join(articles, articles.c.id == story_members.c.article_id)
        .where(story_members.c.published_at >= since, IS_PUBLISHED)
    )
    if topic:
        of_topic = select(article_topics.c.article_id).where(article_topics.c.topic_id == topic)
        query = query.where(story_members.c.article_id.in_(of_topic))
    return _stream_members(store, query)


def _stream_members(store: Database, query: Select[Any]) -> Iterator[Member]:
    in_order = query.order_by(story_members.c.turn).execution_options(yield_per=_READ_AT_ONCE)
    with store.reading() as connection:
        yield from map(read_member_row, connection.execute(in_order).mappings())
