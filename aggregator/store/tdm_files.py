"""What sites state in their /.well-known/tdmrep.json, kept for a day so that it is asked for once."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select

from aggregator.store.database import Database
from aggregator.store.fast.driver import upsert
from aggregator.store.schema import tdm_files

KEPT_FOR = timedelta(days=1)
Rules = tuple[tuple[str, str, str], ...]
"""Pattern of paths, whether mining is reserved (``0``, ``1``), address of the policy or ""."""


def read_tdm_file(store: Database, origin: str, now: datetime) -> Rules | None:
    """Return the rules of a site as they were read within a day; None: not read since."""
    is_fresh = tdm_files.c.read_at.between(now - KEPT_FOR, now)
    query = select(tdm_files.c.rules).where(tdm_files.c.origin == origin, is_fresh)
    with store.reading() as connection:
        rules = connection.execute(query).scalar()
    return (
        None
        if rules is None
        else tuple((location, is_reserved, policy) for location, is_reserved, policy in rules)
    )


def save_tdm_file(store: Database, origin: str, rules: Rules, now: datetime) -> None:
    """Keep the rules of a site that were read ``now``, and forget those that are older than a day."""
    row = {"origin": origin, "read_at": now, "rules": list(map(list, rules))}
    with store.writing() as connection:
        connection.execute(delete(tdm_files).where(tdm_files.c.read_at < now - KEPT_FOR))
        upsert(connection, tdm_files, [row])
