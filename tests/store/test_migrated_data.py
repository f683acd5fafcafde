"""Stores of every released schema with data in them: nothing is lost, and nothing is wrong afterwards."""

import shutil
from contextlib import contextmanager
from itertools import count

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    create_engine,
    inspect,
    text,
)

from aggregator.errors import StoreError
from aggregator.store import (
    find_store_violations,
    open_store,
    read_remembered_sources,
    read_source_states,
    read_stored_articles,
)
from aggregator.store.migrations import MIGRATIONS
from aggregator.store.schema import metadata

REVISIONS = sorted(script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions())
ON_POSTGRESQL = [revision for revision in REVISIONS if revision >= "0028"]
"""Those that a released version made there."""
BASE = 1_770_000_000_000_000
ROWS = 2
RENAMED = {
    "held_at": "quarantined_at",
    "held_because": "quarantined_because",
    "held_until_at": "paused_until_at",
    "is_held": "is_quarantined",
}
SINGLE = {"story_links"}
"""Tables of which the second row would contradict the first."""
VALUES = {
    "article_id": "id-{n}",
    "source_id": "source-{n}",
    "story_id": "id-{n}",
    "item_id": "id-{n}",
    "topic_id": "topic-{n}",
    "feed": "ai/articles",
    "provider": '{{"domain":"d.example","name":"D"}}',
    "images": '[{{"url":"https://d.example/{n}.jpg"}}]',
    "enclosures": "[]",
    "authors": '["Ann Lee"]',
    "topics": '["ai"]',
    "quality_parts": "{{}}",
    "origins": "{{}}",
    "spec": "{{}}",
    "rules": "[]",
    "stamps": "{{}}",
    "total": '{{"comet":1.0}}',
    "vector": '{{"comet":1.0}}',
    "terms": '["comet"]',
    "shared": "[]",
    "outcome": "updated",
    "type": "article",
    "url": "https://d.example/{n}?id={n}",
    "canonical_url": "https://d.example/{n}?id={n}",
    "is_held": False,
    "is_quarantined": False,
    "is_grouped": True,
}
"""What columns of a name hold; those without a row here hold something of their type."""
OF_TABLES = {
    ("articles", "id"): "id-{n}",
    ("stories", "id"): "id-{n}",
    ("story_aliases", "id"): "gone-{n}",
    ("story_links", "other_id"): "id-2",
    ("removed_articles", "article_id"): "gone-{n}",
    ("marks", "kind"): "article",
    ("marks", "key"): "id-{n}",
    ("story_members", "provider"): "d.example",
    ("limited_items", "provider"): "d.example",
    ("story_questions", "provider"): "d.example",
}
EMPTY = {
    "asks",
    "imported",
    "wishes",
    "posts",
    "tallies",
    "releases",
    "manifest",
    "redirect_url",
    "item",
    "body",
}
"""Columns that may hold nothing, and hold nothing here: what is in them has a form of its own."""
_numbers = count()


def _upgrade(url, revision):
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    engine = create_engine(url)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    engine.dispose()


@pytest.fixture(scope="module")
def chain(tmp_path_factory):
    """A file of each revision without data, by revision: one store, copied on its way to the last."""
    folder = tmp_path_factory.mktemp("chain")
    made = {}
    for revision in REVISIONS:
        _upgrade(f"sqlite:///{folder}/store.db", revision)
        made[revision] = shutil.copy(folder / "store.db", folder / f"{revision}.db")
    return made


@contextmanager
def _connect(url):
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        yield connection
    engine.dispose()


def _list_tables(connection):
    """Return all tables with nothing but their columns, those first that others refer to."""
    found = inspect(connection)
    columns = {name: ones for (_, name), ones in found.get_multi_columns().items()}
    return [
        Table(
            name,
            MetaData(),
            *(Column(one["name"], one["type"], nullable=one["nullable"]) for one in columns[name]),
        )
        for name, _ in found.get_sorted_table_and_fkc_names()
        if name not in {None, "alembic_version"}
    ]


