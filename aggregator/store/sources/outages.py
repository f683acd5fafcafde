"""Outages of our own network: which processes are in one, and what was counted against sources before.

Each process has its own network, and says of itself how it is: a note with an entry for each that is in an
outage. One that does not say so any more, as it was ended, does not count.
"""

__all__ = [
    "SAID_EVERY",
    "NotedOutage",
    "end_outage",
    "forgive_failures",
    "note_outage",
    "read_outages",
]

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, select, update

from aggregator.store.database import Database
from aggregator.store.fast.driver import upsert
from aggregator.store.schema import notes, sources

NOTE = "network outages"
SAID_EVERY = timedelta(minutes=1)
"""How often a process says that it is still in one."""
BELIEVED_FOR = 3 * SAID_EVERY


@dataclass(frozen=True, kw_only=True, slots=True)
class NotedOutage:
    """An outage of the network of one process: ``where`` it is, since when, and what to do."""

    where: str
    since_at: datetime
    problem: str


def note_outage(store: Database, outage: NotedOutage, now: datetime) -> None:
    """Note that a process is in an outage ``now``."""
    with store.writing() as connection:
        kept = _read(connection, now)
        kept[outage.where] = (now.isoformat(), outage.since_at.isoformat(), outage.problem)
        _write(connection, kept)


def end_outage(store: Database, where: str, now: datetime) -> None:
    """Note that a process is in no outage any more."""
    with store.writing() as connection:
        kept = _read(connection, now)
        if kept.pop(where, None) is not None:
            _write(connection, kept)


def read_outages(store: Database, now: datetime) -> tuple[NotedOutage, ...]:
    """Return the outages that there are, by the processes that are in them."""
    with store.reading() as connection:
        kept = _read(connection, now)
    return tuple(
        NotedOutage(where=where, since_at=datetime.fromisoformat(since_at), problem=problem)
        for where, (_, since_at, problem) in sorted(kept.items())
    )


def forgive_failures(store: Database, services: Sequence[str], since: datetime, now: datetime) -> int:
    """Take back what was counted against sources of these services since a time; return of how many.

    They are due ``now``.
    """
    are_these = (
        sources.c.service.in_(services)
        & (sources.c.failing_since_at >= since)
        & (sources.c.outcome == "failed")
    )
    forgiven = {"failures": 0, "failing_since_at": None, "next_poll_at": now}
    with store.writing() as connection:
        return connection.execute(update(sources).where(are_these).values(forgiven)).rowcount


def _read(connection: Connection, now: datetime) -> dict[str, tuple[str, str, str]]:
    value = connection.execute(select(notes.c.value).where(notes.c.key == NOTE)).scalar()
    kept: Mapping[str, tuple[str, str, str]] = json.loads(value or "{}")
    oldest = now - BELIEVED_FOR
    return {where: said for where, said in kept.items() if datetime.fromisoformat(said[0]) >= oldest}


def _write(connection: Connection, kept: Mapping[str, tuple[str, str, str]]) -> None:
    upsert(connection, notes, [{"key": NOTE, "value": json.dumps(kept)}])
