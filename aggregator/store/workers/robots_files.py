"""What sites' robots.txt said when a worker read them: the next one that has their shard goes by it."""

__all__ = ["MOST_ROBOTS_CHARS", "forget_robots_files", "read_robots_file", "save_robots_file"]

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select

from aggregator.model.clock_skew import SKEW
from aggregator.model.robots_files import ROBOTS_FOR, RobotsFile
from aggregator.store.database import Database
from aggregator.store.fast.driver import upsert
from aggregator.store.schema.robots_files import robots_files

MOST_ROBOTS_CHARS = 65_536
"""What is longer is not kept: each worker reads it for itself."""
MOST = 10_000
"""Sites of which it is kept when the store is pruned, those that were read last."""


def read_robots_file(store: Database, origin: str, now: datetime) -> RobotsFile | None:
    """Return what was read of a site and still counts, None where nothing is."""
    of_it = robots_files.c.digest == _digest(origin)
    is_fresh = robots_files.c.read_at.between(now - ROBOTS_FOR, now + SKEW)
    with store.reading() as connection:
        row = connection.execute(select(robots_files).where(of_it, is_fresh)).first()
    return None if row is None else RobotsFile(text=row.text, age=max(now - row.read_at, timedelta(0)))


def save_robots_file(store: Database, origin: str, text: str | None, now: datetime) -> None:
    """Keep what was read of a site, None: it could not be had; what is too long is not kept."""
    if len(text or "") > MOST_ROBOTS_CHARS:
        return
    stored = None if text is None else text.replace("\0", "")  # which PostgreSQL keeps no text with
    row = {"digest": _digest(origin), "origin": origin, "text": stored, "read_at": now}
    with store.writing() as connection:
        upsert(connection, robots_files, [row])


def forget_robots_files(store: Database, now: datetime) -> None:
    """Forget what counts no more by ``now``, and all but the 10,000 that were read last."""
    read_at = robots_files.c.read_at
    last = select(read_at).order_by(read_at.desc()).offset(MOST - 1).limit(1).scalar_subquery()
    is_over = or_(read_at < now - ROBOTS_FOR, read_at > now + SKEW, read_at < last)
    with store.writing() as connection:
        connection.execute(delete(robots_files).where(is_over))


def _digest(origin: str) -> str:
    return hashlib.blake2b(origin.encode("utf-8", "replace"), digest_size=16).hexdigest()
