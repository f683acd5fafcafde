"""What the store knows that could be the same as the articles of one poll."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, select

from aggregator.model import WATCHED_ENTRIES, Article, Known, Sighting
from aggregator.store.rows import article_of, sighting_of
from aggregator.store.schema import article_urls, articles, sightings, sources
from aggregator.text import title_key

TITLES_WITHIN = timedelta(days=30)
"""How far around a poll's articles titles are compared: enough to see that one recurs."""

RECENT = 50
"""Articles of a source that tell what it is like."""

Row = Mapping[Any, Any]


def known_for(connection: Connection, source_id: str, polled: Sequence[Article]) -> Known:
    """Return what is known of articles like those of a poll of ``source_id``."""
    urls = _urls(connection, {a.canonical_url for a in polled if a.canonical_url})
    titles = _titles(connection, polled)
    seen = _sightings(connection, source_id, sightings.c.entry_id, {a.entry_id for a in polled if a.entry_id})
    ids = {a.id for a in polled} | set(urls.values()) | {s.article_id for s in seen}
    stored = {a.id: a for found in titles.values() for a in found}
    stored |= {a.id: a for a in read_articles(connection, ids - stored.keys())}
    seen = {*seen, *_sightings(connection, source_id, sightings.c.article_id, ids | stored.keys())}
    known_ids = {s.entry_id for s in seen}
    strange = [a for a in polled if not _is_known(a, urls, known_ids)]
    return Known(
        sightings=tuple(sorted(seen, key=lambda s: s.article_id)),
        urls=urls,
        titles=titles,
        articles=stored,
        carriers=carriers_of(connection, stored),
        recent=_recent(connection, source_id) if len(strange) >= WATCHED_ENTRIES else (),
        is_held=bool(strange) and _is_held(connection, source_id),
    )


def read_articles(connection: Connection, ids: Iterable[str]) -> Iterator[Article]:
    """Yield the articles of these ids that are stored."""
    for row in _rows_in(connection, articles, articles.c.id, ids):
        yield article_of(row)


def carriers_of(connection: Connection, ids: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return article id -> ids of the sources that carry it, in order."""
    found: dict[str, list[str]] = defaultdict(list)
    for row in _rows_in(connection, sightings, sightings.c.article_id, ids):
        found[row["article_id"]].append(row["source_id"])
    return {article_id: tuple(sorted(carriers)) for article_id, carriers in found.items()}


def _is_known(article: Article, urls: Mapping[str, str], entry_ids: Collection[str | None]) -> bool:
    if article.canonical_url is not None:
        return article.canonical_url in urls
    return article.entry_id is not None and article.entry_id in entry_ids


def _recent(connection: Connection, source_id: str) -> tuple[Article, ...]:
    query = (
        select(articles)
        .where(articles.c.source_id == source_id, ~articles.c.is_held)
        .order_by(articles.c.seen_at.desc(), articles.c.id)
        .limit(RECENT)
    )
    return tuple(article_of(row) for row in connection.execute(query).mappings())


def _is_held(connection: Connection, source_id: str) -> bool:
    held_at = select(sources.c.held_at).where(sources.c.source_id == source_id)
    return connection.execute(held_at).scalar() is not None


def _rows_in(
    connection: Connection,
    table: Table,
    column: ColumnElement[Any],
    values: Iterable[str],
    *where: ColumnElement[bool],
) -> Iterator[Row]:
    for chunk in chunks(sorted(values)):
        yield from connection.execute(select(table).where(column.in_(chunk), *where)).mappings()


def chunks(values: Sequence[Any], size: int = 500) -> Iterator[Sequence[Any]]:
    """Yield ``values`` in pieces that fit a database's limit on the variables of a statement."""
    for start in range(0, len(values), size):
        yield values[start : start + size]


def _urls(connection: Connection, urls: Iterable[str]) -> dict[str, str]:
    rows = _rows_in(connection, article_urls, article_urls.c.url, urls)
    return {row["url"]: row["article_id"] for row in rows}


def _sightings(
    connection: Connection, source_id: str, column: ColumnElement[Any], values: Iterable[str]
) -> set[Sighting]:
    rows = _rows_in(connection, sightings, column, values, sightings.c.source_id == source_id)
    return {sighting_of(row) for row in rows}


def _titles(connection: Connection, polled: Sequence[Article]) -> dict[tuple[str, str], tuple[Article, ...]]:
    if not polled:
        return {}
    keys: dict[str, set[str]] = defaultdict(set)
    for article in polled:
        keys[article.provider.domain].add(title_key(article.title))
    times = [article.published_at for article in polled]
    near = articles.c.published_at.between(min(times) - TITLES_WITHIN, max(times) + TITLES_WITHIN)
    found: dict[tuple[str, str], list[Article]] = defaultdict(list)
    for domain, wanted in keys.items():
        of_provider = articles.c.provider_domain == domain
        for row in _rows_in(connection, articles, articles.c.title_key, wanted - {""}, of_provider, near):
            found[domain, row["title_key"]].append(article_of(row))
    return {key: tuple(sorted(same, key=_newest_first)) for key, same in found.items()}


def _newest_first(article: Article) -> tuple[float, str]:
    return -article.published_at.timestamp(), article.id
