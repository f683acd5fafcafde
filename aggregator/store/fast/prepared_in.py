"""Statements on rows whose column is among given values, each compiled once.

SQLAlchemy writes the values into a statement at every execution, which costs as much as all the rest.
These have a fixed number of places; where there are fewer values, the last is repeated.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import repeat
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Executable, bindparam

_PLACES = (1, 4, 12, 32, 100, 500)
"""How many a statement may have; the most fit a database's limit on its variables."""

Among: TypeAlias = Callable[[Sequence[str]], Iterator[tuple[Executable, dict[str, Any]]]]


def among(column: ColumnElement[Any], made: Callable[[ColumnElement[bool]], Executable]) -> Among:
    """Return what yields, for values, the statements ``made`` for a condition, with their parameters."""

    @cache
    def statement(places: int) -> Executable:
        return made(column.in_([bindparam(name, type_=column.type) for name in _names(places)]))

    def statements(values: Sequence[str]) -> Iterator[tuple[Executable, dict[str, Any]]]:
        for start in range(0, len(values), _PLACES[-1]):
            chunk = values[start : start + _PLACES[-1]]
            places = next(places for places in _PLACES if places >= len(chunk))
            filled = [*chunk, *repeat(chunk[-1], places - len(chunk))]
            yield statement(places), dict(zip(_names(places), filled, strict=True))

    return statements


@cache
def _names(places: int) -> tuple[str, ...]:
    return tuple(f"wanted_{place}" for place in range(places))
