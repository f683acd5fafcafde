"""Moving a whole store to another database: resumable, and compared at the end."""

__all__ = ["MovedTable", "OnRows", "count_all_rows", "move_rows"]

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, delete, select, text

from aggregator.errors import StoreError
from aggregator.store.engine import REVISION, TRANSFERRING, hide_password
from aggregator.store.fast.driver import upsert
from aggregator.store.schema import notes
from aggregator.store.store import Store
from aggregator.store.upkeep.table_rows import (
    TRANSFER,
    Digest,
    clear_tables,
    count_rows,
    key_of,
    list_tables,
    read_counters,
    read_rows,
    write_counters,
    write_rows,
)

OnRows = Callable[[str, int], None]
"""Called with what is done and how many rows that was done with."""


@dataclass(frozen=True, kw_only=True, slots=True)
class MovedTable:
    """A table that was moved: its name and what is in it, the same on both sides."""

    name: str
    digest: Digest


def count_all_rows(store: Store) -> int:
    """Return how many rows a store has in all its tables."""
    with store.reading() as connection:
        return sum(count_rows(connection, table) for table in list_tables())


def move_rows(source: Store, target: Store, *, on_rows: OnRows = lambda *_: None) -> tuple[MovedTable, ...]:
    """Copy all rows of a store to another one, and compare them; return what was copied.

    What an earlier call that was killed has copied stays. Nobody may write to either meanwhile. Raises
    StoreError where the target has rows of its own, or those of both differ in the end.
    """
    is_resumed = _begin(source, target)
    with source.reading() as reading:
        _copy_rest(reading, target, on_rows)
        moved, differing = _compare(reading, target, on_rows)
        if differing and is_resumed:  # the source was written to between then and now
            _restart(source, target)
            _copy_rest(reading, target, on_rows)
            moved, differing = _compare(reading, target, on_rows)
        if differing:
            raise StoreError(
                f"{hide_password(target.url)}: {differing} differs from {hide_password(source.url)}: stop "
                "what else writes to either, empty the target, and move the store again"
            )
        _finish(target, read_counters(reading))
    return moved


def copy_rows(
    reading: Connection, writing: Connection, *, on_rows: Callable[[int], None] = lambda _: None
) -> None:
    """Copy all rows of a store to an empty one, in the transactions that are given.

    ``on_rows`` is called with how many rows were copied by now.
    """
    copied = 0
    for table in list_tables():
        for rows in read_rows(reading, table):
            write_rows(writing, table, rows)
            copied += len(rows)
            on_rows(copied)
    write_counters(writing, read_counters(reading))


def _begin(source: Store, target: Store) -> bool:
    """Note that a copy is under way, which keeps others from the target; tell whether one was already."""
    with target.writing() as connection:
        noted = _read_progress(connection)
        if noted is None:
            filled = [table.name for table in list_tables() if count_rows(connection, table)]
            if filled:
                raise StoreError(
                    f"{hide_password(target.url)}: {filled[0]} has rows: name a database that is empty"
                )
            _note_progress(connection, {"source": hide_password(source.url)})
            _set_revision(connection, TRANSFERRING)
        elif noted["source"] != hide_password(source.url):
            raise StoreError(
                f"{hide_password(target.url)}: {noted['source']} is being moved to it: go on with that one, "
                "or name a database that is empty"
            )
    return noted is not None


def _copy_rest(reading: Connection, target: Store, on_rows: OnRows) -> None:
    with target.reading() as connection:
        noted = _read_progress(connection) or {}
    tables = list_tables()
    names = [table.name for table in tables]
    start = names.index(noted["table"]) if "table" in noted else 0
    for table in tables[:start]:
        on_rows("copying", count_rows(reading, table))
    for table in tables[start:]:
        after = noted.get("after", ()) if table.name == noted.get("table") else ()
        if after:
            with target.reading() as connection:
                on_rows("copying", count_rows(connection, table))
        for rows in read_rows(reading, table, after=after):
            with target.writing() as connection:
                write_rows(connection, table, rows)
                _note_progress(connection, {**noted, "table": table.name, "after": key_of(table, rows[-1])})
            on_rows("copying", len(rows))


def _compare(
    reading: Connection, target: Store, on_rows: OnRows
) -> tuple[tuple[MovedTable, ...], str | None]:
    """Return what both have, and the first table that differs, None where none does."""
    moved = []
    for table in list_tables():
        ours = _digest(reading, table, on_rows)
        with target.reading() as connection:
            theirs = _digest(connection, table, on_rows)
        if ours != theirs:
            return (), table.name
        moved.append(MovedTable(name=table.name, digest=ours))
    return tuple(moved), None


def _digest(connection: Connection, table: Table, on_rows: OnRows) -> Digest:
    digest = Digest()
    for rows in read_rows(connection, table):
        digest = digest.add(rows)
        on_rows("comparing", len(rows))
    return digest


def _restart(source: Store, target: Store) -> None:
    with target.writing() as connection:
        clear_tables(connection)
        _note_progress(connection, {"source": hide_password(source.url)})


def _finish(target: Store, counters: dict[str, int]) -> None:
    with target.writing() as connection:
        write_counters(connection, counters)
        connection.execute(delete(notes).where(notes.c.key == TRANSFER))
        _set_revision(connection, REVISION)


def _read_progress(connection: Connection) -> dict[str, Any] | None:
    noted = connection.execute(select(notes.c.value).where(notes.c.key == TRANSFER)).scalar()
    progress: dict[str, Any] | None = json.loads(noted) if noted else None
    return progress


def _note_progress(connection: Connection, progress: dict[str, Any]) -> None:
    upsert(connection, notes, [{"key": TRANSFER, "value": json.dumps(progress)}])


def _set_revision(connection: Connection, revision: str) -> None:
    connection.execute(text("UPDATE alembic_version SET version_num = :it"), {"it": revision})
