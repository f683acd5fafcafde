"""What is held for the operator's review, and what becomes of it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select, update

from aggregator.model import Article
from aggregator.store.known import chunks
from aggregator.store.removal import remove_articles
from aggregator.store.rows import READ_AGAIN, article_of
from aggregator.store.schema import articles, sources
from aggregator.store.store import Store

# A source that is let in again is read whole: what it edited meanwhile was not taken up.
_READ_AGAIN: dict[str, Any] = dict.fromkeys(("held_at", "held_because", *READ_AGAIN))


def held_articles(store: Store) -> tuple[Article, ...]:
    """Return what is held, source by source, the newest first."""
    order = (articles.c.source_id, articles.c.published_at.desc(), articles.c.id)
    with store.reading() as connection:
        rows = connection.execute(select(articles).where(articles.c.is_held).order_by(*order)).mappings()
        return tuple(article_of(row) for row in rows)


def held_counts(store: Store) -> Mapping[str, int]:
    """Return how many articles of each source are held; sources without are not there."""
    counted = (
        select(articles.c.source_id, func.count()).where(articles.c.is_held).group_by(articles.c.source_id)
    )
    with store.reading() as connection:
        return {row[0]: row[1] for row in connection.execute(counted)}


def accept_source(store: Store, source_id: str, *, now: datetime) -> int:
    """Let in what is held of a source, and what comes from now on; it is due ``now``. Returns how many."""
    with store.writing() as connection:
        values = {**_READ_AGAIN, "next_poll_at": now}
        connection.execute(update(sources).where(sources.c.source_id == source_id).values(**values))
        return _let_in(connection, articles.c.source_id == source_id)


def reject_source(store: Store, source_id: str) -> int:
    """Remove what is held of a source; it stays held, and what was removed never comes back."""
    with store.writing() as connection:
        return _remove(connection, articles.c.source_id == source_id)


def accept_article(store: Store, article_id: str) -> int:
    """Let in one article that is held; its source stays held. Returns 0 where it was not held."""
    with store.writing() as connection:
        return _let_in(connection, articles.c.id == article_id)


def reject_article(store: Store, article_id: str) -> int:
    """Remove one article that is held, for ever. Returns 0 where it was not held."""
    with store.writing() as connection:
        return _remove(connection, articles.c.id == article_id)


def _let_in(connection: Connection, chosen: ColumnElement[bool]) -> int:
    held = update(articles).where(chosen, articles.c.is_held)
    return connection.execute(held.values(is_held=False)).rowcount


def _remove(connection: Connection, chosen: ColumnElement[bool]) -> int:
    # Its sightings and addresses stay, as those of pruned articles do.
    held = connection.execute(select(articles.c.id).where(chosen, articles.c.is_held)).scalars().all()
    return sum(remove_articles(connection, chunk) for chunk in chunks(held))
