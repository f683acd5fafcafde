"""Databases that were damaged, emptied, or are of another kind: one line says what happened and the way out."""

import sqlite3
from contextlib import closing

import pytest
from sqlalchemy import text

from aggregator.errors import StoreError
from aggregator.model import Source
from aggregator.store import open_store, read_source_states, refuse_emptied, write_note
from tests.builders import NOW


def _cut(path):
    path.write_bytes(path.read_bytes()[:4096])


def _zero(path):
    path.write_bytes(bytes(path.stat().st_size))


def _overwrite(path):
    content = path.read_bytes()
    path.write_bytes(content[:4096] + b"\xff" * (len(content) - 4096))


def _write_text(path):
    path.write_text("<!doctype html><title>404</title>" * 50)


def _replace(path):
    path.unlink()
    with closing(sqlite3.connect(path)) as other, other:
        other.execute("create table sources (name text)")


def _rename(url, name, to):
    with open_store(url) as store, store.writing() as writing:
        writing.execute(text(f"ALTER TABLE {name} RENAME TO {to}"))


@pytest.fixture
def filled(url, tmp_path):
    """The file of a database with sources, closed."""
    with open_store(url) as store:
        store.sync_sources([Source(id=f"s{n}", url=f"https://{n}.example/") for n in range(200)], now=NOW)
    return tmp_path / "new" / "aggregator.db"


def _forget_all(url):
    """Leave the tables without rows, as in a database made for another site."""
    with open_store(url) as store, store.writing() as writing:
        for name in ("articles", "sources", "notes"):
            writing.execute(text(f"DELETE FROM {name}"))


def _use(url):
    with open_store(url) as store:
        store.sync_sources([Source(id="s1", url="https://1.example/other")], now=NOW)
        read_source_states(store)


@pytest.mark.parametrize("damage", [_cut, _zero, _overwrite, _write_text, _replace])
def test_a_damaged_database_names_backup_and_recovery(url, filled, damage):
    """Cut off, lost to zeros, overwritten, or another file: it is told which file, and what can be done."""
    damage(filled)
    with pytest.raises(StoreError) as raised:
        _use(url)
    (line,) = str(raised.value).splitlines()
    assert str(filled) in line
    assert "put a backup in its place" in line
    assert f'sqlite3 {filled} ".recover" | sqlite3 recovered.db' in line


def test_an_emptied_database_is_no_new_one(url, filled, tmp_path):
    """A file of 0 bytes is refused where a tree was published, and nothing is written to it."""
    refuse_emptied(url, tree=tmp_path / "feeds")
    filled.write_bytes(b"")
    with pytest.raises(StoreError, match=r"aggregator\.db: it has 0 bytes, but .*feeds .*put a backup"):
        refuse_emptied(url, tree=tmp_path / "feeds")
    assert filled.stat().st_size == 0
    filled.unlink()
    with pytest.raises(
        StoreError, match=r"aggregator\.db: it is not there, but .*feeds .*aggregator restore"
    ):
        refuse_emptied(url, tree=tmp_path / "feeds")
    assert not filled.exists()


def test_a_store_that_nobody_wrote_to_is_no_new_one(url, filled, tmp_path):
    """One with its tables, and nothing in them, is of another site: a tree that was published is kept from it."""
    _forget_all(url)
    with pytest.raises(
        StoreError, match=r"aggregator\.db: nothing was ever written to it, .*storage\.database"
    ):
        refuse_emptied(url, tree=tmp_path / "feeds")
    with open_store(url) as store:
        write_note(store, "any", "thing")
    refuse_emptied(url, tree=tmp_path / "feeds")


def test_an_emptied_postgresql_database_is_no_new_one(postgresql, tmp_path):
    """One without its tables is refused where a tree was published; one with them is opened."""
    with postgresql.lend_store() as lent:
        with pytest.raises(StoreError, match=r"nothing was ever written to it, .*aggregator restore"):
            refuse_emptied(lent, tree=tmp_path / "feeds")
        with open_store(lent) as store:
            write_note(store, "any", "thing")
        refuse_emptied(lent, tree=tmp_path / "feeds")
        _rename(lent, "articles", "moved_away")
        with pytest.raises(StoreError, match=r"it has no tables, but .*feeds .*aggregator restore"):
            refuse_emptied(lent, tree=tmp_path / "feeds")
        _rename(lent, "moved_away", "articles")
