"""Rows inserted, or replaced where their key is known: many at a time, at little cost."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Dialect, Insert, Table
from sqlalchemy.dialects import postgresql, sqlite

Row = Mapping[str, Any]
_STATEMENTS_KEPT = 64


@dataclass(frozen=True, slots=True)
class _Upsert:
    """A statement as the driver takes it, and how it takes the values of each column: None, as they are.

    SQLAlchemy's own way asks for each value of each row how it is to be bound, at twice the database's cost.
    """

    sql: str
    columns: tuple[tuple[str, Callable[[Any], Any] | None], ...]
    is_positional: bool

    def run(self, connection: Connection, rows: Sequence[Row]) -> None:
        bound = zip(*(_bound(name, bind, rows) for name, bind in self.columns), strict=True)
        if self.is_positional:
            connection.exec_driver_sql(self.sql, list(bound))
        else:
            names = [name for name, _ in self.columns]
            connection.exec_driver_sql(self.sql, [dict(zip(names, row, strict=True)) for row in bound])


def upsert(connection: Connection, table: Table, rows: Sequence[Row], *, keep: Sequence[str] = ()) -> None:
    """Insert ``rows``, which have the same columns, or replace those of the same key; but ``keep`` stays."""
    if rows:
        _upsert_of(table, connection.dialect, tuple(rows[0]), tuple(keep)).run(connection, rows)


@lru_cache(_STATEMENTS_KEPT)
def _upsert_of(table: Table, dialect: Dialect, columns: tuple[str, ...], keep: tuple[str, ...]) -> _Upsert:
    compiled = _statement(table, dialect, columns, keep).compile(dialect=dialect, column_keys=columns)
    names = compiled.positiontup or tuple(compiled.params)
    types = ((name, table.c[name].type.dialect_impl(dialect)) for name in names)
    return _Upsert(
        sql=str(compiled),
        columns=tuple((name, type_.bind_processor(dialect)) for name, type_ in types),
        is_positional=dialect.positional,
    )


def _statement(table: Table, dialect: Dialect, columns: Sequence[str], keep: Sequence[str]) -> Insert:
    statement = (postgresql.insert if dialect.name == "postgresql" else sqlite.insert)(table)
    key = [column.name for column in table.primary_key]
    values = {name: statement.excluded[name] for name in columns if name not in (*key, *keep)}
    if values:
        return statement.on_conflict_do_update(index_elements=key, set_=values)
    return statement.on_conflict_do_nothing(index_elements=key)


def _bound(name: str, bind: Callable[[Any], Any] | None, rows: Sequence[Row]) -> Sequence[Any]:
    values = [row[name] for row in rows]
    return values if bind is None else [bind(value) for value in values]
