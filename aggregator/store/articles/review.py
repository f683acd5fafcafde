"""Articles that are quarantined for the operator's review, and what becomes of them."""

__all__ = [
    "accept_article",
    "accept_source",
    "count_quarantined",
    "read_quarantined",
    "reject_article",
    "reject_source",
]

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select, update

from aggregator.model import Article
from aggregator.store.articles.removals import remove_articles
from aggregator.store.database import Database, chunks
from aggregator.store.marks import MarkKind, mark_selected
from aggregator.store.rows import READ_AGAIN, article_of
from aggregator.store.schema import articles, sources

# An accepted source is read whole: its edits were not taken up meanwhile.
_READ_AGAIN: dict[str, Any] = dict.fromkeys(("quarantined_at", "quarantined_because", *READ_AGAIN))


def read_quarantined(store: Database) -> tuple[Article, ...]:
    """Return the quarantined articles, source by source, the newest first."""
    order = (articles.c.source_id, articles.c.published_at.desc(), articles.c.id)
    with store.reading() as connection:
        rows = connection.execute(
            select(articles).where(articles.c.is_quarantined).order_by(*order)
        ).mappings()
        return tuple(article_of(row) for row in rows)


def count_quarantined(store: Database) -> Mapping[str, int]:
    """Return how many articles of each source are quarantined; sources without are not there."""
    counted = (
        select(articles.c.source_id, func.count())
        .where(articles.c.is_quarantined)
        .group_by(articles.c.source_id)
    )
    with store.reading() as connection:
        return {row[0]: row[1] for row in connection.execute(counted)}


def accept_source(store: Database, source_id: str, *, now: datetime) -> int:
    """Let in the quarantined articles of a source, which is due ``now``; return how many there were."""
    with store.writing() as connection:
        values = {**_READ_AGAIN, "next_poll_at": now}
        connection.execute(update(sources).where(sources.c.source_id == source_id).values(**values))
        return _let_in(connection, articles.c.source_id == source_id, now)


def reject_source(store: Database, source_id: str) -> int:
    """Remove the quarantined articles of a source for ever; it stays quarantined. Returns how many."""
    with store.writing() as connection:
        return _remove_quarantined(connection, articles.c.source_id == source_id)


def accept_article(store: Database, article_id: str, *, now: datetime) -> int:
    """Let in one quarantined article; its source stays quarantined. Returns 0 where the article was not."""
    with store.writing() as connection:
        return _let_in(connection, articles.c.id == article_id, now)


def reject_article(store: Database, article_id: str) -> int:
    """Remove one quarantined article for ever. Returns 0 where it was not quarantined."""
    with store.writing() as connection:
        return _remove_quarantined(connection, articles.c.id == article_id)


def _let_in(connection: Connection, chosen: ColumnElement[bool], now: datetime) -> int:
    mark_selected(
        connection, MarkKind.ARTICLE, select(articles.c.id).where(chosen, articles.c.is_quarantined)
    )
    quarantined = update(articles).where(chosen, articles.c.is_quarantined)
    return connection.execute(quarantined.values(is_quarantined=False, release_at=now)).rowcount


def _remove_quarantined(connection: Connection, chosen: ColumnElement[bool]) -> int:
    # Its sightings and addresses stay, as those of pruned articles do.
    quarantined = (
        connection.execute(select(articles.c.id).where(chosen, articles.c.is_quarantined)).scalars().all()
    )
    return sum(remove_articles(connection, chunk) for chunk in chunks(quarantined))
