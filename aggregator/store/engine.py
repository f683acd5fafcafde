"""Opening a database: the engine, its transactions, and the migrations that bring it up to date."""

__all__ = ["describe_database_error", "find_sqlite_file", "hide_password"]

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError

from aggregator.errors import StoreError, StoreLocked
from aggregator.store.postgresql import (
    advise_on_postgresql,
    hide_secrets,
    is_lock_error,
    is_postgresql,
    make_postgresql_engine,
)

BUSY_TIMEOUT_S = 30
_BEGIN_WRITING = "BEGIN IMMEDIATE"
REVISION = "0037"
"""That of the last migration. A store that has it is opened without looking at the migrations."""
TRANSFERRING = "transfer"
"""That of a store that another one is being moved to."""
CACHE_KIB = 16_384
"""Of a database file that each connection keeps at most: with SQLite's own 2 MiB, indexes are read again."""
_DAMAGED = (
    "malformed", "not a database", "corrupt", "unsupported file format", "no such table", "no such column",
    "already exists",
)  # fmt: skip
"""Parts of what SQLite says of a file that is not what was written, or not all of it."""


def open_engine(url: str, *, is_target: bool = False) -> Engine:
    """Return an engine on the database at ``url``, migrated; raises StoreError.

    One that another store is being moved to is opened only where it is to be the target of that.
    """
    with translate_errors(url):
        engine = make_postgresql_engine(url) if is_postgresql(url) else _make_sqlite_engine(url)
        try:
            _migrate(engine, url, is_target=is_target)
        except BaseException:
            engine.dispose()
            raise
        _keep_from_making(engine, url)
        return engine


def _keep_from_making(engine: Engine, url: str) -> None:
    """Let connections make no file any more: one that was moved away is not to be replaced by an empty one.

    An empty one would take what is in the log beside it for its own.
    """
    file = find_sqlite_file(url)
    if file is None:
        return
    address = f"{file.resolve().as_uri()}?mode=rw"

    def name_existing(_: Any, __: Any, names: list[Any], options: dict[str, Any]) -> None:
        names[0], options["uri"] = address, True

    event.listen(engine, "do_connect", name_existing)


@contextmanager
def translate_errors(url: str) -> Iterator[None]:
    """Turn a database's errors into a StoreError that names the database, without its password."""
    try:
        yield
    except (SQLAlchemyError, OSError) as error:
        cause = error.orig if isinstance(error, DBAPIError) and error.orig else error
        raise describe_database_error(cause, url) from error


def describe_database_error(error: BaseException, url: str) -> StoreError:
    """Return what a driver's error says of the database at ``url``, without its password, and what to do."""
    said = (isinstance(error, OSError) and error.strerror) or str(error)
    reason = said.partition("\n")[0] or type(error).__name__
    # The low byte is the kind of an error (sqlite.org/rescode.html), the others say more of it.
    is_locked = getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY or is_lock_error(error)
    kind = StoreLocked if is_locked else StoreError
    return kind(f"{hide_password(url)}: {reason}: {advise(reason, url)}")


def hide_password(url: str) -> str:
    """Return a database's address without its password."""
    try:
        return hide_secrets(url)
    except ArgumentError:
        return "storage.database"


def advise(reason: str, url: str) -> str:
    """Return what to do about what a database at ``url`` said."""
    if is_postgresql(url):
        return advise_on_postgresql(reason)
    if any(part in reason for part in _DAMAGED):
        return f"it is damaged, or of another program: {advise_recovery(find_sqlite_file(url))}"
    known = {
        "locked": "another program holds it; try again once it is done",
        "is full": "free disk space",
        "disk I/O": "free disk space, and check the disk",
        "unable to open": "check that it is there, and that its folder can be written to",
        "Permission denied": "check that its folder can be written to",
        "File exists": "a file stands where its folder is to be; move it away",
        "Not a directory": "a file stands where a folder above it is to be; move it away",
        "readonly": "check that its folder can be written to",
        "locate revision": "it was made by a newer version; install that one",
    }
    return next((text for part, text in known.items() if part in reason), "check storage in settings.yaml")


