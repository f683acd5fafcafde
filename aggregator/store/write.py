"""Writing what a poll changes, to the tables of articles and sightings."""

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, delete, insert, literal_column, select

from aggregator.model import Article, Changes, SourceState
from aggregator.store.fast.driver import run_with, upsert
from aggregator.store.marks import MarkKind, add_marks
from aggregator.store.rows import make_article_row, make_sighting_row
from aggregator.store.schema import article_topics, article_urls, articles, sightings, source_entries
from aggregator.store.schema.publication import marks

_MARK_FORMER_PUBLISHER = insert(marks).from_select(
    ["kind", "key", "due_at"],
    select(
        literal_column(f"'{MarkKind.PUBLISHER.value}'"), articles.c.provider_domain, literal_column("0")
    ).where(articles.c.id == bindparam("of_article"), articles.c.provider_domain != bindparam("new_domain")),
)
_FORGET_TOPICS = delete(article_topics).where(article_topics.c.article_id == bindparam("of_article"))


def write_changes(connection: Connection, changes: Changes) -> None:
    """Write what a poll changes."""
    write_articles(connection, (*changes.inserted, *changes.updated))
    upsert(connection, sightings, [make_sighting_row(s) for s in changes.sightings], keep=("first_seen_at",))
    pairs = [{"url": url, "article_id": article_id} for url, article_id in changes.urls.items()]
    upsert(connection, article_urls, pairs)


def write_articles(connection: Connection, written: Sequence[Article]) -> None:
    """Write whole articles with their topics, new ones and known ones, and mark them."""
    domains = [{"of_article": a.id, "new_domain": a.provider.domain} for a in written]
    run_with(connection, _MARK_FORMER_PUBLISHER, domains)
    upsert(connection, articles, [make_article_row(article) for article in written])
    run_with(connection, _FORGET_TOPICS, [{"of_article": article.id} for article in written])
    pairs = [
        {"article_id": article.id, "topic_id": topic_id, "published_at": article.published_at}
        for article in written
        for topic_id in dict.fromkeys(article.topics)
    ]
    upsert(connection, article_topics, pairs)
    add_marks(connection, MarkKind.ARTICLE, [article.id for article in written])


def write_seen(connection: Connection, states: Sequence[SourceState]) -> None:
    """Write which entries stood in the last documents of sources, where their states say so."""
    rows = [
        {"source_id": state.source_id, "body_hash": state.body_hash, "seen": state.seen}
        for state in states
        if state.seen is not None and state.body_hash is not None
    ]
    upsert(connection, source_entries, rows)
