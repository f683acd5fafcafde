"""PostgreSQL: connections, who may write when, what the database must be like, and what its errors mean."""

__all__ = ["LOCK_TIMEOUT_S", "has_news", "is_postgresql"]

import select
import time
from typing import Any
from zlib import crc32

from sqlalchemy import Connection, Engine, NullPool, create_engine, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import InvalidatePoolError, InvalidRequestError
from sqlalchemy.pool import ConnectionPoolEntry

from aggregator.errors import StoreError, StoreLocked

LOCK_TIMEOUT_S = 30
"""How long a writer waits for another one."""
IDLE_WRITER_S = 60
"""A writer that says nothing for so long is given up by the server: it was stopped or cut off."""
_CONNECT_TIMEOUT_S = 10
ASK_AFTER_S = 10.0
"""A connection that was not used for so long is asked whether it is still there."""
WRITERS = crc32(b"aggregator writers")
"""The lock of each transaction that writes: it has it alone, or shares it with others that save polls."""
_MOST_LOCKS = 200
"""Locks of one transaction: the server has room for some thousands. One that needs more writes alone."""
_SUBJECTS = crc32(b"aggregator subjects") % 2**31
"""What tells the locks of what transactions write about from others."""
_DRIVER = "postgresql+psycopg"
_OPTIONS = {
    "lock_timeout": f"{LOCK_TIMEOUT_S}s",
    # Where the other end is gone without a word, as after a power cut, its locks are free a minute later.
    "tcp_keepalives_idle": "30",
    "tcp_keepalives_interval": "10",
    "tcp_keepalives_count": "3",
}
_LOCKED = frozenset({"55P03", "40001", "40P01"})
"""SQLSTATEs of a lock that was not free in time, and of two transactions that got in each other's way."""
_CREATE = "createdb --template=template0 --encoding=UTF8 --locale=C NAME"
_BEGIN_WRITING = f"SELECT set_config('idle_in_transaction_session_timeout', '{IDLE_WRITER_S}s', true), "
_NAME_SESSION = "set_config('application_name', '{}', true), "
_ALONE = f"pg_advisory_xact_lock({WRITERS})"
_SHARED = f"pg_advisory_xact_lock_shared({WRITERS})"
_LOCK_SUBJECTS = "SELECT pg_advisory_xact_lock(%s, subject) FROM unnest(%s::int[]) AS subject"
_IF_FREE = f"pg_try_advisory_xact_lock({WRITERS})"
_ADVICE = {
    "lock timeout": "another program holds it; try again once it is done",
    "deadlock detected": "another program holds it; try again once it is done",
    "could not serialize": "another program holds it; try again once it is done",
    "psycopg": "install the driver: pip install 'aggregator[postgres]'",
    "no pq wrapper": "install the driver: pip install 'aggregator[postgres]'",
    "password": "check the user and the password in storage.database, or PGPASSWORD",
    "no pg_hba.conf entry": "let this machine and user in by the server's pg_hba.conf",
    "does not exist": f"check the name in storage.database, or make it: {_CREATE}",
    "Connection refused": "check that the server runs, and host and port in storage.database",
    "No such file": "check that the server runs, and host and port in storage.database",
    "resolve": "check the host in storage.database",
    "translate host name": "check the host in storage.database",
    "timeout expired": "check the host in storage.database, and that no firewall is between",
    "timed out": "check the host in storage.database, and that no firewall is between",
    "starting up": "try again once the server runs",
    "shutting down": "try again once the server runs",
    "terminating connection": "try again once the server runs",
    "closed the connection": "try again once the server runs",
    "connection is lost": "try again once the server runs",
    "too many": "raise the server's max_connections, or stop what else uses it",
    "permission denied": "give the user the right to make tables: GRANT ALL ON SCHEMA public TO user",
    "No space left": "free disk space on the server",
    "could not extend": "free disk space on the server",
    "locate revision": "it was made by a newer version; install that one",
    "read-only transaction": "name the server that takes writes, not a copy of it",
    "already exists": "it is of another program: name a database of its own",
}  # fmt: skip
"""What to do, by parts of what the driver or the server says."""


def is_postgresql(url: str) -> bool:
    """Tell whether a database's address is one of PostgreSQL."""
    return url.partition(":")[0].partition("+")[0] in {"postgresql", "postgres"}


def make_postgresql_engine(url: str) -> Engine:
    """Return an engine on the PostgreSQL database at ``url``.

    Raises StoreError where its texts are not UTF-8, or do not sort as bytes.
    """
    engine = _make_engine(
        complete_address(url),
        # Threads wait for the lock with a connection each, never for a connection.
        max_overflow=-1,
        pool_use_lifo=True,
    )
    event.listen(engine, "begin", _begin)
    _replace_closed(engine)
    try:
        with engine.connect() as connection:
            _check_database(connection, url)
    except BaseException:
        engine.dispose()
        raise
    return engine


