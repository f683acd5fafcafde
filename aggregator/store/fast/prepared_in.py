"""Statements on rows whose column is among given values, each compiled once.

SQLAlchemy writes the values into a statement at every execution, which costs as much as all the rest.
These have a fixed number of places; where there are fewer values, the last is repeated.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import repeat
from typing import Any, TypeAlias, TypeVar

from sqlalchemy import ColumnElement, Connection, Executable, Table, bindparam, select

from aggregator.store.fast.driver import Row, rows_with

_PLACES = (1, 4, 12, 32, 100, 500)
"""How many a statement may have; the most fit a database's limit on its variables."""

Value = TypeVar("Value")
PreparedIn: TypeAlias = Callable[[Sequence[Any]], Iterator[tuple[Executable, dict[str, Any]]]]


def prepare_in(column: ColumnElement[Any], build: Callable[[ColumnElement[bool]], Executable]) -> PreparedIn:
    """Return what yields, for values, the statements that ``build`` makes of a condition, with parameters."""

    @cache
    def statement(places: int) -> Executable:
        return build(column.in_([bindparam(name, type_=column.type) for name in name_places(places)]))

    def statements(values: Sequence[Any]) -> Iterator[tuple[Executable, dict[str, Any]]]:
        for start in range(0, len(values), _PLACES[-1]):
            filled = fill_places(values[start : start + _PLACES[-1]])
            yield statement(len(filled)), filled

    return statements


def select_among(table: Table, column: ColumnElement[Any], *where: ColumnElement[bool]) -> PreparedIn:
    """Return what yields the statements that select the rows of a table whose column is among values."""
    return prepare_in(column, lambda is_wanted: select(table).where(is_wanted, *where))


def rows_among(
    connection: Connection, query: PreparedIn, wanted: Iterable[Any], **given: Any
) -> Iterator[Row]:
    """Yield the rows that ``query`` finds for the wanted values, in order, other parameters ``given``."""
    for statement, values in query(sorted(wanted)):
        yield from rows_with(connection, statement, {**values, **given})


def records_among(
    connection: Connection,
    query: PreparedIn,
    wanted: Iterable[str],
    readers: Mapping[str, Callable[[Any], Any]],
) -> Iterator[dict[str, Any]]:
    """Yield such rows; ``readers`` read columns otherwise than usual, from what the database keeps."""
    for statement, values in query(sorted(wanted)):
        yield from rows_with(connection, statement, values, readers)


def fill_places(values: Sequence[Value]) -> dict[str, Value]:
    """Return as many parameters as one of the few statements has places for these values; none for none."""
    if not values:
        return {}
    most = _PLACES[-1]
    places = next((places for places in _PLACES if places >= len(values)), -(-len(values) // most) * most)
    filled = [*values, *repeat(values[-1], places - len(values))]
    return dict(zip(name_places(places), filled, strict=True))


@cache
def name_places(places: int) -> tuple[str, ...]:
    """Return the names of so many parameters."""
    return tuple(f"wanted_{place}" for place in range(places))
