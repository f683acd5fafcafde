"""Which sources are to be polled: those whose time has come and whose service is not paused.

A 429 pauses every source of its service until the time noted with the one that got it. The others
come back after that, each at its own moment within a tenth of the pause, an hour at the most. Nothing
is written to them. ``cadence.outcome`` decides the pause and says who else keeps it.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, Subquery, case, func, or_, select, type_coerce

from aggregator.store.schema import sources

PHASES = 1000
LONGEST_SPREAD = timedelta(hours=1)
_SPREAD_US = LONGEST_SPREAD // timedelta(microseconds=1)


def phase_of(source_id: str) -> int:
    """Return a number from 0 to 999 that is always the same for a source, and spread evenly."""
    digest = hashlib.blake2b(source_id.encode("utf-8", "replace"), digest_size=8).digest()
    return int.from_bytes(digest) % PHASES


def due_query(
    now: datetime, *, limit: int | None, per_service: int | None, without: Sequence[str] = ()
) -> Select[Any]:
    """Return the query for the ids of due sources, the longest due first.

    ``per_service`` keeps any one service from taking all places, None for no such limit; ``without`` are
    services that are not to be asked now, whatever the store knows.
    """
    paused = _recent_pauses(now)
    free_at = paused.c.until_us + paused.c.spread_us * sources.c.phase / PHASES
    now_us = type_coerce(now, sources.c.next_poll_at.type)
    due = (
        select(sources.c.source_id, sources.c.next_poll_at, _rank().label("place"))
        .outerjoin(paused, paused.c.service == sources.c.service)
        .where(
            sources.c.next_poll_at <= now,
            sources.c.is_configured,
            sources.c.is_enabled,
            or_(paused.c.service.is_(None), free_at <= now_us),
            *([or_(sources.c.service.is_(None), sources.c.service.not_in(without))] if without else ()),
        )
        .subquery()
    )
    query = select(due.c.source_id).order_by(due.c.next_poll_at, due.c.source_id).limit(limit)
    return query if per_service is None else query.where(due.c.place <= per_service)


def pauses_query(now: datetime) -> Select[Any]:
    """Return the query for service, end and source of the pauses of now, the last end first."""
    columns = (sources.c.service, sources.c.paused_until_at, sources.c.source_id)
    return select(*columns).where(sources.c.paused_until_at > now).order_by(sources.c.paused_until_at.desc())


def _rank() -> ColumnElement[int]:
    oldest = (sources.c.next_poll_at, sources.c.source_id)
    return func.row_number().over(partition_by=sources.c.service, order_by=oldest)


def _recent_pauses(now: datetime) -> Subquery:
    """The services that are paused, or were until an hour ago: the end, and the spread after it."""
    until_us = type_coerce(sources.c.paused_until_at, BigInteger)
    tenth_us = (until_us - type_coerce(sources.c.polled_at, BigInteger)) / 10
    spread_us = case((tenth_us < _SPREAD_US, tenth_us), else_=_SPREAD_US)
    columns = (func.max(until_us).label("until_us"), func.max(spread_us).label("spread_us"))
    recent = sources.c.paused_until_at > now - LONGEST_SPREAD
    return select(sources.c.service, *columns).where(recent).group_by(sources.c.service).subquery()
