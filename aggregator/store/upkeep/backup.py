"""A backup: the whole store in one SQLite file, checked before it is called one."""

__all__ = ["check_backup", "write_backup"]

import sqlite3
from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from aggregator.errors import StoreError
from aggregator.model.progress import OnProgress, ignore_progress
from aggregator.store.engine import advise_recovery, find_sqlite_file, hide_password, translate_damage
from aggregator.store.postgresql import is_postgresql
from aggregator.store.store import open_store
from aggregator.store.upkeep.database_file import (
    make_one_file,
    open_unfinished,
    put_in_place,
    refuse_existing,
)
from aggregator.store.upkeep.table_rows import count_rows, list_tables
from aggregator.store.upkeep.transfer import copy_rows

_PAGES_AT_ONCE = 1_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Backup:
    """A backup that was checked: its file, how large it is, and how many ``rows`` each table has."""

    file: Path
    size_bytes: int
    rows: Mapping[str, int]


def write_backup(
    url: str, file: Path, *, replaces: bool = False, on_progress: OnProgress = ignore_progress
) -> Backup:
    """Write the store at ``url``, as it is at this moment, to ``file``; nobody who writes to it waits.

    The file is there once it was checked, or not at all. Raises StoreError, also where there is one that it
    does not replace.
    """
    refuse_existing(file, replaces=replaces)
    if find_sqlite_file(url) is None and not is_postgresql(url):
        raise StoreError(f"{url}: a store in memory has no backup: set storage.database to a file")
    with open_unfinished(file) as unfinished:
        if is_postgresql(url):
            counts = _write_tables(url, unfinished, on_progress)
        else:
            with translate_damage(url):
                counts = _write_pages(Path(str(find_sqlite_file(url))), unfinished, on_progress)
        found = _check_copy(unfinished, url)
        if found.rows != counts:
            raise StoreError(f"{file}: it has other rows than {hide_password(url)}: write it anew")
        _refuse_loss(file, url, found)
        put_in_place(unfinished, file, replaces=replaces)
    return Backup(file=file, size_bytes=found.size_bytes, rows=found.rows)


def check_backup(file: Path) -> Backup:
    """Check a backup from its first page to its last; raises StoreError where it is damaged, or is none."""
    if not file.is_file():
        raise StoreError(f"{file}: there is no such file")
    found = _read_whole(file)
    if isinstance(found, str):
        raise StoreError(f"{file}: it is damaged, or no backup ({found}): take another one")
    if not _is_store(found):
        raise StoreError(f"{file}: it is no backup of a store: name a file that `aggregator backup` wrote")
    return found


def _check_copy(unfinished: Path, url: str) -> Backup:
    """Check what was copied just now: pages of SQLite are copied as they are; raises StoreError."""
    found = _read_whole(unfinished)
    if isinstance(found, str):
        advice = "check the disk that it was written to"
        if not is_postgresql(url):
            advice = f"where `aggregator verify` finds that, too, {advise_recovery(find_sqlite_file(url))}"
        raise StoreError(f"{hide_password(url)}: a copy of it is damaged ({found}), and not kept: {advice}")
    if not _is_store(found):
        raise StoreError(f"{hide_password(url)}: it is no store: check storage.database in settings.yaml")
    return found


def _read_whole(file: Path) -> Backup | str:
    """Read a file from its first page to its last; return what is wrong with it where something is."""
    try:
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as opened:
            problem = find_damage(opened)
            rows = {} if problem else _count_tables(opened)
    except sqlite3.Error as error:
        return str(error)
    return problem or Backup(file=file, size_bytes=file.stat().st_size, rows=rows)


def _is_store(found: Backup) -> bool:
    return "articles" in found.rows and "alembic_version" in found.rows


def find_damage(connection: sqlite3.Connection) -> str | None:
    """Return the first that SQLite finds wrong in any page of its file, None where all is well."""
    said = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if said != "ok":
        return str(said).partition("\n")[2].partition("\n")[0] or str(said)
    return None


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


def _write_pages(source: Path, target: Path, on_progress: OnProgress) -> dict[str, int]:
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
            progress=lambda _, left, pages: on_progress(pages - left, pages),
            sleep=0.001,
        )
        reading.execute("COMMIT")
        writing.execute("PRAGMA journal_mode=DELETE")  # one file, that can be copied by itself
    return counts


def _write_tables(url: str, target: Path, on_progress: OnProgress) -> dict[str, int]:
    target.unlink()
    with open_store(url) as source, open_store(f"sqlite:///{target}") as copy, source.reading() as reading:
        counts = {table.name: count_rows(reading, table) for table in list_tables()}
        total = sum(counts.values())
        with copy.writing() as writing:
            copy_rows(reading, writing, on_rows=lambda copied: on_progress(copied, total))
    make_one_file(target)
    return {**counts, "alembic_version": 1}


def _count_tables(connection: sqlite3.Connection) -> dict[str, int]:
    named = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!'"
    names = [row[0] for row in connection.execute(named)]
    return {
        name: int(connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0])  # noqa: S608  # a table's
        for name in names
        if '"' not in name
    }
