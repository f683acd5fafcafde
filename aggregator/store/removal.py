"""Taking articles and sources out of the store, some at a time, so that nobody waits long for the lock.

What goes is written down in the transaction that removes it (``removed_articles``): whoever publishes next
finds there which rows and files only those articles had, after a kill too.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, delete, select

from aggregator.store.fast.driver import upsert
from aggregator.store.schema import (
    article_urls,
    articles,
    removed_articles,
    sightings,
    sources,
    story_members,
)

AT_ONCE = 200
"""Articles that one transaction removes."""


def remove_articles(connection: Connection, article_ids: Collection[str]) -> int:
    """Remove up to ``AT_ONCE`` articles and write down that they went; return how many were stored."""
    are_these = articles.c.id.in_(article_ids)
    query = (
        select(articles.c.id.label("article_id"), articles.c.provider_domain, story_members.c.story_id)
        .outerjoin(story_members, story_members.c.article_id == articles.c.id)
        .where(are_these)
    )
    rows = [dict(row) for row in connection.execute(query).mappings()]
    upsert(connection, removed_articles, rows)
    connection.execute(delete(articles).where(are_these))
    return len(rows)


def remove_old_articles(connection: Connection, before: datetime) -> int:
    """Remove some articles published and first seen before a time; 0 where there are no more."""
    old = select(articles.c.id).where(articles.c.seen_at < before).order_by(articles.c.seen_at)
    return remove_articles(connection, connection.execute(old.limit(AT_ONCE)).scalars().all())


def remove_some_of_source(connection: Connection, source_id: str) -> tuple[bool, int]:
    """Remove some of what only this source carries; tell whether that was all, and how many articles went.

    Its row goes with the last of it.
    """
    seen = select(sightings.c.article_id).where(sightings.c.source_id == source_id).limit(AT_ONCE)
    ids = connection.execute(seen).scalars().all()
    own = _only_carried_by(connection, source_id, ids)
    removed = remove_articles(connection, own)
    _forget_sightings(connection, source_id, ids, own)
    is_all = len(ids) < AT_ONCE
    if is_all:
        connection.execute(delete(sources).where(sources.c.source_id == source_id))
    return is_all, removed


def _only_carried_by(connection: Connection, source_id: str, article_ids: Collection[str]) -> list[str]:
    is_other = sightings.c.article_id.in_(article_ids) & (sightings.c.source_id != source_id)
    others = set(connection.execute(select(sightings.c.article_id).where(is_other)).scalars())
    return [article_id for article_id in article_ids if article_id not in others]


def _forget_sightings(
    connection: Connection, source_id: str, article_ids: Collection[str], own: Collection[str]
) -> None:
    """Forget that a source carried articles, and the addresses of those that are its ``own``."""
    is_seen = sightings.c.article_id.in_(article_ids) & (sightings.c.source_id == source_id)
    connection.execute(delete(sightings).where(is_seen))
    connection.execute(delete(article_urls).where(article_urls.c.article_id.in_(own)))
