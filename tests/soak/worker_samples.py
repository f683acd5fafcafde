"""What is seen of workers every few seconds: their memory and handles, the database, and how late feeds are."""

import json
import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields
from pathlib import Path
from statistics import median, quantiles

from sqlalchemy import bindparam, text

from aggregator.store import Store
from tests.processes import resident_bytes

_LOST = (OSError, ValueError, IndexError)
"""What is raised where a process has just ended."""
_COUNTS = (
    "SELECT (SELECT count(*) FROM sightings), (SELECT count(*) FROM marks), pg_database_size(current_database()),"
    " (SELECT count(*) FROM pg_stat_activity)"
)
_FIRST_SEEN = text("SELECT id, first_seen_at FROM articles WHERE id IN :ids").bindparams(
    bindparam("ids", expanding=True)
)


@dataclass(frozen=True, kw_only=True, slots=True)
class WorkerSample:
    """What was seen at a time, of all workers together where nothing else is said; None: nothing was to be seen.

    ``lag_s`` is from when an article was first seen to when a feed showed it, in the middle and at the 99th
    percentile of those that were shown since the last sample; ``delay_s`` is from when it was written.
    """

    at_s: float
    workers: int
    kills: int
    resident_mib: float
    largest_mib: float
    handles: int
    sessions: int
    database_mib: float
    written: int
    stored: int
    marks: int
    lag_s: float | None = None
    lag_99_s: float | None = None
    delay_s: float | None = None


COLUMNS = tuple(one.name for one in fields(WorkerSample))


@dataclass(kw_only=True, slots=True)
class ShownItems:
    """The items that the feed of all articles has shown so far, below ``tree``."""

    tree: Path
    known: set[str] = field(default_factory=set)
    twice: set[str] = field(default_factory=set)
    addresses: dict[str, str] = field(default_factory=dict)

    def look(self) -> tuple[float, Mapping[str, str]]:
        """Return when the feed was written, and the addresses of what it shows newly, by the ids of articles."""
        path = self.tree / "all" / "articles" / "feed.json"
        try:
            at_s, items = path.stat().st_mtime, json.loads(path.read_bytes())["items"]
        except FileNotFoundError:
            return 0.0, {}
        new = {item["id"]: item["url"] for item in items if item["id"] not in self.known}
        ids = [item["id"] for item in items]
        self.twice |= {one for one in ids if ids.count(one) > 1} if len(set(ids)) < len(ids) else set()
        self.twice |= {url for one, url in new.items() if self.addresses.setdefault(url, one) != one}
        self.known |= new.keys()
        return at_s, {one.rpartition(":")[2]: url for one, url in new.items()}


def measure_processes(pids: Iterable[int]) -> tuple[list[float], int]:
    """Return the memory of each process that is there, in MiB, and the handles of all."""
    sizes, handles = [], 0
    for pid in pids:
        with suppress(*_LOST):
            sizes.append(resident_bytes(pid) / 2**20)
            handles += len(os.listdir(f"/proc/{pid}/fd"))  # noqa: PTH208  # their number
    return sizes, handles


def measure_store(store: Store) -> tuple[int, int, float, int]:
    """Return how many entries were seen, and marks are left, the size in MiB, and the sessions of the server."""
    with store.reading() as connection:
        stored, marks, size, sessions = connection.execute(text(_COUNTS)).one()
    return int(stored), int(marks), size / 2**20, int(sessions)


def measure_lags(store: Store, shown_at_s: float, ids: Iterable[str]) -> tuple[float | None, float | None]:
    """Return the lag of what a feed shows since ``shown_at_s``, in the middle and at the 99th percentile."""
    wanted = list(ids)
    if not wanted:
        return None, None
    with store.reading() as connection:
        rows = connection.execute(_FIRST_SEEN, {"ids": wanted}).all()
    lags = sorted(max(shown_at_s - seen_at / 1_000_000, 0.0) for _, seen_at in rows)
    if not lags:
        return None, None
    return median(lags), (quantiles(lags, n=100)[98] if len(lags) > 1 else lags[0])