def make_session_engine(url: str) -> Engine:
    """Return an engine whose connections are sessions, without transactions and each closed for good."""
    return _make_engine(complete_address(url), poolclass=NullPool, isolation_level="AUTOCOMMIT")


def _make_engine(address: URL, **options: Any) -> Engine:
    """Return an engine; a driver that is not installed is an error of the database as any other."""
    try:
        return create_engine(address, **options)
    except ImportError as error:
        raise InvalidRequestError(str(error)) from error


def has_news(connection: Any) -> bool:
    """Tell whether the server said something unasked on a connection of the driver: mostly that it ends."""
    if connection.closed:
        return True
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return bool(poll.poll(0))


def complete_address(url: str, **parameters: str) -> URL:
    """Return an address with our driver and what sessions need, as far as it does not say so itself.

    Sessions have these ``parameters`` besides, whatever it says.
    """
    address = make_url(url.replace("postgres:", "postgresql:", 1) if url.startswith("postgres:") else url)
    stated = address.query.get("options", "")
    stated = " ".join(stated) if isinstance(stated, tuple) else stated
    before, after = (
        [f"-c {name}={value}" for name, value in some.items()] for some in (_OPTIONS, parameters)
    )
    query = {"connect_timeout": str(_CONNECT_TIMEOUT_S), **address.query, "client_encoding": "utf8"}
    options = " ".join(part for part in (*before, stated, *after) if part)
    return address.set(drivername=_DRIVER, query={**query, "options": options})


def hide_secrets(url: str) -> str:
    """Return an address without its password, also where that is one of its parameters."""
    address = make_url(url)
    return address.set(query={}).render_as_string(hide_password=True)


def _replace_closed(engine: Engine) -> None:
    """Replace connections that the server closed, as when it was started anew, before they are used.

    Those used a moment ago are not asked whether they are there, unless the server said something: that takes
    as long as a statement.
    """

    def note_use(_: Any, entry: ConnectionPoolEntry) -> None:
        entry.info["used_at_s"] = time.monotonic()

    def check(connection: Any, entry: ConnectionPoolEntry, _: Any) -> None:
        is_fresh = time.monotonic() - entry.info.get("used_at_s", 0.0) < ASK_AFTER_S
        if is_fresh and not has_news(connection):
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError from error

    event.listen(engine, "checkin", note_use)
    event.listen(engine, "checkout", check)


def _check_database(connection: Connection, url: str) -> None:
    query = "SELECT current_setting('server_encoding'), 'B' < 'a' AND 'a c' < 'ab'"
    encoding, sorts_as_bytes = connection.exec_driver_sql(query).one()
    if encoding == "UTF8" and sorts_as_bytes:
        return
    found = f"its encoding is {encoding}" if encoding != "UTF8" else "its texts do not sort as bytes"
    raise StoreError(
        f"{hide_secrets(url)}: {found}, but UTF8 and the locale C are needed: make another one: {_CREATE}"
    )


def _begin(connection: Connection) -> None:
    """Let one transaction at a time write, or several that name different things that they write about.

    What reads has the isolation level that it was opened with.
    """
    options = connection.get_execution_options()
    if not options.get("is_writer", False):
        return
    names, session = options.get("names", ()), options.get("session", "")
    # A session that waits, or stops, is told by its name: it has that before any lock.
    begin = _BEGIN_WRITING + (_NAME_SESSION.format(session) if session else "")
    if names and len(names) <= _MOST_LOCKS:
        connection.exec_driver_sql(begin + _SHARED)
        # In one order for all, so that no two wait for each other.
        subjects = sorted({crc32(name.encode("utf-8", "replace")) - 2**31 for name in names})
        connection.exec_driver_sql(_LOCK_SUBJECTS, (_SUBJECTS, subjects))
    elif options.get("is_patient", True):
        connection.exec_driver_sql(begin + _ALONE)
    elif not connection.exec_driver_sql(begin + _IF_FREE).one()[-1]:
        raise StoreLocked("locked: another program holds it; try again once it is done")


def is_lock_error(error: object) -> bool:
    """Tell whether the server says that another transaction is in the way."""
    return getattr(error, "sqlstate", None) in _LOCKED


def advise_on_postgresql(reason: str) -> str:
    """Return what to do about what the driver or the server said."""
    known = (advice for part, advice in _ADVICE.items() if part in reason)
    return next(known, "check storage.database in settings.yaml, and the server's log")
