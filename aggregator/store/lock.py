"""One service at a time on a store."""

__all__ = ["lock_store"]

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from aggregator.errors import StoreBusy
from aggregator.store.engine import find_sqlite_file, translate_errors
from aggregator.store.postgresql import hide_secrets, is_postgresql

Release = Callable[[], None]


@contextmanager
def lock_store(
    url: str, *, on_taken: Callable[[str], None] = lambda _: None, is_shared: bool = False
) -> Iterator[None]:
    """Lock the store at ``url`` for this process; raises StoreBusy where another one holds it.

    The lock goes with the process, however it ends; StoreError where it cannot be had. On SQLite it is a file
    beside the database. On PostgreSQL it goes with the server, too, and is taken again: where another
    service is quicker, ``on_taken`` is called in a thread with what happened, and the process is to end. Many
    may hold one that ``is_shared``, which is for PostgreSQL alone.
    """
    with translate_errors(url):
        release = _lock_session(url, on_taken, is_shared=is_shared) if is_postgresql(url) else _lock_file(url)
    try:
        yield
    finally:
        release()


def _lock_session(url: str, on_taken: Callable[[str], None], *, is_shared: bool) -> Release:
    from aggregator.store.workers.service_lock import ServiceLock  # noqa: PLC0415  # hardly any command needs it

    name, advice = hide_secrets(url), "stop it first, or name another storage.database"
    told = f"another aggregator run uses {name}, or a worker does: {advice}"
    if is_shared:
        told = f"an aggregator run uses {name}: {advice}"
    lock = ServiceLock(url, lambda: on_taken(told), is_shared=is_shared)
    if not lock.acquire():
        raise StoreBusy(told)
    return lock.release


def _lock_file(url: str) -> Release:
    # Only a service asks for it, and every command that opens a store imports this module.
    from filelock import FileLock, Timeout  # noqa: PLC0415

    database = find_sqlite_file(url)
    if database is None:
        return lambda: None
    path = Path(f"{database}.lock")
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise StoreBusy(
            f"another aggregator run uses {database}: stop it first, or set another storage.data_dir"
        ) from None
    return lock.release
