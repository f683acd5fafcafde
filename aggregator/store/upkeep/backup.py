"""A backup: the whole store in one SQLite file, checked before it is called one, and made a store again."""

__all__ = ["check_backup", "restore_backup", "write_backup"]

import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkstemp

from sqlalchemy import Connection

from aggregator.errors import StoreBusy, StoreError
from aggregator.store.engine import hide_password, sqlite_file, translate_damage
from aggregator.store.postgresql import is_postgresql
from aggregator.store.store import Store, open_store
from aggregator.store.upkeep.table_rows import Digest, clear_tables, count_rows, list_tables, read_rows
from aggregator.store.upkeep.transfer import copy_rows

OnParts = Callable[[int, int], None]
"""Called with how many parts are done, and of how many."""
_PAGES_AT_ONCE = 1_000
_NO_PARTS: OnParts = lambda *_: None  # noqa: E731  # a default of several functions


@dataclass(frozen=True, kw_only=True, slots=True)
class Backup:
    """A backup that was checked: its file, how large it is, and how many ``rows`` each table has."""

    file: Path
    size_bytes: int
    rows: Mapping[str, int]


def write_backup(url: str, file: Path, *, replaces: bool = False, on_parts: OnParts = _NO_PARTS) -> Backup:
    """Write the store at ``url``, as it is at this moment, to ``file``; nobody who writes to it waits.

    The file is there once it was checked, or not at all. Raises StoreError, also where there is one that it
    does not replace.
    """
    _refuse_existing(file, replaces=replaces)
    if sqlite_file(url) is None and not is_postgresql(url):
        raise StoreError(f"{url}: a store in memory has no backup: set storage.database to a file")
    with _unfinished(file) as unfinished:
        if is_postgresql(url):
            counts = _write_tables(url, unfinished, on_parts)
        else:
            with translate_damage(url):
                counts = _write_pages(Path(str(sqlite_file(url))), unfinished, on_parts)
        found = _check_copy(unfinished, url)
        if found.rows != counts:
            raise StoreError(f"{file}: it has other rows than {hide_password(url)}: write it anew")
        _refuse_loss(file, url, found)
        _put_in_place(unfinished, file, replaces=replaces)
    return Backup(file=file, size_bytes=found.size_bytes, rows=found.rows)


def check_backup(file: Path) -> Backup:
    """Check a backup from its first page to its last; raises StoreError where it is damaged, or is none."""
    if not file.is_file():
        raise StoreError(f"{file}: there is no such file")
    try:
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as opened:
            problem = find_damage(opened)
            if problem is not None:
                raise StoreError(f"{file}: it is damaged ({problem}): take another backup")
            rows = _count_tables(opened)
    except sqlite3.Error as error:
        raise StoreError(f"{file}: it is damaged, or no backup ({error}): take another one") from error
    if "articles" not in rows or "alembic_version" not in rows:
        raise StoreError(f"{file}: it is no backup of a store: name a file that `aggregator backup` wrote")
    return Backup(file=file, size_bytes=file.stat().st_size, rows=rows)


def _check_copy(unfinished: Path, url: str) -> Backup:
    try:
        return check_backup(unfinished)
    except StoreError as error:
        raise StoreError(
            f"{hide_password(url)}: a copy of it is not as it should be ({error}): see `aggregator verify`"
        ) from error


def find_damage(connection: sqlite3.Connection) -> str | None:
    """Return the first that SQLite finds wrong in any page of its file, None where all is well."""
    said = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if said != "ok":
        return str(said).partition("\n")[2].partition("\n")[0] or str(said)
    return None