def _fill(url):
    """Put rows into every table that there is, and return them by table; the second has what may be none."""
    filled = {}
    with _connect(url) as connection:
        for table in _list_tables(connection):
            numbers = range(1, 2 if table.name in SINGLE else ROWS + 1)
            rows = [{one.name: _make_value(table, one, n) for one in table.c} for n in numbers]
            connection.execute(table.insert(), rows)
            filled[table.name] = rows
    return filled


def _make_value(table, column, n):
    if column.nullable and (n == ROWS or column.name in EMPTY):
        return None
    known = OF_TABLES.get((table.name, column.name), VALUES.get(column.name))
    if known is not None:
        return known.format(n=n) if isinstance(known, str) else known
    if column.name in {"founded", "turn"}:
        return 2 * n - (column.name == "founded" or table.name == "story_members")
    return BASE + n if column.name.endswith("_at") else _make_of_type(column, n)


def _make_of_type(column, n):
    made = {Boolean: True, Float: 0.5, LargeBinary: b"", BigInteger: n, Integer: n}
    return next((it for kind, it in made.items() if isinstance(column.type, kind)), f"{column.name}-{n}")


def _read(url):
    with _connect(url) as connection:
        return {
            name: [dict(row) for row in connection.execute(text(f"SELECT * FROM {name}")).mappings()]
            for name in metadata.tables
        }


def _is_kept(row, rows):
    renamed = {RENAMED.get(name, name): value for name, value in row.items()}
    return any(all(kept[name] == value for name, value in renamed.items() if name in kept) for kept in rows)


def _check(url, filled):
    with open_store(url) as store:
        assert [str(one) for one in find_store_violations(store)] == []
        assert len(read_stored_articles(store, ["id-1", "id-2"])) == ROWS
        assert len(read_source_states(store)) == len(read_remembered_sources(store)) == ROWS
    found = _read(url)
    lost = [(name, row) for name, rows in filled.items() for row in rows if not _is_kept(row, found[name])]
    assert lost == []


def _read_schema(url):
    with _connect(url) as connection:
        return connection.execute(text("SELECT type, name, sql FROM sqlite_master ORDER BY name")).all()


def test_what_migrations_end_at_is_what_is_declared(chain):
    """Tables, columns and indexes are those of the code."""
    with _connect(f"sqlite:///{chain[REVISIONS[-1]]}") as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


@pytest.mark.parametrize("revision", REVISIONS)
def test_what_a_store_of_each_revision_holds_is_kept(chain, tmp_path, revision):
    """Its tables become those of an empty store, each row is still there, and nothing contradicts anything."""
    url = f"sqlite:///{shutil.copy(chain[revision], tmp_path / 'store.db')}"
    filled = _fill(url)
    assert all(filled.values())
    _check(url, filled)
    assert _read_schema(url) == _read_schema(f"sqlite:///{chain[REVISIONS[-1]]}")


@pytest.mark.parametrize("revision", ON_POSTGRESQL)
def test_what_a_store_on_postgresql_holds_is_kept(postgresql, revision):
    """So it is there, from the first version on that could be."""
    name = f"migrated_{next(_numbers)}"
    url = postgresql.create_database(name, template="template0")
    try:
        _upgrade(url.replace("postgresql:", "postgresql+psycopg:"), revision)
        _check(url, _fill(url))
    finally:
        postgresql.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_a_store_of_a_newer_version_is_refused(store):
    """The line says what to do, and nothing of the store is changed."""
    with store.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    try:
        with pytest.raises(StoreError, match="it was made by a newer version; install that one"):
            open_store(store.url)
        with store.reading() as connection:
            assert connection.scalar(text("SELECT version_num FROM alembic_version")) == "9999"
    finally:
        with store.writing() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = :it"), {"it": REVISIONS[-1]})
