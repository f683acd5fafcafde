"""In which shards there are pages to be asked for."""

__all__ = ["find_page_shards"]

from datetime import datetime

from sqlalchemy import select

from aggregator.store.articles.disappearances import is_check_due
from aggregator.store.database import Database
from aggregator.store.predicates import needs_amp_proof, needs_page
from aggregator.store.schema import articles
from aggregator.store.schema.disappearances import disappeared_articles

LOOKED_AT = 5_000
"""The newest articles of each kind that tell it: where more are due, their shards come by being polled."""


def find_page_shards(store: Database, now: datetime) -> frozenset[int]:
    """Return the shards of the pages that are to be asked for by ``now``, first or again."""
    shard, newest = articles.c.page_shard, articles.c.first_seen_at.desc()
    of_article = articles.c.id == disappeared_articles.c.article_id
    queries = (
        select(shard).where(needs_page(now)).order_by(newest).limit(LOOKED_AT),
        select(shard).where(needs_amp_proof(now)).order_by(newest).limit(LOOKED_AT),
        select(shard).join(disappeared_articles, of_article).where(is_check_due(now)).limit(LOOKED_AT),
    )
    found: set[int] = set()
    with store.reading() as connection:
        for query in queries:
            due = query.subquery()
            found.update(connection.execute(select(due.c.page_shard).distinct()).scalars())
    return frozenset(found)
