"""Which sources are to be polled or examined: those whose time has come.

A 429 pauses every source of its service until the time noted with the one that got it. The others
come back after that, each at its own moment within a tenth of the pause, an hour at the most. Nothing
is written to them.
"""

__all__ = [
    "DueSource",
    "advance_poll",
    "find_sources_to_examine",
    "list_due_sources",
    "note_examination",
    "read_due_sources",
    "read_pauses",
    "select_due_shards",
]

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, bindparam, func, or_, select, update

from aggregator.model.predicates import LONGEST_SPREAD, PHASES
from aggregator.store.database import Database
from aggregator.store.fast.driver import rows_with
from aggregator.store.fast.prepared_in import fill_places, name_places
from aggregator.store.predicates import IS_POLLED, is_paused, select_recent_pauses
from aggregator.store.schema import sources
from aggregator.store.workers.shards import SHARDS, fold_shards

AGAIN_AFTER = timedelta(days=7)
AT_A_TIME = 5
FEW_SHARDS = 32


def compute_phase(source_id: str) -> int:
    """Return a number from 0 to 999 that is always the same for a source, and spread evenly."""
    digest = hashlib.blake2b(source_id.encode("utf-8", "replace"), digest_size=8).digest()
    return int.from_bytes(digest) % PHASES


@dataclass(frozen=True, slots=True)
class DueSource:
    """A source that is to be polled since ``due_at``; ``url`` is the address that its state is of."""

    id: str
    url: str
    due_at: datetime


def list_due_sources(store: Database, now: datetime) -> tuple[str, ...]:
    """Return the ids of all sources that are to be polled, as ``read_due_sources`` has them."""
    return tuple(one.id for one in read_due_sources(store, now))


def read_due_sources(
    store: Database,
    now: datetime,
    limit: int | None = None,
    *,
    per_service: int | None = None,
    without: Sequence[str] = (),
    shards: Collection[int] | None = None,
) -> tuple[DueSource, ...]:
    """Return the sources that are to be polled, the longest due first.

    ``per_service`` keeps any one service from taking all places, None for no such limit. None is of a service
    that is paused, be it by what is stored or as one of ``without``. Of other ``shards`` than these none is;
    None for all.
    """
    if shards is not None and not shards:
        return ()
    excluded, (divisor, folded) = fill_places(without), _fold(shards or ())
    places = {f"{name}_shard": shard for name, shard in fill_places(folded).items()}
    query = _prepare_due_query(
        len(excluded), len(places), divisor, has_limit=limit is not None, is_ranked=per_service is not None
    )
    given = {
        "now": now, "since": now - LONGEST_SPREAD, "limit": limit, "per_service": per_service,
        **excluded, **places,
    }  # fmt: skip
    with store.reading() as connection:
        rows = rows_with(connection, query, given)
        return tuple(DueSource(row["source_id"], row["url"], row["next_poll_at"]) for row in rows)


def select_due_shards(now: datetime) -> Select[Any]:
    """Return the query for the shards of the sources that are to be polled."""
    pauses = select_recent_pauses(now - LONGEST_SPREAD)
    return (
        select(sources.c.shard)
        .distinct()
        .outerjoin(pauses, pauses.c.service == sources.c.service)
        .where(sources.c.next_poll_at <= now, IS_POLLED, ~is_paused(pauses, now))
    )


def read_pauses(store: Database, now: datetime) -> Mapping[str, tuple[datetime, str]]:
    """Return, by service, until when it is paused, and by which source's 429; the last end counts."""
    columns = (sources.c.service, sources.c.paused_until_at, sources.c.source_id)
    query = select(*columns).where(sources.c.paused_until_at > now).order_by(sources.c.paused_until_at)
    with store.reading() as connection:
        return {row.service: (row.paused_until_at, row.source_id) for row in connection.execute(query)}


