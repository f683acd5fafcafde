"""Which stored articles editors mean, by an id, by an address or by a publisher's host."""

__all__ = [
    "find_known_names",
    "find_named_articles",
    "find_twins",
    "mark_articles",
    "read_names",
    "read_names_about",
]

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, or_, select

from aggregator.store.database import Database, chunks
from aggregator.store.fast.driver import upsert
from aggregator.store.fast.prepared_in import prepare_in, rows_among
from aggregator.store.marks import MarkKind, add_marks
from aggregator.store.schema import article_urls, articles, notes, sightings
from aggregator.store.shown.corrections import mark_corrections_of

_NAMES = (articles.c.id, articles.c.canonical_url, articles.c.provider_domain, articles.c.web_url)
_NAMES_OF = prepare_in(articles.c.id, lambda is_wanted: select(*_NAMES).where(is_wanted))


@dataclass(frozen=True, kw_only=True, slots=True)
class ArticleNames:
    """What an article can be named by: its id, its addresses, and its publisher's domain."""

    id: str
    canonical_url: str | None
    provider_domain: str
    web_url: str | None


def read_names(store: Database, article_ids: Collection[str]) -> tuple[ArticleNames, ...]:
    """Return what these articles can be named by, as far as they are stored."""
    with store.reading() as connection:
        return tuple(ArticleNames(**row) for row in rows_among(connection, _NAMES_OF, set(article_ids)))


def read_names_about(store: Database, host: str) -> tuple[ArticleNames, ...]:
    """Return all articles in whose publisher's domain or address the name of a host stands, at any place.

    It goes through all addresses: only for what is asked once.
    """
    is_about = or_(
        articles.c.provider_domain.endswith(host, autoescape=True),
        articles.c.canonical_url.contains(host, autoescape=True),
    )
    with store.reading() as connection:
        rows = connection.execute(select(*_NAMES).where(is_about)).mappings()
        return tuple(ArticleNames(**row) for row in rows)


def find_named_articles(store: Database, names: Collection[str]) -> dict[str, str]:
    """Return the ids of stored articles by what names them: their id, or an address they are known by."""
    found: dict[str, str] = {}
    with store.reading() as connection:
        for chunk in chunks(sorted(names)):
            ids = connection.execute(select(articles.c.id).where(articles.c.id.in_(chunk))).scalars()
            found.update((id_, id_) for id_ in ids)
            named = (
                select(article_urls.c.url, articles.c.id)
                .join(articles, articles.c.id == article_urls.c.article_id)
                .where(article_urls.c.url.in_(chunk))
            )
            found.update((row.url, row.id) for row in connection.execute(named))
    return found


def find_twins(store: Database, article_ids: Collection[str]) -> frozenset[str]:
    """Return other records of these articles: of the same publisher, and leading to the same address."""
    found: set[str] = set()
    with store.reading() as connection:
        for domain, ids_of in _read_addresses(connection, article_ids).items():
            for chunk in chunks(sorted(ids_of)):
                are_theirs = (articles.c.provider_domain == domain) & articles.c.web_url.in_(chunk)
                rows = connection.execute(select(articles.c.id, articles.c.web_url).where(are_theirs))
                found.update(row.id for row in rows if ids_of[row.web_url] - {row.id})
    return frozenset(found)


def _read_addresses(connection: Connection, article_ids: Collection[str]) -> dict[str, dict[str, set[str]]]:
    """Return by publisher the addresses of articles, with the ids of those that have each."""
    found: dict[str, dict[str, set[str]]] = {}
    for chunk in chunks(sorted(article_ids)):
        for row in connection.execute(select(*_NAMES).where(articles.c.id.in_(chunk))):
            of_publisher = found.setdefault(row.provider_domain, {})
            for url in filter(None, (row.web_url, row.canonical_url)):
                of_publisher.setdefault(url, set()).add(row.id)
    return found


def find_known_names(store: Database, names: Collection[str]) -> frozenset[str]:
    """Return those of the ids and addresses that an article has, or had before it was removed."""
    found: set[str] = set()
    with store.reading() as connection:
        for chunk in chunks(sorted(names)):
            for column in (article_urls.c.url, article_urls.c.article_id, sightings.c.article_id):
                found.update(connection.execute(select(column).where(column.in_(chunk))).scalars())
    return frozenset(found)


def mark_articles(
    store: Database, article_ids: Iterable[str], *, pictured: Iterable[str] = (), values: Mapping[str, str]
) -> None:
    """Mark articles, with the feeds that tell of what was corrected of them; keep notes of why.

    Those ``pictured`` are to have their pictures looked at. That is one transaction.
    """
    marked = sorted(article_ids)
    with store.writing() as connection:
        add_marks(connection, MarkKind.ARTICLE, marked)
        mark_corrections_of(connection, marked)
        add_marks(connection, MarkKind.PICTURE, sorted(pictured))
        upsert(connection, notes, [{"key": key, "value": value} for key, value in values.items()])
