"""Which articles are to be enriched, and keeping what was found."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from sqlalchemy import or_, select

from aggregator.machine.clock_skew import SKEW
from aggregator.model import Article
from aggregator.store.edits import Edit, unchanged
from aggregator.store.fast.driver import upsert
from aggregator.store.rows import article_of
from aggregator.store.schema import article_urls, articles
from aggregator.store.store import Store
from aggregator.store.write import write_articles

FRESH = timedelta(days=2)
PROOF_HOLDS = timedelta(days=3)
"""How long an AMP page stays proved before it is looked at again."""


def articles_to_enrich(
    store: Store, now: datetime, limit: int, *, without: Collection[str] = ()
) -> tuple[Article, ...]:
    """Return articles whose page was not read yet, and those whose AMP page is to be proved again.

    The newest come first; what was first seen more than two days ago and never read is let be.
    """
    unread = articles.c.enriched_at.is_(None) & (articles.c.first_seen_at >= now - FRESH)
    checked_at = articles.c.amp_checked_at
    is_old = or_(checked_at < now - PROOF_HOLDS, checked_at > now + SKEW)
    unproved = articles.c.amp_url.is_not(None) & is_old
    query = (
        select(articles)
        .where(or_(unread, unproved), articles.c.imported.is_(None), ~articles.c.is_quarantined)
        .where(*([articles.c.source_id.not_in(without)] if without else ()))
        .order_by(articles.c.first_seen_at.desc(), articles.c.id)
        .limit(limit)
    )
    with store.reading() as connection:
        return tuple(article_of(row) for row in connection.execute(query).mappings())


def save_enriched(store: Store, edit: Edit, urls: Mapping[str, str]) -> bool:
    """Keep an enriched article and its new addresses; False where it was changed or removed meanwhile.

    ``edit`` has what enrichment began with: an edit that came in between is not overwritten.
    """
    with store.writing() as connection:
        if not unchanged(connection, [edit]):
            return False
        write_articles(connection, [edit.after])
        known = select(article_urls.c.url).where(article_urls.c.url.in_(list(urls)))
        taken = set(connection.execute(known).scalars())
        fresh = [{"url": url, "article_id": id_} for url, id_ in urls.items() if url not in taken]
        upsert(connection, article_urls, fresh)
        return True