def advance_poll(store: Database, source_id: str, at: datetime) -> None:
    """Let a source be polled at ``at`` where it would be later; one in trouble is left to its own time."""
    is_it = (sources.c.source_id == source_id) & (sources.c.next_poll_at > at)
    is_well = sources.c.outcome.in_(("updated", "not_modified"))
    with store.writing() as connection:
        connection.execute(update(sources).where(is_it, is_well).values(next_poll_at=at))


def find_sources_to_examine(store: Database, now: datetime) -> tuple[str, ...]:
    """Return configured sources that were reported as unhealthy and were not examined for a week."""
    is_old = or_(sources.c.examined_at.is_(None), sources.c.examined_at <= now - AGAIN_AFTER)
    is_ill = sources.c.told_at.is_not(None) & IS_POLLED
    query = select(sources.c.source_id).where(is_ill, is_old).order_by(sources.c.told_at).limit(AT_A_TIME)
    with store.reading() as connection:
        return tuple(connection.execute(query).scalars())


def note_examination(
    store: Database, source_id: str, url: str | None, why: str | None, now: datetime, *, is_back: bool = False
) -> None:
    """Save when a source was examined and the address that is proposed; None keeps an earlier proposal.

    One that ``is_back`` is due ``now``: its next probe may be days away. Its failures in a row are over, so
    that after another one it is tried again soon.
    """
    found: dict[str, object] = {"proposed_url": url, "proposed_why": why} if url else {}
    if is_back:
        found |= {"next_poll_at": now, "failures": 0, "failing_since_at": None}
    of_source = sources.c.source_id == source_id
    with store.writing() as connection:
        connection.execute(update(sources).where(of_source).values(examined_at=now, **found))


def _fold(shards: Collection[int]) -> tuple[int, Sequence[int]]:
    """Return by which divisor shards are told from others in a query, and their remainders.

    Few are found by an index. Hundreds would take longer to name than to compare.
    """
    return (SHARDS, sorted(shards)) if len(shards) <= FEW_SHARDS else fold_shards(frozenset(shards))


@cache
def _prepare_due_query(
    excluded: int, shards: int, divisor: int, *, has_limit: bool, is_ranked: bool
) -> Select[Any]:
    """Return the query for due sources, the longest due first: it runs every second.

    So many services can be ``excluded``, and so many ``shards`` be asked for, by their remainders, 0 for all.
    Parameters: ``now``, ``since``, from which pauses matter, ``limit`` and, where it ``is_ranked``,
    ``per_service``.
    """
    now = bindparam("now", type_=sources.c.next_poll_at.type)
    pauses = select_recent_pauses(bindparam("since", type_=sources.c.paused_until_at.type))
    services = [bindparam(name, type_=sources.c.service.type) for name in name_places(excluded)]
    of_shards = [bindparam(f"{name}_shard", type_=Integer) for name in name_places(shards)]
    shard = sources.c.shard if divisor == SHARDS else sources.c.shard % divisor
    due = (
        select(sources.c.source_id, sources.c.url, sources.c.next_poll_at, _rank().label("place"))
        .outerjoin(pauses, pauses.c.service == sources.c.service)
        .where(
            sources.c.next_poll_at <= now,
            IS_POLLED,
            ~is_paused(pauses, now),
            *([or_(sources.c.service.is_(None), sources.c.service.not_in(services))] if services else ()),
            *([shard.in_(of_shards)] if of_shards else ()),
        )
        .subquery()
    )
    query = select(due.c.source_id, due.c.url, due.c.next_poll_at).order_by(
        due.c.next_poll_at, due.c.source_id
    )
    query = query.limit(bindparam("limit", type_=Integer)) if has_limit else query
    return query.where(due.c.place <= bindparam("per_service", type_=Integer)) if is_ranked else query


def _rank() -> ColumnElement[int]:
    oldest = (sources.c.next_poll_at, sources.c.source_id)
    return func.row_number().over(partition_by=sources.c.service, order_by=oldest)