def restore_backup(file: Path, url: str) -> Backup:
    """Make the backup in ``file`` the store at ``url``, migrated where it is older, all of it or nothing.

    Whoever calls it holds the store's lock. Raises StoreError where the backup is damaged or of a newer
    version, where the store there has articles or is no store, and StoreBusy where another program has it.
    """
    found = check_backup(file)
    if is_postgresql(url):
        _fill_tables(file, url)
        return found
    target = sqlite_file(url)
    if target is None:
        raise StoreError(f"{url}: nothing is restored to a store in memory: set storage.database to a file")
    _refuse_filled(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    with _unfinished(target) as unfinished:
        _copy_and_migrate(file, unfinished)
        check_backup(unfinished)
        _leave(target)
        _put_in_place(unfinished, target, replaces=True)
    return found


def _refuse_existing(file: Path, *, replaces: bool) -> None:
    if not file.parent.is_dir():
        raise StoreError(f"{file}: its folder is not there: make it, or name another one")
    if file.is_dir():
        raise StoreError(f"{file}: it is a folder: name a file in it")
    if file.exists() and not replaces:
        raise StoreError(f"{file}: it is there already: name another file, or replace it with --force")


def _refuse_loss(file: Path, url: str, found: Backup) -> None:
    """Raise StoreError where a backup without articles would replace one that has some."""
    kept = 0
    if file.exists() and not found.rows["articles"]:
        with suppress(StoreError):
            kept = check_backup(file).rows["articles"]
    if kept:
        raise StoreError(
            f"{file}: it holds {kept} articles, but {hide_password(url)} has none, so it is not replaced: "
            "restore it with `aggregator restore` where the store was emptied, or name another file"
        )


@contextmanager
def _unfinished(file: Path) -> Iterator[Path]:
    """Give a file beside ``file`` to be written first; it is removed unless it was put in its place."""
    try:
        descriptor, name = mkstemp(prefix=f".{file.name}.", suffix=".unfinished", dir=file.parent)
        os.close(descriptor)
    except OSError as error:
        raise StoreError(f"{file}: it cannot be written ({error.strerror}): name another folder") from error
    try:
        yield Path(name)
    except (sqlite3.Error, OSError) as error:
        raise StoreError(f"{file}: it cannot be written ({error}): free disk space, and try again") from error
    finally:
        for left in (name, f"{name}-journal", f"{name}-wal", f"{name}-shm"):
            with suppress(FileNotFoundError):
                Path(left).unlink()


def _put_in_place(unfinished: Path, file: Path, *, replaces: bool) -> None:
    with unfinished.open("rb") as written:
        os.fsync(written.fileno())
    if replaces:
        unfinished.replace(file)
    else:
        try:
            os.link(unfinished, file)
        except FileExistsError:
            _refuse_existing(file, replaces=False)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _write_pages(source: Path, target: Path, on_parts: OnParts) -> dict[str, int]:
    if not source.is_file():
        raise StoreError(f"no store at {source}: `aggregator poll` or `aggregator run` makes it")
    address = f"{source.resolve().as_uri()}?mode=rw"  # to read only is refused where nobody has it open
    with (
        closing(sqlite3.connect(address, uri=True, timeout=30, isolation_level=None)) as reading,
        closing(sqlite3.connect(target, isolation_level=None)) as writing,
    ):
        reading.execute("PRAGMA query_only=ON")
        # In a transaction that reads, all pages are of one moment, whoever writes meanwhile; without one the
        # copy would begin anew with each change.
        reading.execute("BEGIN")
        counts = _count_tables(reading)
        reading.backup(
            writing,
            pages=_PAGES_AT_ONCE,
            progress=lambda _, left, pages: on_parts(pages - left, pages),
            sleep=0.001,
        )
        reading.execute("COMMIT")
        writing.execute("PRAGMA journal_mode=DELETE")  # one file, that can be copied by itself
    return counts


def _write_tables(url: str, target: Path, on_parts: OnParts) -> dict[str, int]:
    target.unlink()
    with open_store(url) as source, open_store(f"sqlite:///{target}") as copy, source.reading() as reading:
        counts = {table.name: count_rows(reading, table) for table in list_tables()}
        total = sum(counts.values())
        with copy.writing() as writing:
            copy_rows(reading, writing, on_rows=lambda copied: on_parts(copied, total))
    _make_one_file(target)
    return {**counts, "alembic_version": 1}


def _make_one_file(path: Path) -> None:
    """Bring a database that nobody else has open to the state that it has without files beside it."""
    with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as opened:
        opened.execute("PRAGMA journal_mode=DELETE")


def _count_tables(connection: sqlite3.Connection) -> dict[str, int]:
    named = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!'"
    names = [row[0] for row in connection.execute(named)]
    return {
        name: int(connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0])  # noqa: S608  # a table's
        for name in names
        if '"' not in name
    }


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
        _make_one_file(target)
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
    _make_one_file(target)


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
    with _unfinished(file) as copy:
        _copy_and_migrate(file, copy)
        with open_store(f"sqlite:///{copy}") as opened:
            yield opened


def _digest(connection: Connection, name: str) -> Digest:
    (table,) = (one for one in list_tables() if one.name == name)
    digest = Digest()
    for rows in read_rows(connection, table):
        digest = digest.add(rows)
    return digest
