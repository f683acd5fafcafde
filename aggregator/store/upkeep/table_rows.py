"""The rows of tables as the databases keep them: read in order, written to another one, counted, compared.

Whole numbers, fractions, texts and bytes are the same on SQLite and PostgreSQL; truth values are made what
the other one has. NUL, which PostgreSQL has no place for, is left out of texts.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Float,
    Integer,
    LargeBinary,
    Table,
    TableClause,
    Text,
    column,
    delete,
    func,
    literal,
    select,
    table,
    text,
    tuple_,
)
from sqlalchemy.types import TypeEngine

from aggregator.store.schema import metadata, notes

BATCH = 500
"""Rows that are read, and written, at a time."""
TRANSFER = "transfer"
"""The key of the note that tells how far a copy has come; it is of no store itself."""
_COUNTED = tuple(one for one in metadata.sorted_tables if one.dialect_kwargs.get("sqlite_autoincrement"))
_BITS = 128
Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Digest:
    """How many rows there are, and a sum of what is in them, in whichever order they are read."""

    rows: int = 0
    total: int = 0

    def add(self, rows: Sequence[Row]) -> "Digest":
        """Return the digest with more rows."""
        total = sum(_digest_row(row) for row in rows)
        return Digest(self.rows + len(rows), (self.total + total) % 2**_BITS)


def list_tables() -> tuple[Table, ...]:
    """Return all tables in an order in which they can be filled, that of the notes last."""
    return (*(one for one in metadata.sorted_tables if one is not notes), notes)


def count_rows(connection: Connection, counted: Table) -> int:
    """Return how many rows a table has."""
    query = _without_transfer(select(func.count()).select_from(_plain(counted)), counted)
    number: int = connection.execute(query).scalar_one()
    return number


def read_rows(connection: Connection, read: Table, *, after: Sequence[Any] = ()) -> Iterator[list[Row]]:
    """Yield the rows of a table in the order of its key, those ``after`` a key, some at a time."""
    plain = _plain(read)
    keys = [plain.c[one.name] for one in read.primary_key]
    query = _without_transfer(select(plain), read).order_by(*keys)
    if after:
        last = [literal(value, key.type) for key, value in zip(keys, after, strict=True)]
        query = query.where(tuple_(*keys) > tuple_(*last))
    found = connection.execute(query, execution_options={"yield_per": BATCH})
    for part in found.partitions():
        yield [tuple(map(_clean, row)) for row in part]


def write_rows(connection: Connection, written: Table, rows: Sequence[Row]) -> None:
    """Add rows to a table that has none of them."""
    names = [one.name for one in written.c]
    connection.execute(_plain(written).insert(), [dict(zip(names, row, strict=True)) for row in rows])


def key_of(keyed: Table, row: Row) -> list[Any]:
    """Return the key of a row."""
    return [value for one, value in zip(keyed.c, row, strict=True) if one.primary_key]


def clear_tables(connection: Connection) -> None:
    """Delete all rows of all tables but the note of the transfer."""
    for one in reversed(list_tables()):
        connection.execute(_without_transfer(delete(one), one))


def read_counters(connection: Connection) -> dict[str, int]:
    """Return by table the last number that it gave to a row, also where that row is gone."""
    if connection.dialect.name == "sqlite":
        rows = connection.execute(text("SELECT name, seq FROM sqlite_sequence")).all()
        return {row.name: row.seq for row in rows}
    found = {}
    for one in _COUNTED:
        query = text(f"SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {one.name}_id_seq")  # noqa: S608  # our own names
        found[one.name] = connection.execute(query).scalar_one()
    return found


def write_counters(connection: Connection, counters: dict[str, int]) -> None:
    """Let tables go on with their numbers where those of another store are."""
    for name, number in counters.items():
        values = {"name": name, "number": number}
        if connection.dialect.name == "sqlite":
            connection.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), values)
            connection.execute(text("INSERT INTO sqlite_sequence VALUES (:name, :number)"), values)
        elif number:
            connection.execute(text("SELECT setval(CAST(:name AS text) || '_id_seq', :number)"), values)


def _plain(of: Table) -> TableClause:
    return table(of.name, *(column(one.name, _plain_type(one)) for one in of.c))


def _plain_type(of: Column[Any]) -> TypeEngine[Any]:
    """Return the type of a column without what our own types make of a value."""
    kinds = (LargeBinary, Boolean, BigInteger, Integer, Float)
    kind = getattr(of.type, "impl_instance", of.type)
    return next((one() for one in kinds if isinstance(kind, one)), Text())


def _without_transfer(query: Any, of: Table) -> Any:
    return query.where(column("key") != TRANSFER) if of is notes else query


def _clean(value: Any) -> Any:
    return value.replace("\0", "") if isinstance(value, str) else value


def _digest_row(row: Row) -> int:
    said = repr(row).encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(said, digest_size=_BITS // 8).digest())
