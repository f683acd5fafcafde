"""One service at a time on a SQLite store."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from aggregator.errors import StoreBusy
from aggregator.store.engine import sqlite_file, translate_errors

if TYPE_CHECKING:
    from filelock import FileLock


@contextmanager
def lock_store(url: str) -> Iterator[None]:
    """Lock the store at ``url`` for this process; raises StoreBusy where another one holds it.

    The lock is a file beside the database and goes with the process, however it ends; StoreError where
    it cannot be made. PostgreSQL serves many and is not locked.
    """
    with translate_errors(url):
        lock = _acquire_lock(url)
    try:
        yield
    finally:
        if lock is not None:
            lock.release()


def _acquire_lock(url: str) -> "FileLock | None":
    # Only a service asks for it, and every command that opens a store imports this module.
    from filelock import FileLock, Timeout  # noqa: PLC0415

    database = sqlite_file(url)
    if database is None:
        return None
    path = Path(f"{database}.lock")
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise StoreBusy(
            f"another aggregator run uses {database}: stop it first, or set another storage.data_dir"
        ) from None
    return lock
