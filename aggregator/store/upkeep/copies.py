"""A copy of the store that may be changed freely, and is gone afterwards."""

__all__ = ["can_copy", "copy_store"]

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from aggregator.errors import StoreError
from aggregator.store.engine import find_sqlite_file
from aggregator.store.postgresql import is_postgresql
from aggregator.store.store import Store, open_store
from aggregator.store.upkeep.transfer import copy_rows


def can_copy(url: str) -> bool:
    """Tell whether the database at ``url`` can be copied: one in memory cannot."""
    return is_postgresql(url) or find_sqlite_file(url) is not None


@contextmanager
def copy_store(url: str) -> Iterator[Store]:
    """Give a copy of the database at ``url`` as it is at this moment, in a temporary folder of this machine.

    Nobody who writes meanwhile waits for it, and the database itself is not changed. Raises StoreError where
    there is none, or there is no room.
    """
    with TemporaryDirectory(prefix="aggregator-") as folder:
        path = Path(folder, "copy.db")
        if is_postgresql(url):
            _copy_tables(url, path)
        else:
            _copy_file(url, path)
        with open_store(f"sqlite:///{path}") as copy:
            yield copy


def _copy_tables(url: str, target: Path) -> None:
    with (
        open_store(url) as source,
        open_store(f"sqlite:///{target}") as copy,
        source.reading() as reading,
        copy.writing() as writing,
    ):
        copy_rows(reading, writing)


def _copy_file(url: str, target: Path) -> None:
    file = find_sqlite_file(url)
    if file is None:
        raise StoreError(f"{url}: it is no SQLite file: a store in memory cannot be copied")
    try:
        _copy(file, target)
    except (sqlite3.Error, OSError) as error:
        advice = (
            f"see that it is there, and that {target.parent} has room for a copy; TMPDIR names another folder"
        )
        raise StoreError(f"{file}: it cannot be copied ({error}): {advice}") from error


def _copy(file: Path, target: Path) -> None:
    address = f"{file.resolve().as_uri()}?mode=rw"  # to read only is refused where nobody has it open
    with (
        closing(sqlite3.connect(address, uri=True, timeout=30)) as source,
        closing(sqlite3.connect(target)) as copy,
    ):
        source.execute("PRAGMA query_only=ON")
        source.backup(copy)
