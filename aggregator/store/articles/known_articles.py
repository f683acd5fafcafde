"""What the store knows that could be the same as the articles of one poll."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, exists, select

from aggregator.model import WATCHED_ENTRIES, Article, Known, Sighting
from aggregator.store.articles.articles import find_carriers, read_articles
from aggregator.store.fast.driver import rows_with
from aggregator.store.fast.prepared_in import PreparedIn, prepare_in, rows_among, select_among
from aggregator.store.rows import article_of, sighting_of
from aggregator.store.schema import article_urls, articles, sightings, sources
from aggregator.text import title_key

TITLES_WITHIN = timedelta(days=30)
"""How far around a poll's articles titles are compared: enough to see that one recurs."""
RECENT = 50
"""Articles of a source that tell what it is like."""
# Making a statement costs as much as running it, so they are made once.
_OF_SOURCE = sightings.c.source_id == bindparam("source_id")
_NEAR = articles.c.published_at.between(bindparam("earliest"), bindparam("latest"))
_BY_URL = select_among(article_urls, article_urls.c.url)
_BY_TITLE = select_among(
    articles, articles.c.title_key, articles.c.provider_domain == bindparam("domain"), _NEAR
)
_SEEN_BY_ENTRY = select_among(sightings, sightings.c.entry_id, _OF_SOURCE)
_SEEN_BY_ARTICLE = select_among(sightings, sightings.c.article_id, _OF_SOURCE)
_RECENT = (
    select(articles)
    .where(articles.c.source_id == bindparam("source_id"), ~articles.c.is_quarantined)
    .order_by(articles.c.seen_at.desc(), articles.c.id)
    .limit(RECENT)
)
_LOCK = prepare_in(
    articles.c.id, lambda are: select(articles.c.id).where(are).order_by(articles.c.id).with_for_update()
)
_IS_QUARANTINED = (sources.c.source_id == bindparam("source_id")) & sources.c.quarantined_at.is_not(None)
_SOURCE_FACTS = select(
    exists().where(_OF_SOURCE).label("has_sightings"),
    exists().where(articles.c.source_id == bindparam("source_id")).label("has_articles"),
    exists().where(_IS_QUARANTINED).label("is_quarantined"),
)


class _SourceFacts(NamedTuple):
    """What the store has of a source at all; for a new source it has nothing, and no more is asked."""

    source_id: str
    has_sightings: bool
    has_articles: bool
    is_quarantined: bool


def find_known(
    connection: Connection, source_id: str, polled: Sequence[Article], *, locks: bool = False
) -> Known:
    """Return what is known of articles like those of a poll of ``source_id``.

    Where it ``locks`` them, none of these articles is another one before the transaction ends.
    """
    (facts,) = rows_with(connection, _SOURCE_FACTS, {"source_id": source_id})
    source = _SourceFacts(source_id, **facts)
    urls = _read_urls(connection, {a.canonical_url for a in polled if a.canonical_url})
    titles = _read_titles(connection, polled)
    seen = _read_sightings(connection, _SEEN_BY_ENTRY, source, {a.entry_id for a in polled if a.entry_id})
    ids = {a.id for a in polled} | set(urls.values()) | {s.article_id for s in seen}
    stored = {a.id: a for found in titles.values() for a in found}
    if locks and connection.dialect.name == "postgresql":
        stored = _lock_articles(connection, ids | stored.keys())
        titles = {key: tuple(stored[a.id] for a in same if a.id in stored) for key, same in titles.items()}
    stored |= {a.id: a for a in read_articles(connection, ids - stored.keys())}
    seen = {*seen, *_read_sightings(connection, _SEEN_BY_ARTICLE, source, ids | stored.keys())}
    known_ids = {s.entry_id for s in seen}
    strange = [a for a in polled if not _is_known(a, urls, known_ids)]
    return Known(
        sightings=tuple(sorted(seen, key=lambda s: s.article_id)),
        urls=urls,
        titles=titles,
        articles=stored,
        carriers=find_carriers(connection, stored),
        recent=_read_recent(connection, source) if len(strange) >= WATCHED_ENTRIES else (),
        is_quarantined=bool(strange) and source.is_quarantined,
    )


def _lock_articles(connection: Connection, ids: Collection[str]) -> dict[str, Article]:
    """Lock the rows of articles, in the order of their ids, and return them as they are then."""
    for query, values in _LOCK(sorted(ids)):
        list(rows_with(connection, query, values))
    return {article.id: article for article in read_articles(connection, ids)}


def _is_known(article: Article, urls: Mapping[str, str], entry_ids: Collection[str | None]) -> bool:
    if article.canonical_url is not None:
        return article.canonical_url in urls
    return article.entry_id is not None and article.entry_id in entry_ids


def _read_recent(connection: Connection, source: _SourceFacts) -> tuple[Article, ...]:
    if not source.has_articles:
        return ()
    rows = connection.execute(_RECENT, {"source_id": source.source_id}).mappings()
    return tuple(article_of(row) for row in rows)


def _read_urls(connection: Connection, urls: Iterable[str]) -> dict[str, str]:
    rows = rows_among(connection, _BY_URL, urls)
    return {row["url"]: row["article_id"] for row in rows}


def _read_sightings(
    connection: Connection, query: PreparedIn, source: _SourceFacts, wanted: Iterable[str]
) -> set[Sighting]:
    if not source.has_sightings:
        return set()
    return {sighting_of(row) for row in rows_among(connection, query, wanted, source_id=source.source_id)}


def _read_titles(
    connection: Connection, polled: Sequence[Article]
) -> dict[tuple[str, str], tuple[Article, ...]]:
    if not polled:
        return {}
    keys: dict[str, set[str]] = defaultdict(set)
    for article in polled:
        keys[article.provider.domain].add(title_key(article.title))
    times = [article.published_at for article in polled]
    near = {"earliest": min(times) - TITLES_WITHIN, "latest": max(times) + TITLES_WITHIN}
    found: dict[tuple[str, str], list[Article]] = defaultdict(list)
    for domain, wanted in keys.items():
        for row in rows_among(connection, _BY_TITLE, wanted - {""}, domain=domain, **near):
            found[domain, row["title_key"]].append(article_of(row))
    return {key: tuple(sorted(same, key=_age_key)) for key, same in found.items()}


def _age_key(article: Article) -> tuple[float, str]:
    return -article.published_at.timestamp(), article.id
