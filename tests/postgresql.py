"""A PostgreSQL server for the tests, where one is installed.

The program itself opens SQLite alone; the statements of its store are to do the same on both.
"""

import os
import pwd
import shutil
import subprocess
from contextlib import contextmanager
from functools import partial
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import NullPool, create_engine, event

from aggregator.store.store import Store

_MIGRATED = "migrated"
_WRITERS = 1
"""The lock that each transaction that writes takes: as on SQLite, there is one at a time."""
_SERVER_USERS = ("postgres", "nobody")
"""Whose the server is where the tests are run by root, which it refuses."""


def find_missing():
    """Return what is not installed that a server and its driver need, None where all is."""
    programs = {name: find_program(name) for name in ("initdb", "pg_ctl", "postgres")}
    missing = [name for name, path in programs.items() if path is None]
    return missing[0] if missing else None if find_spec("psycopg") else "psycopg"


def find_program(name):
    """Return the path of one of PostgreSQL's programs, which Debian has beside the PATH."""
    folders = map(str, sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True))
    return shutil.which(name) or shutil.which(name, path=os.pathsep.join(folders))


@contextmanager
def run_postgresql():
    """Give a server with an empty store to be copied, and stop it at the end."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        run = partial(subprocess.run, cwd=folder, check=True, capture_output=True, **_give_away(folder))
        data = ("--pgdata", str(folder / "data"))
        initialise = (find_program("initdb"), *data, "--username=tests", "--auth=trust", "--no-sync")
        run([*initialise, "--encoding=UTF8", "--locale=C"])
        options = f"-c listen_addresses='' -c fsync=off -k {folder}"
        control = (find_program("pg_ctl"), *data, "--wait")
        run([*control, "start", "--log", str(folder / "log"), "--options", options])
        try:
            server = PostgreSQL(folder)
            server.create_empty_store()
            yield server
        finally:
            run([*control, "stop", "--mode", "immediate"])


def _give_away(folder):
    """Return as whom a server can be run in a folder, where that is not who runs the tests."""
    if os.getuid() != 0:
        return {}
    users = {one.pw_name: one for one in pwd.getpwall()}
    user = next(users[name] for name in _SERVER_USERS if name in users)
    os.chown(folder, user.pw_uid, user.pw_gid)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


class PostgreSQL:
    """A server that listens in its folder; its users may do all."""

    def __init__(self, folder):
        self._folder = folder
        self._numbers = count(1)

    def create_empty_store(self):
        """Make the store that others are copies of."""
        from aggregator.store.migrations import migrate  # takes long

        self._execute(f"CREATE DATABASE {_MIGRATED}")
        engine = create_engine(self._url(_MIGRATED), poolclass=NullPool)
        with engine.begin() as connection:
            migrate(connection)

    def open_new_store(self):
        """Return an empty store of its own."""
        name = f"store_{next(self._numbers)}"
        self._execute(f"CREATE DATABASE {name} TEMPLATE {_MIGRATED}")
        url = self._url(name)
        engine = create_engine(url)
        event.listen(engine, "begin", _begin)
        return Store(engine, url)

    def _url(self, database):
        return f"postgresql+psycopg://tests@/{database}?host={self._folder}"

    def _execute(self, statement):
        engine = create_engine(self._url("postgres"), poolclass=NullPool, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(statement)


def _begin(connection):
    """Let what reads see one state of the database, and one transaction at a time write to it."""
    if connection.get_execution_options().get("is_writer", False):
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITERS})")
    else:
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
