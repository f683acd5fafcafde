"""A copy of the store that may be changed freely, and is gone afterwards."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from aggregator.errors import StoreError
from aggregator.store.engine import sqlite_file
from aggregator.store.store import Store, open_store


@contextmanager
def copy_store(url: str) -> Iterator[Store]:
    """Give a copy of the database at ``url`` as it is at this moment, in a temporary folder of this machine.

    Nobody who writes meanwhile waits for it, and the database itself is not changed. Raises StoreError where
    there is none, it is no SQLite file, or there is no room.
    """
    file = sqlite_file(url)
    if file is None:
        raise StoreError(
            "only a store that is an SQLite file can be copied: set storage.database to sqlite:///PATH"
        )
    with TemporaryDirectory(prefix="aggregator-") as folder:
        path = Path(folder, "copy.db")
        try:
            _copy(file, path)
        except (sqlite3.Error, OSError) as error:
            advice = (
                f"see that it is there, and that {folder} has room for a copy; TMPDIR names another folder"
            )
            raise StoreError(f"{file}: it cannot be copied ({error}): {advice}") from error
        with open_store(f"sqlite:///{path}") as copy:
            yield copy


def _copy(file: Path, target: Path) -> None:
    address = f"{file.resolve().as_uri()}?mode=rw"  # to read only is refused where nobody has it open
    with (
        closing(sqlite3.connect(address, uri=True, timeout=30)) as source,
        closing(sqlite3.connect(target)) as copy,
    ):
        source.execute("PRAGMA query_only=ON")
        source.backup(copy)
