"""The lock of a service on a PostgreSQL store: of a session, and taken again where the server went away."""

from collections.abc import Callable
from contextlib import suppress
from threading import Event, Thread
from typing import Any
from zlib import crc32

from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from aggregator.store.postgresql import make_session_engine

LOOK_EVERY_S = 5.0
"""How often it is looked whether the session is still there."""
MISSES = 3
"""How often in a row another is found to have the lock before that counts: it may be our own old session."""
SERVICE = crc32(b"aggregator service")
_TAKE, _SHARE = (
    text(
        f"SELECT {lock}(:service), pid, backend_start FROM pg_stat_activity"  # noqa: S608  # one of two names
        " WHERE pid = pg_backend_pid()"
    ).bindparams(service=SERVICE)
    for lock in ("pg_try_advisory_lock", "pg_try_advisory_lock_shared")
)
_END = text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = :pid AND backend_start = :began"
)


class ServiceLock:
    """The lock, and the thread that keeps it; ``on_taken`` is called in that where another service has it.

    Workers have it together where it ``is_shared``, and a service alone.
    """

    def __init__(self, url: str, on_taken: Callable[[], None], *, is_shared: bool = False) -> None:
        self._take_statement = _SHARE if is_shared else _TAKE
        self._engine = make_session_engine(url)
        self._on_taken = on_taken
        self._connection: Connection | None = None
        self._session: dict[str, Any] = {}
        self._stopped = Event()
        self._keeper = Thread(target=self._keep, name="store lock", daemon=True)

    def acquire(self) -> bool:
        """Take the lock and keep it; False where another service has it."""
        if not self._take():
            return False
        self._keeper.start()
        return True

    def release(self) -> None:
        """Give the lock back."""
        self._stopped.set()
        self._keeper.join()
        if self._connection is not None:
            # The server gives the lock of a session that ends back only when it has seen that it ended.
            with suppress(SQLAlchemyError):
                self._connection.exec_driver_sql("SELECT pg_advisory_unlock_all()")
        self._drop()

    def _take(self) -> bool:
        connection = self._engine.connect()
        if self._session:  # where the network was cut, the server may not know that it is gone
            connection.execute(_END, self._session)
        is_ours, pid, began = connection.execute(self._take_statement).one()
        if not is_ours:
            connection.close()
            return False
        self._connection, self._session = connection, {"pid": pid, "began": began}
        return True

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.invalidate()
            self._connection.close()
            self._connection = None

    def _keep(self) -> None:
        misses = 0
        while misses < MISSES and not self._stopped.wait(LOOK_EVERY_S):
            try:
                misses = 0 if self._is_held() or self._take() else misses + 1
            except SQLAlchemyError:  # the server is away, and whoever needs the store says so
                self._drop()
        if misses:
            self._on_taken()

    def _is_held(self) -> bool:
        if self._connection is not None:
            self._connection.exec_driver_sql("SELECT 1")
        return self._connection is not None
