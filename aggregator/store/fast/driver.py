"""Statements given straight to the database's driver, each compiled once.

SQLAlchemy's own way of running one costs seven times as much as SQLite takes for it, and asks for each value
of each row how it is to be bound.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
from types import MappingProxyType
from typing import Any, Self

from sqlalchemy import Connection, Dialect, Executable, Select, Table, bindparam
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler

from aggregator.store.schema import LONG_KEY

Row = Mapping[str, Any]
_STATEMENTS_KEPT = 128
_LONG_LIST = 100
"""Parameters of a statement that PostgreSQL plans for its values each time."""
_As = Callable[[Any], Any] | None
"""How a value is changed on its way; None, not at all."""
_USUAL: Mapping[str, _As] = MappingProxyType({})
_dialects: dict[tuple[Any, ...], Dialect] = {}
"""The first of each kind: every engine has one of its own, and what is compiled for one is so for all."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement, how it takes the values of its parameters, and how the columns of its rows are read.

    ``given`` are the values that it has itself, such as the OFFSET 0 that SQLite wants after a LIMIT.
    """

    sql: str
    parameters: tuple[tuple[str, _As], ...]
    given: Row
    columns: tuple[tuple[str, _As], ...]
    is_positional: bool

    @classmethod
    def of(cls, compiled: SQLCompiler, dialect: Dialect) -> Self:
        """Return a compiled statement as one for the driver."""
        names = compiled.positiontup or tuple(compiled.params)
        types = ((name, compiled.binds[name].type.dialect_impl(dialect)) for name in names)
        made = compiled.statement
        found = made.selected_columns.items() if isinstance(made, Select) else ()
        read = ((name, column.type.dialect_impl(dialect)) for name, column in found)
        return cls(
            sql=str(compiled),
            parameters=tuple((name, type_.bind_processor(dialect)) for name, type_ in types),
            given={name: compiled.binds[name].value for name in names if not compiled.binds[name].required},
            columns=tuple((name, type_.result_processor(dialect, None)) for name, type_ in read),
            is_positional=dialect.positional,
        )

    def run(self, connection: Connection, rows: Sequence[Row]) -> int:
        """Run it with the parameters of each row; return how many rows of the table that changed."""
        columns = ((bind, map(itemgetter(name), rows)) for name, bind in self.parameters)
        bound = zip(*(values if bind is None else map(bind, values) for bind, values in columns), strict=True)
        names = [name for name, _ in self.parameters]
        given = list(bound) if self.is_positional else [dict(zip(names, row, strict=True)) for row in bound]
        with _cursor(connection, self.sql) as cursor:
            cursor.executemany(self.sql, given)
            return int(cursor.rowcount)

    def rows(
        self, connection: Connection, values: Row, readers: Mapping[str, _As] = _USUAL
    ) -> Iterator[dict[str, Any]]:
        """Yield the rows that it finds with these parameters.

        ``readers`` read columns otherwise than these usually are, from what the database keeps.
        """
        # Column by column, since what reads a column is then found once for all rows.
        columns = zip(self.columns, zip(*self.tuples(connection, values), strict=True), strict=False)
        found = ((readers.get(name, read), column) for (name, read), column in columns)
        names = [name for name, _ in self.columns]
        for row in zip(
            *(column if read is None else map(read, column) for read, column in found), strict=True
        ):
            yield dict(zip(names, row, strict=True))

    def tuples(self, connection: Connection, values: Row) -> list[tuple[Any, ...]]:
        """Return the rows that it finds with these parameters, values as the database keeps them."""
        values = {**self.given, **values} if self.given else values
        bound = ((name, bind(values[name]) if bind else values[name]) for name, bind in self.parameters)
        with _cursor(connection, self.sql) as cursor:
            if self.is_positional:
                cursor.execute(self.sql, [value for _, value in bound])
            else:  # a plan for any values at all would compare each row with all of them, one by one
                prepare = None if len(self.parameters) < _LONG_LIST else False
                cursor.execute(self.sql, dict(bound), prepare=prepare)
            found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def rows_with(
    connection: Connection, query: Executable, values: Row, readers: Mapping[str, _As] = _USUAL
) -> Iterator[dict[str, Any]]:
    """Yield the rows that one of the few queries of this package finds, as mappings by column name.

    ``readers`` read columns otherwise than these usually are, from what the database keeps.
    """
    return _statement_of(query, _dialect_of(connection)).rows(connection, values, readers)


def tuples_with(connection: Connection, query: Executable, values: Row) -> list[tuple[Any, ...]]:
    """Return the rows that one of the few queries of this package finds, values as they are stored."""
    return _statement_of(query, _dialect_of(connection)).tuples(connection, values)


def run_plainly(connection: Connection, sql: str) -> None:
    """Run a statement without parameters."""
    with _cursor(connection, sql) as cursor:
        cursor.execute(sql)


def run_with(connection: Connection, statement: Executable, rows: Sequence[Row]) -> int:
    """Run one of the few statements of this package with all of ``rows``, by the names of its parameters.

    Returns how many rows of its table it changed.
    """
    return _statement_of(statement, _dialect_of(connection)).run(connection, rows) if rows else 0


def upsert(connection: Connection, table: Table, rows: Sequence[Row], *, keep: Sequence[str] = ()) -> None:
    """Insert ``rows``, which have the same columns, or replace those of the same key; but ``keep`` stays."""
    if rows and table.info.get(LONG_KEY) and connection.dialect.name == "postgresql":
        _upsert_by_hash(connection, table, rows, tuple(keep))
    elif rows:
        _upsert_of(table, _dialect_of(connection), tuple(rows[0]), tuple(keep)).run(connection, rows)


def _dialect_of(connection: Connection) -> Dialect:
    own = connection.dialect
    return _dialects.setdefault((own.name, own.driver, own.server_version_info), own)


@lru_cache(_STATEMENTS_KEPT)
def _statement_of(statement: Any, dialect: Dialect) -> Statement:
    return Statement.of(statement.compile(dialect=dialect), dialect)


def _upsert_by_hash(connection: Connection, table: Table, rows: Sequence[Row], keep: tuple[str, ...]) -> None:
    """Do so where the key is kept by hash: then there is no ``ON CONFLICT DO UPDATE``."""
    (key,) = table.primary_key.columns
    update, insert = _pair_of(table, _dialect_of(connection), tuple(rows[0]), keep)
    update.run(connection, [{**row, "of_key": row[key.name]} for row in rows])
    insert.run(connection, rows)


@lru_cache(_STATEMENTS_KEPT)
def _pair_of(
    table: Table, dialect: Dialect, columns: tuple[str, ...], keep: tuple[str, ...]
) -> tuple[Statement, Statement]:
    (key,) = table.primary_key.columns
    changed = [name for name in columns if name not in {key.name, *keep}]
    update = table.update().where(key == bindparam("of_key", type_=key.type))
    insert = _insert_into(table, dialect).on_conflict_do_nothing()
    return (
        Statement.of(update.compile(dialect=dialect, column_keys=changed), dialect),
        Statement.of(insert.compile(dialect=dialect, column_keys=columns), dialect),
    )


@lru_cache(_STATEMENTS_KEPT)
def _upsert_of(table: Table, dialect: Dialect, columns: tuple[str, ...], keep: tuple[str, ...]) -> Statement:
    statement = _insert_into(table, dialect)
    key = [column.name for column in table.primary_key]
    values = {name: statement.excluded[name] for name in columns if name not in (*key, *keep)}
    chosen = (
        statement.on_conflict_do_update(index_elements=key, set_=values)
        if values
        else statement.on_conflict_do_nothing(index_elements=key)
    )
    return Statement.of(chosen.compile(dialect=dialect, column_keys=columns), dialect)


def _insert_into(table: Table, dialect: Dialect) -> Any:
    if dialect.name != "postgresql":
        return sqlite.insert(table)
    from sqlalchemy.dialects import postgresql  # noqa: PLC0415  # takes as long to import as all of SQLite

    return postgresql.insert(table)


@contextmanager
def _cursor(connection: Connection, sql: str) -> Iterator[Any]:
    """Give a cursor of the driver, whose errors are raised as SQLAlchemy raises them."""
    dialect = connection.dialect
    errors = dialect.loaded_dbapi.Error
    try:
        with closing(connection.connection.cursor()) as cursor:
            yield cursor
    except errors as error:
        raise DBAPIError.instance(sql, None, error, errors, dialect=dialect) from error
