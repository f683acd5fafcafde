"""Finding an article by what an operator has of it: its id, how that begins, an address, or its title."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, or_, select

from aggregator.store.database import Database, chunks
from aggregator.store.notes import LONG_AGO
from aggregator.store.schema import article_urls, articles, sightings

MOST_FOUND = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class FirstSighting:
    """That a source showed an article, first at ``first_seen_at`` (None: long ago), under ``entry_id``."""

    source_id: str
    first_seen_at: datetime | None
    entry_id: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class FoundArticle:
    """What tells a stored article from others that are found with it."""

    id: str
    title: str
    published_at: datetime
    provider_domain: str


_FOUND = (articles.c.id, articles.c.title, articles.c.published_at, articles.c.provider_domain)


def find_articles_by_title(
    store: Database, words: Iterable[str], *, article_ids: Collection[str] = ()
) -> tuple[FoundArticle, ...]:
    """Return the newest stored articles in whose title all words stand, up to ``MOST_FOUND``.

    The words are those of ``text.title_key``. Articles of these ids are among them.
    """
    has_words = and_(*(articles.c.title_key.contains(word, autoescape=True) for word in words))
    query = select(*_FOUND).where(or_(has_words, articles.c.id.in_(sorted(article_ids))))
    newest = query.order_by(articles.c.published_at.desc(), articles.c.id).limit(MOST_FOUND)
    with store.reading() as connection:
        return tuple(FoundArticle(**row) for row in connection.execute(newest).mappings())


def read_found(store: Database, article_ids: Iterable[str]) -> tuple[FoundArticle, ...]:
    """Return what tells stored articles from each other."""
    with store.reading() as connection:
        return tuple(
            FoundArticle(**row)
            for chunk in chunks(sorted(article_ids))
            for row in connection.execute(select(*_FOUND).where(articles.c.id.in_(chunk))).mappings()
        )


def find_articles_by_prefix(store: Database, prefix: str) -> tuple[str, ...]:
    """Return ids, up to ``MOST_FOUND``, that begin so: of articles that are stored, or were."""
    if not prefix:
        return ()
    last = prefix + "\uffff"
    found: set[str] = set()
    with store.reading() as connection:
        for column in (articles.c.id, sightings.c.article_id):
            query = select(column).where(column >= prefix, column < last).distinct().order_by(column)
            found.update(connection.execute(query.limit(MOST_FOUND)).scalars())
    return tuple(sorted(found)[:MOST_FOUND])


def find_articles_by_url(store: Database, urls: Collection[str]) -> tuple[str, ...]:
    """Return the ids of the articles, stored or removed, that any of these canonical addresses leads to."""
    query = select(article_urls.c.article_id).where(article_urls.c.url.in_(sorted(urls))).distinct()
    with store.reading() as connection:
        return tuple(sorted(connection.execute(query).scalars()))


def read_first_sightings(store: Database, article_id: str) -> tuple[FirstSighting, ...]:
    """Return which sources showed an article, the first to do so first; also of one that was removed."""
    columns = (sightings.c.source_id, sightings.c.first_seen_at, sightings.c.entry_id)
    with store.reading() as connection:
        rows = connection.execute(select(*columns).where(sightings.c.article_id == article_id)).mappings()
        found = [FirstSighting(**row) for row in rows]
    return tuple(sorted(found, key=lambda one: (one.first_seen_at or LONG_AGO, one.source_id)))


def read_known_urls(store: Database, article_id: str) -> tuple[str, ...]:
    """Return the canonical addresses that lead to an article, in order."""
    query = select(article_urls.c.url).where(article_urls.c.article_id == article_id)
    with store.reading() as connection:
        return tuple(sorted(connection.execute(query).scalars()))
