"""Whether a database is the one that a published tree was made from, or was emptied, lost, or is another."""

__all__ = ["refuse_emptied"]

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from pathlib import Path

from sqlalchemy import inspect

from aggregator.errors import StoreError
from aggregator.store.engine import find_sqlite_file, hide_password, translate_errors
from aggregator.store.postgresql import is_postgresql, make_postgresql_engine

_WRITTEN = ("articles", "sources", "notes")
"""Tables one of which has a row from when the store is used on: of a published tree the notes tell."""


def refuse_emptied(url: str, *, tree: Path) -> None:
    """Raise StoreError where the database was emptied, is gone or another one, but ``tree`` was published."""
    with translate_errors(url):
        file = find_sqlite_file(url)
        if is_postgresql(url):
            lost = _find_loss(url)
        elif file is None:
            return
        elif not file.exists():
            lost = "it is not there"
        elif file.is_file() and file.stat().st_size == 0:
            raise StoreError(
                f"{file}: it has 0 bytes, but {tree} holds what was published from it, so it is no new site: "
                f"put a backup in its place (without {file}-wal and {file}-shm), or move it and {tree} "
                "away to begin anew"
            )
        else:
            lost = _find_loss_in(file)
    if lost:
        raise StoreError(
            f"{file or hide_password(url)}: {lost}, but {tree} holds what was published from it, so it is no "
            "new site: name the database of this site in storage.database, `aggregator restore` a backup, or "
            f"move {tree} away to begin anew"
        )


def _find_loss(url: str) -> str | None:
    engine = make_postgresql_engine(url)
    try:
        with engine.connect() as connection:
            tables = [name for name in _WRITTEN if inspect(connection).has_table(name)]
            return _describe_loss(tables, lambda query: connection.exec_driver_sql(query).first())
    finally:
        engine.dispose()


def _find_loss_in(file: Path) -> str | None:
    """Return what an SQLite file lost; nothing of one that cannot be read, of which opening it tells."""
    with (
        suppress(sqlite3.Error),
        closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as db,
    ):
        known = {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if known >= set(_WRITTEN):  # of another program otherwise
            return _describe_loss(_WRITTEN, lambda query: db.execute(query).fetchone())
    return None


def _describe_loss(tables: Sequence[str], ask: Callable[[str], object]) -> str | None:
    if "articles" not in tables:
        return "it has no tables"
    is_written = any(ask(f"SELECT 1 FROM {name} LIMIT 1") for name in tables)  # noqa: S608  # our own names
    return None if is_written else "nothing was ever written to it"
