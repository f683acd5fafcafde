"""Sources in the orders that operators look at them: sorted by the database, a page at a time."""

__all__ = ["SOURCE_ORDERS", "count_configured_sources", "list_sorted_sources", "read_all_posts"]

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, case, func, select

from aggregator.store.database import Database
from aggregator.store.schema import sources

_STANDING = case(
    (~sources.c.is_enabled, 6),
    (sources.c.polled_at.is_(None), 4),
    (sources.c.proposed_url.is_not(None), 3),
    (sources.c.outcome == "gone", 0),
    (sources.c.failures > 0, 1),
    (sources.c.quarantined_at.is_not(None), 2),
    else_=5,
)
"""The worst first: gone, failing, quarantined, moved, new, well, off."""
SOURCE_ORDERS: Mapping[str, Sequence[ColumnElement[Any]]] = {
    "id": (),
    "standing": (_STANDING, sources.c.failures.desc()),
    "polled": (sources.c.polled_at.is_(None), sources.c.polled_at.desc()),
}
"""By name, what sources are sorted by; those that are alike, by their ids."""


def list_sorted_sources(
    store: Database, order: str, *, start: int = 0, most: int | None = None
) -> tuple[str, ...]:
    """Return ids of configured sources in an order of ``SOURCE_ORDERS``: ``most`` from a place on."""
    query = select(sources.c.source_id).where(sources.c.is_configured)
    query = query.order_by(*SOURCE_ORDERS[order], sources.c.source_id).offset(start).limit(most)
    with store.reading() as connection:
        return tuple(connection.execute(query).scalars())


def count_configured_sources(store: Database) -> int:
    """Return how many sources are configured."""
    with store.reading() as connection:
        return connection.execute(select(func.count()).where(sources.c.is_configured)).scalar_one()


def read_all_posts(store: Database) -> Sequence[tuple[str, Sequence[tuple[int, int]], datetime | None]]:
    """Return each configured source with its posts, and when it was first polled; None: not yet."""
    query = select(sources.c.source_id, sources.c.posts, sources.c.first_polled_at)
    with store.reading() as connection:
        return [tuple(row) for row in connection.execute(query.where(sources.c.is_configured))]
