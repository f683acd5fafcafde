"""What the store knows that could be the same as the articles of one poll."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Table, bindparam, exists, select

from aggregator.model import WATCHED_ENTRIES, Article, Known, Sighting
from aggregator.store.fast.driver import Row, rows_with
from aggregator.store.fast.prepared_in import Among, among
from aggregator.store.rows import article_of, sighting_of
from aggregator.store.schema import article_urls, articles, sightings, sources
from aggregator.text import title_key

TITLES_WITHIN = timedelta(days=30)
"""How far around a poll's articles titles are compared: enough to see that one recurs."""

RECENT = 50
"""Articles of a source that tell what it is like."""


def _query(table: Table, column: ColumnElement[Any], *where: ColumnElement[bool]) -> Among:
    return among(column, lambda is_wanted: select(table).where(is_wanted, *where))


# Making a statement costs as much as running it, so they are made once.
_OF_SOURCE = sightings.c.source_id == bindparam("source_id")
_NEAR = articles.c.published_at.between(bindparam("earliest"), bindparam("latest"))
_BY_URL = _query(article_urls, article_urls.c.url)
_BY_ID = _query(articles, articles.c.id)
_BY_TITLE = _query(articles, articles.c.title_key, articles.c.provider_domain == bindparam("domain"), _NEAR)
_CARRIERS = _query(sightings, sightings.c.article_id)
_SEEN_BY_ENTRY = _query(sightings, sightings.c.entry_id, _OF_SOURCE)
_SEEN_BY_ARTICLE = _query(sightings, sightings.c.article_id, _OF_SOURCE)
_RECENT = (
    select(articles)
    .where(articles.c.source_id == bindparam("source_id"), ~articles.c.is_quarantined)
    .order_by(articles.c.seen_at.desc(), articles.c.id)
    .limit(RECENT)
)
_IS_QUARANTINED = (sources.c.source_id == bindparam("source_id")) & sources.c.quarantined_at.is_not(None)
_STANDING = select(
    exists().where(_OF_SOURCE).label("has_sightings"),
    exists().where(articles.c.source_id == bindparam("source_id")).label("has_articles"),
    exists().where(_IS_QUARANTINED).label("is_quarantined"),
)


class _Standing(NamedTuple):
    """What there is of a source at all: of a new one nothing else has to be asked."""

    source_id: str
    has_sightings: bool
    has_articles: bool
    is_quarantined: bool


def known_for(connection: Connection, source_id: str, polled: Sequence[Article]) -> Known:
    """Return what is known of articles like those of a poll of ``source_id``."""
    (standing,) = rows_with(connection, _STANDING, {"source_id": source_id})
    source = _Standing(source_id, **standing)
    urls = _urls(connection, {a.canonical_url for a in polled if a.canonical_url})
    titles = _titles(connection, polled)
    seen = _sightings(connection, _SEEN_BY_ENTRY, source, {a.entry_id for a in polled if a.entry_id})
    ids = {a.id for a in polled} | set(urls.values()) | {s.article_id for s in seen}
    stored = {a.id: a for found in titles.values() for a in found}
    stored |= {a.id: a for a in read_articles(connection, ids - stored.keys())}
    seen = {*seen, *_sightings(connection, _SEEN_BY_ARTICLE, source, ids | stored.keys())}
    known_ids = {s.entry_id for s in seen}
    strange = [a for a in polled if not _is_known(a, urls, known_ids)]
    return Known(
        sightings=tuple(sorted(seen, key=lambda s: s.article_id)),
        urls=urls,
        titles=titles,
        articles=stored,
        carriers=carriers_of(connection, stored),
        recent=_recent(connection, source) if len(strange) >= WATCHED_ENTRIES else (),
        is_quarantined=bool(strange) and source.is_quarantined,
    )


def read_articles(connection: Connection, ids: Iterable[str]) -> Iterator[Article]:
    """Yield the articles of these ids that are stored."""
    for row in _rows_in(connection, _BY_ID, ids):
        yield article_of(row)


def carriers_of(connection: Connection, ids: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return article id -> ids of the sources that carry it, in order."""
    found: dict[str, list[str]] = defaultdict(list)
    for row in _rows_in(connection, _CARRIERS, ids):
        found[row["article_id"]].append(row["source_id"])
    return {article_id: tuple(sorted(carriers)) for article_id, carriers in found.items()}


def _is_known(article: Article, urls: Mapping[str, str], entry_ids: Collection[str | None]) -> bool:
    if article.canonical_url is not None:
        return article.canonical_url in urls
    return article.entry_id is not None and article.entry_id in entry_ids


def _recent(connection: Connection, source: _Standing) -> tuple[Article, ...]:
    if not source.has_articles:
        return ()
    rows = connection.execute(_RECENT, {"source_id": source.source_id}).mappings()
    return tuple(article_of(row) for row in rows)


def _rows_in(connection: Connection, query: Among, wanted: Iterable[str], **given: Any) -> Iterator[Row]:
    for statement, values in query(sorted(wanted)):
        yield from rows_with(connection, statement, {**values, **given})


def chunks(values: Sequence[Any], size: int = 500) -> Iterator[Sequence[Any]]:
    """Yield ``values`` in pieces that fit a database's limit on the variables of a statement."""
    for start in range(0, len(values), size):
        yield values[start : start + size]


def _urls(connection: Connection, urls: Iterable[str]) -> dict[str, str]:
    rows = _rows_in(connection, _BY_URL, urls)
    return {row["url"]: row["article_id"] for row in rows}


def _sightings(
    connection: Connection, query: Among, source: _Standing, wanted: Iterable[str]
) -> set[Sighting]:
    if not source.has_sightings:
        return set()
    return {sighting_of(row) for row in _rows_in(connection, query, wanted, source_id=source.source_id)}


def _titles(connection: Connection, polled: Sequence[Article]) -> dict[tuple[str, str], tuple[Article, ...]]:
    if not polled:
        return {}
    keys: dict[str, set[str]] = defaultdict(set)
    for article in polled:
        keys[article.provider.domain].add(title_key(article.title))
    times = [article.published_at for article in polled]
    near = {"earliest": min(times) - TITLES_WITHIN, "latest": max(times) + TITLES_WITHIN}
    found: dict[tuple[str, str], list[Article]] = defaultdict(list)
    for domain, wanted in keys.items():
        for row in _rows_in(connection, _BY_TITLE, wanted - {""}, domain=domain, **near):
            found[domain, row["title_key"]].append(article_of(row))
    return {key: tuple(sorted(same, key=_newest_first)) for key, same in found.items()}


def _newest_first(article: Article) -> tuple[float, str]:
    return -article.published_at.timestamp(), article.id
