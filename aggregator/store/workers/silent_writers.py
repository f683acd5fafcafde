"""Transactions of workers that are gone, or say nothing: the server ends them, as they hold up all others.

Which worker a transaction is of, its session says; that a worker is there, it says by another connection.
"""

__all__ = ["end_silent_writers", "watch_silent_writers"]

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread

from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from aggregator.store.database import Database
from aggregator.store.postgresql import make_session_engine
from aggregator.store.workers.worker_queue import QUEUE, WRITER

LOOK_EVERY_S = 1.0
_HAS_WORKERS = text(f"SELECT to_regclass('{QUEUE}.procrastinate_workers') IS NOT NULL")
_END = text(
    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"  # noqa: S608  # our own names
    f" WHERE datname = current_database() AND application_name LIKE '{WRITER}%'"
    f" AND NOT EXISTS (SELECT FROM {QUEUE}.procrastinate_workers AS w"
    f" WHERE application_name = '{WRITER}' || w.id"
    " AND w.last_heartbeat >= now() - make_interval(secs => :silent_s))"
)


def end_silent_writers(store: Database, silent_s: float) -> int:
    """End the transactions of workers that are gone, or silent for so many seconds; return how many."""
    with store.reading() as connection:
        return _end(connection, silent_s)


@contextmanager
def watch_silent_writers(url: str, silent_s: float, on_ended: Callable[[int], None]) -> Iterator[None]:
    """End such transactions as long as this lasts, in the database at ``url``, which need not be a store yet.

    ``on_ended`` is called in a thread with how many. So one that begins alone is not kept from it.
    """
    is_over = Event()
    watch = Thread(target=_watch, args=(url, silent_s, on_ended, is_over), name="silent writers", daemon=True)
    watch.start()
    try:
        yield
    finally:
        is_over.set()
        watch.join()


def _watch(url: str, silent_s: float, on_ended: Callable[[int], None], is_over: Event) -> None:
    engine = make_session_engine(url)
    while not is_over.wait(LOOK_EVERY_S):
        with suppress(SQLAlchemyError):  # the server is away, and whoever needs the store says so
            with engine.connect() as connection:
                ended = _end(connection, silent_s)
            if ended:
                on_ended(ended)


def _end(connection: Connection, silent_s: float) -> int:
    if not connection.execute(_HAS_WORKERS).scalar():
        return 0
    return int(connection.execute(_END, {"silent_s": silent_s}).scalar_one())
