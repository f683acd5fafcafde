"""Under which names the publishers of the newest articles are stored, counted by the database."""

__all__ = ["NamedArticles", "count_named_articles", "list_publisher_domains", "list_publisher_names"]

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, Text, bindparam, case, func, select, type_coerce

from aggregator.store.database import Database
from aggregator.store.fast.driver import rows_with
from aggregator.store.rows import provider_name
from aggregator.store.schema import articles

NEWEST = 200
"""Articles of a publisher that its name follows from: what it was called earlier does not matter."""


@dataclass(frozen=True, kw_only=True, slots=True)
class NamedArticles:
    """How many articles of a publisher have a name from one ``origin``: page, entry, config, or feed."""

    domain: str
    name: str
    origin: str
    articles: int


def list_publisher_domains(store: Database) -> tuple[str, ...]:
    """Return the domains of all publishers that have an article."""
    query = select(articles.c.provider_domain).distinct().order_by(articles.c.provider_domain)
    with store.reading() as connection:
        return tuple(connection.execute(query).scalars())


def list_publisher_names(store: Database) -> tuple[str, ...]:
    """Return the names of all publishers that have an article, as articles have them."""
    query = select(type_coerce(articles.c.provider, Text)).distinct()
    with store.reading() as connection:
        return tuple(sorted({provider_name(text) for text in connection.execute(query).scalars()} - {""}))


def count_named_articles(store: Database, domain: str) -> tuple[NamedArticles, ...]:
    """Return the names of a publisher in its newest articles; imported records do not count."""
    with store.reading() as connection:
        rows = list(rows_with(connection, _NAMES, {"of_domain": domain, "most": NEWEST}))
    return tuple(
        NamedArticles(
            domain=domain,
            name=provider_name(row["provider"]),
            origin=row["origin"],
            articles=row["articles"],
        )
        for row in rows
    )


def _select_names() -> Select[Any]:
    newest = (
        select(articles.c.provider, articles.c.origins)
        .where(articles.c.provider_domain == bindparam("of_domain"), articles.c.imported.is_(None))
        .order_by(articles.c.seen_at.desc(), articles.c.id)
        .limit(bindparam("most"))
        .subquery()
    )
    said = type_coerce(newest.c.origins, Text)
    origin = case(
        *((said.like(f'%"provider":"{name}"%'), name) for name in ("page", "entry", "config")), else_="feed"
    )
    provider = type_coerce(newest.c.provider, Text)
    columns = (provider.label("provider"), origin.label("origin"))
    return select(*columns, func.count().label("articles")).group_by(*columns)


_NAMES = _select_names()
