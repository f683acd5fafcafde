"""One service at a time on a SQLite store."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout
from sqlalchemy import make_url

from aggregator.errors import StoreBusy


@contextmanager
def hold_store(url: str) -> Iterator[None]:
    """Hold the store at ``url`` for this process; raises StoreBusy where another one holds it.

    The lock goes with the process, however it ends. PostgreSQL serves many and is not locked.
    """
    database = make_url(url)
    if database.get_backend_name() != "sqlite" or not database.database:
        yield
        return
    path = Path(f"{database.database}.lock")
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise StoreBusy(
            f"another aggregator run uses {database.database}: stop it first, or set another storage.data_dir"
        ) from None
    try:
        yield
    finally:
        lock.release()
