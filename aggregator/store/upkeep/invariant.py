"""What no row of a table may be, and how a row is mended that is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Table, delete, insert, literal, select, update

from aggregator.store.marks import MarkKind, mark_selected
from aggregator.store.schema import removed_articles


@dataclass(frozen=True, kw_only=True, slots=True)
class Invariant:
    """What no row of ``table`` is: ``is_broken``; ``problem`` says so, with its columns in braces.

    To mend it, what its columns name is marked by ``marks``. Then the row gets other ``values``; without
    any it goes, unless it ``stays``. Where it is ``cleared``, what its article left is cleared up.
    """

    table: Table
    is_broken: ColumnElement[bool]
    problem: str
    marks: tuple[tuple[MarkKind, Column[Any]], ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)
    stays: bool = False
    cleared: bool = False


def find_broken(connection: Connection, one: Invariant) -> list[tuple[str, str]]:
    """Return by its place what is wrong with each row that breaks an invariant."""
    rows = connection.execute(select(*one.table.primary_key).where(one.is_broken)).mappings()
    return [
        (f"{one.table.name} {' '.join(map(str, row.values()))}", one.problem.format(**row)) for row in rows
    ]


def mend(connection: Connection, one: Invariant) -> None:
    """Mend all rows that break an invariant, in the transaction that is given."""
    for kind, column in one.marks:
        mark_selected(connection, kind, select(column).where(one.is_broken).distinct())
    if one.cleared:
        _clear(connection, one)
    elif one.values:
        connection.execute(update(one.table).where(one.is_broken).values(one.values))
    elif not one.stays:
        connection.execute(delete(one.table).where(one.is_broken))


def _clear(connection: Connection, one: Invariant) -> None:
    """Note articles as removed: the next publication removes what they left, files first."""
    article_id = one.table.c.article_id
    found = select(article_id, literal("")).where(one.is_broken).distinct()
    connection.execute(insert(removed_articles).from_select(["article_id", "provider_domain"], found))
