"""What is written to a column comes back from it, on every database."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import Boolean, Integer, LargeBinary, String, select

from aggregator.store import open_store
from aggregator.store.columns import Counts, Json, Opaque, Real, UtcTime
from aggregator.store.fast import driver
from aggregator.store.fast.driver import rows_with, upsert
from aggregator.store.schema import metadata

VALUES = {
    UtcTime: datetime(2026, 3, 2, 12, 0, 0, 123456, tzinfo=UTC),
    Real: 0.1 + 0.2,
    Opaque: "a\0b \x1b0000 \ud800",
    Json: {"a": [1, 0.3, "ü"]},
    Boolean: True,
    Integer: 2**31 - 1,
    LargeBinary: b"\0\xff",
    String: "x",
}


def value_of(column):
    """Return a value for a column, the same for the same type, and so for keys of other tables."""
    if isinstance(column.type, Counts):
        return ((1,) * column.type.width,)
    return next(value for kind, value in VALUES.items() if isinstance(column.type, kind))


@pytest.mark.parametrize("is_changed", [False, True], ids=["new", "changed"])
def test_every_column_comes_back(store, is_changed):
    """A row of each table, read by the driver's own statements and by SQLAlchemy's."""
    for table in metadata.sorted_tables:
        row = {column.name: value_of(column) for column in table.columns}
        with store.writing() as connection:
            upsert(connection, table, [row] * (1 + is_changed))
            assert list(rows_with(connection, select(table), {})) == [row], table.name
            assert connection.execute(select(table)).mappings().all() == [row], table.name


def test_an_empty_column_comes_back_empty(store):
    """None where a column may have none, and no counts."""
    for table in metadata.sorted_tables:
        row = {column.name: None if column.nullable else value_of(column) for column in table.columns}
        read = {column.name: () for column in table.columns if isinstance(column.type, Counts)}
        with store.writing() as connection:
            upsert(connection, table, [row])
            assert list(rows_with(connection, select(table), {})) == [{**row, **read}], table.name


def test_a_store_that_is_opened_again_has_nothing_compiled_again(store_url):
    """Statements are kept for all databases of a kind, not for each time that one is opened."""
    query, misses = select(metadata.tables["sources"]), []
    for _ in range(2):
        with open_store(store_url) as store, store.reading() as connection:
            assert list(rows_with(connection, query, {})) == []
        misses.append(driver._statement_of.cache_info().misses)
    assert misses[0] == misses[1]
