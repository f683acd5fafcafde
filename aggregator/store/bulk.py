"""Statements that are run with many rows at once, as the driver takes them: each compiled once.

SQLAlchemy's own way asks for each value of each row how it is to be bound, at twice the database's cost.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Self

from sqlalchemy import Connection, Dialect, Executable, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.compiler import SQLCompiler

Row = Mapping[str, Any]
_STATEMENTS_KEPT = 64


@dataclass(frozen=True, slots=True)
class Bulk:
    """A statement, and how it takes the values of each of its parameters: None, as they are."""

    sql: str
    parameters: tuple[tuple[str, Callable[[Any], Any] | None], ...]
    is_positional: bool

    @classmethod
    def of(cls, compiled: SQLCompiler, dialect: Dialect) -> Self:
        """Return a compiled statement as one to be run with many rows."""
        names = compiled.positiontup or tuple(compiled.params)
        types = ((name, compiled.binds[name].type.dialect_impl(dialect)) for name in names)
        return cls(
            sql=str(compiled),
            parameters=tuple((name, type_.bind_processor(dialect)) for name, type_ in types),
            is_positional=dialect.positional,
        )

    def run(self, connection: Connection, rows: Sequence[Row]) -> None:
        """Run it with the parameters of each row."""
        bound = zip(*(_bound(name, bind, rows) for name, bind in self.parameters), strict=True)
        if self.is_positional:
            connection.exec_driver_sql(self.sql, list(bound))
        else:
            names = [name for name, _ in self.parameters]
            connection.exec_driver_sql(self.sql, [dict(zip(names, row, strict=True)) for row in bound])


def run_with(connection: Connection, statement: Executable, rows: Sequence[Row]) -> None:
    """Run one of the few statements of this package with all of ``rows``, by the names of its parameters."""
    if rows:
        _bulk_of(statement, connection.dialect).run(connection, rows)


def upsert(connection: Connection, table: Table, rows: Sequence[Row], *, keep: Sequence[str] = ()) -> None:
    """Insert ``rows``, which have the same columns, or replace those of the same key; but ``keep`` stays."""
    if rows:
        _upsert_of(table, connection.dialect, tuple(rows[0]), tuple(keep)).run(connection, rows)


@lru_cache(_STATEMENTS_KEPT)
def _bulk_of(statement: Any, dialect: Dialect) -> Bulk:
    return Bulk.of(statement.compile(dialect=dialect), dialect)


@lru_cache(_STATEMENTS_KEPT)
def _upsert_of(table: Table, dialect: Dialect, columns: tuple[str, ...], keep: tuple[str, ...]) -> Bulk:
    statement = (postgresql.insert if dialect.name == "postgresql" else sqlite.insert)(table)
    key = [column.name for column in table.primary_key]
    values = {name: statement.excluded[name] for name in columns if name not in (*key, *keep)}
    chosen = (
        statement.on_conflict_do_update(index_elements=key, set_=values)
        if values
        else statement.on_conflict_do_nothing(index_elements=key)
    )
    return Bulk.of(chosen.compile(dialect=dialect, column_keys=columns), dialect)


def _bound(name: str, bind: Callable[[Any], Any] | None, rows: Sequence[Row]) -> Sequence[Any]:
    values = [row[name] for row in rows]
    return values if bind is None else [bind(value) for value in values]
