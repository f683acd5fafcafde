"""Under which names the publishers of the newest articles are stored, counted by the database."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Text, case, func, select, type_coerce

from aggregator.store.database import Database
from aggregator.store.rows import provider_name
from aggregator.store.schema import articles

LATEST = timedelta(days=14)
"""Before the newest article that is stored: what a publisher was called earlier does not matter."""


@dataclass(frozen=True, kw_only=True, slots=True)
class NamedArticles:
    """How many articles of a publisher have a name from one ``origin``: page, entry, config, or feed."""

    domain: str
    name: str
    origin: str
    articles: int


def count_named_articles(store: Database) -> tuple[NamedArticles, ...]:
    """Return the names of all publishers of the newest articles; imported records do not count."""
    said = type_coerce(articles.c.origins, Text)
    origin = case(
        *((said.like(f'%"provider":"{name}"%'), name) for name in ("page", "entry", "config")), else_="feed"
    )
    provider = type_coerce(articles.c.provider, Text)
    columns = (articles.c.provider_domain, provider.label("provider"), origin.label("origin"))
    newest = select(articles.c.seen_at).order_by(articles.c.seen_at.desc()).limit(1)
    with store.reading() as connection:
        newest_at = connection.execute(newest).scalar()
        if newest_at is None:
            return ()
        query = (
            select(*columns, func.count().label("articles"))
            .where(articles.c.seen_at >= newest_at - LATEST, articles.c.imported.is_(None))
            .group_by(*columns)
        )
        rows = connection.execute(query).all()
    return tuple(
        NamedArticles(
            domain=row.provider_domain,
            name=provider_name(row.provider),
            origin=row.origin,
            articles=row.articles,
        )
        for row in rows
    )