@contextmanager
def translate_damage(url: str) -> Iterator[None]:
    """Turn what SQLite says of a damaged store, read without the engine, into a StoreError that tells it."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        if any(part in str(error) for part in _DAMAGED):
            raise StoreError(f"{url}: {error}: {advise(str(error), url)}") from error
        raise


def advise_recovery(file: Path | None) -> str:
    """Return what can be done about a database file that is damaged."""
    name = "the database" if file is None else str(file)
    return (
        f"stop what uses it, and put a backup in its place (without {name}-wal and {name}-shm); or save "
        f'what can be read with `sqlite3 {name} ".recover" | sqlite3 recovered.db`; or move it away to '
        "begin anew"
    )


def find_sqlite_file(url: str) -> Path | None:
    """Return the file of the SQLite database at ``url``, None where that is in memory or of another kind."""
    database = make_url(url)
    if database.get_backend_name() != "sqlite" or database.database in {None, "", ":memory:"}:
        return None
    return Path(str(database.database))


def _make_sqlite_engine(url: str) -> Engine:
    path = find_sqlite_file(url)
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
    # However many threads wait for the lock with a connection each, nobody waits for a connection. What was
    # used last is used next: its cache is warm, and those of the others stay small.
    pooled = {"max_overflow": -1, "pool_use_lifo": True} if path is not None else {}
    # The driver's own transactions would let DDL survive a rollback: they are off, and ours are explicit.
    connect_args = {"timeout": BUSY_TIMEOUT_S, "isolation_level": None}
    engine = create_engine(url, connect_args=connect_args, **pooled)
    event.listen(engine, "connect", _set_up)
    event.listen(engine, "begin", _begin)
    return engine


def _set_up(connection: sqlite3.Connection, _: object) -> None:
    connection.execute("PRAGMA journal_mode=WAL")
    # Survives the death of the process at any moment; a power cut may lose the last transactions, whole.
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute(f"PRAGMA cache_size=-{CACHE_KIB}")


def _begin(connection: Connection) -> None:
    # A deferred transaction that reads and then writes fails at once where another writer came between.
    options = connection.get_execution_options()
    if not options.get("is_writer", False):
        connection.exec_driver_sql("BEGIN")
    elif options.get("is_patient", True):
        connection.exec_driver_sql(_BEGIN_WRITING)
    else:
        _begin_if_free(connection)


def _begin_if_free(connection: Connection) -> None:
    connection.exec_driver_sql("PRAGMA busy_timeout = 0")
    try:
        connection.exec_driver_sql(_BEGIN_WRITING)
    finally:
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_S * 1000}")


def open_snapshot_readers(engine: Engine) -> Engine:
    """Return the engine for transactions that only read: all that one of them sees is of one moment."""
    if engine.dialect.name == "sqlite":  # as it is of itself
        return engine
    return engine.execution_options(isolation_level="REPEATABLE READ")


def is_at_hand(engine: Engine) -> bool:
    """Tell whether the database is in this process, and its writers wait for no reader."""
    if engine.dialect.name != "sqlite":
        return False
    with engine.connect() as connection:
        return connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"


def _migrate(engine: Engine, url: str, *, is_target: bool) -> None:
    with engine.begin() as connection:
        revision = _read_revision(connection)
    if revision == REVISION or (is_target and revision == TRANSFERRING):
        return
    if revision == TRANSFERRING:
        raise StoreError(
            f"{hide_password(url)}: another store is being moved to it: call `aggregator migrate-store` "
            "again, which goes on where it stopped"
        )
    # Hardly any command has something to migrate, and what does it takes long to import.
    from aggregator.store.migrations import migrate  # noqa: PLC0415

    with translate_errors(url), engine.execution_options(is_writer=True).begin() as connection:
        migrate(connection)


def _read_revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return revision
