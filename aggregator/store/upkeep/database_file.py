"""A database file that is written beside its place, and put there whole."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from tempfile import mkstemp

from aggregator.errors import StoreError


def refuse_existing(file: Path, *, replaces: bool) -> None:
    """Raise StoreError where a file cannot be written, or is there and may not be replaced."""
    if not file.parent.is_dir():
        raise StoreError(f"{file}: its folder is not there: make it, or name another one")
    if file.is_dir():
        raise StoreError(f"{file}: it is a folder: name a file in it")
    if file.exists() and not replaces:
        raise StoreError(f"{file}: it is there already: name another file, or replace it with --force")


@contextmanager
def open_unfinished(file: Path) -> Iterator[Path]:
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


def put_in_place(unfinished: Path, file: Path, *, replaces: bool) -> None:
    """Give a file that is written its name, for good; raises StoreError where it may not replace another."""
    with unfinished.open("rb") as written:
        os.fsync(written.fileno())
    if replaces:
        unfinished.replace(file)
    else:
        try:
            os.link(unfinished, file)
        except FileExistsError:
            refuse_existing(file, replaces=False)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def make_one_file(path: Path) -> None:
    """Bring a database that nobody else has open to the state that it has without files beside it."""
    with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as opened:
        opened.execute("PRAGMA journal_mode=DELETE")
