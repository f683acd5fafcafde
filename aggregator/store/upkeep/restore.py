"""A backup made a store again, all of it or nothing."""

__all__ = ["restore_backup"]

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import Connection

from aggregator.errors import StoreBusy, StoreError
from aggregator.store.engine import find_sqlite_file, hide_password
from aggregator.store.postgresql import is_postgresql
from aggregator.store.store import Store, open_store
from aggregator.store.upkeep.backup import Backup, check_backup
from aggregator.store.upkeep.database_file import make_one_file, open_unfinished, put_in_place
from aggregator.store.upkeep.table_rows import Digest, clear_tables, count_rows, list_tables, read_rows
from aggregator.store.upkeep.transfer import copy_rows


def restore_backup(file: Path, url: str) -> Backup:
    """Make the backup in ``file`` the store at ``url``, migrated where it is older, all of it or nothing.

    Whoever calls it holds the store's lock. Raises StoreError where the backup is damaged or of a newer
    version, where the store there has articles or is no store, and StoreBusy where another program has it.
    """
    found = check_backup(file)
    if is_postgresql(url):
        _fill_tables(file, url)
        return found
    target = find_sqlite_file(url)
    if target is None:
        raise StoreError(f"{url}: nothing is restored to a store in memory: set storage.database to a file")
    _refuse_filled(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    with open_unfinished(target) as unfinished:
        _copy_and_migrate(file, unfinished)
        check_backup(unfinished)
        _leave(target)
        put_in_place(unfinished, target, replaces=True)
    return found


def _refuse_filled(target: Path) -> None:
    """Raise StoreError where a file of a store is in the way that may hold something."""
    left = [path for path in (Path(f"{target}-wal"), Path(f"{target}-shm")) if path.exists()]
    if not target.exists():
        if left:
            raise StoreError(f"{left[0]}: it belongs to a store that was moved away: move it there, too")
        return
    if target.stat().st_size == 0:
        return
    try:
        with closing(sqlite3.connect(f"{target.resolve().as_uri()}?mode=rw", uri=True)) as opened:
            articles = opened.execute("SELECT count(*) FROM articles").fetchone()[0]
    except sqlite3.Error as error:
        raise StoreError(
            f"{target}: it is no store that can be read ({error}): move it away first"
        ) from error
    if articles:
        raise StoreError(
            f"{target}: it holds {articles} articles, which a backup does not replace: move it away first, "
            f"with {target.name}-wal and {target.name}-shm where they are there"
        )


def _leave(target: Path) -> None:
    """Take what is beside a store without articles into its file; raises StoreBusy where somebody has it."""
    if not target.exists():
        return
    try:
        make_one_file(target)
    except sqlite3.OperationalError as error:
        raise StoreBusy(f"{target}: another program has it open: stop that first ({error})") from error


def _copy_and_migrate(file: Path, target: Path) -> None:
    address = f"{file.resolve().as_uri()}?mode=ro&immutable=1"
    with (
        closing(sqlite3.connect(address, uri=True)) as reading,
        closing(sqlite3.connect(target)) as writing,
    ):
        reading.backup(writing)
    open_store(f"sqlite:///{target}").close()
    make_one_file(target)


def _fill_tables(file: Path, url: str) -> None:
    """Fill the tables of a store on PostgreSQL that has no articles, in one transaction."""
    with open_store(url) as target, target.writing() as writing, _open_copy(file) as copy:
        by_name = {table.name: table for table in list_tables()}
        articles = count_rows(writing, by_name["articles"])
        if articles:
            raise StoreError(
                f"{hide_password(url)}: it holds {articles} articles, which a backup does not replace: name "
                "an empty database"
            )
        clear_tables(writing)
        with copy.reading() as reading:
            copy_rows(reading, writing)
            for table in list_tables():
                if _digest(reading, table.name) != _digest(writing, table.name):
                    raise StoreError(f"{hide_password(url)}: {table.name} differs from {file}: try again")


@contextmanager
def _open_copy(file: Path) -> Iterator[Store]:
    """Open a copy of a backup, migrated where it is older: the backup itself stays as it is."""
    with open_unfinished(file) as copy:
        _copy_and_migrate(file, copy)
        with open_store(f"sqlite:///{copy}") as opened:
            yield opened


def _digest(connection: Connection, name: str) -> Digest:
    (table,) = (one for one in list_tables() if one.name == name)
    digest = Digest()
    for rows in read_rows(connection, table):
        digest = digest.add(rows)
    return digest
