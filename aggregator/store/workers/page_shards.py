"""In which shards publishers are to be asked for something."""

__all__ = ["find_due_shards"]

from datetime import datetime
from typing import Any

from sqlalchemy import Select, select, union

from aggregator.store.articles.disappearances import is_check_due
from aggregator.store.database import Database
from aggregator.store.predicates import needs_amp_proof, needs_page
from aggregator.store.schema import articles
from aggregator.store.schema.disappearances import disappeared_articles
from aggregator.store.sources.due_sources import select_due_shards

LOOKED_AT = 5_000
"""The newest articles of each kind that tell it: where more are due, their shards come by being polled."""


def find_due_shards(store: Database, now: datetime, *, has_pages: bool = False) -> frozenset[int]:
    """Return the shards of the sources that are to be polled by ``now``.

    Where it ``has_pages``, those of pages that are to be asked for, first or again, as well.
    """
    shard, newest = articles.c.page_shard, articles.c.first_seen_at.desc()
    of_article = articles.c.id == disappeared_articles.c.article_id
    pages = (
        select(shard).where(needs_page(now)).order_by(newest).limit(LOOKED_AT),
        select(shard).where(needs_amp_proof(now)).order_by(newest).limit(LOOKED_AT),
        select(shard).join(disappeared_articles, of_article).where(is_check_due(now)).limit(LOOKED_AT),
    )
    queries: list[Select[Any]] = [select_due_shards(now)]
    queries += [select(query.subquery().c.page_shard).distinct() for query in pages if has_pages]
    with store.reading() as connection:
        return frozenset(connection.execute(union(*queries)).scalars())
