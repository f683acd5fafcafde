"""Stores moved from one database to another, and back."""

from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from aggregator.errors import StoreError
from aggregator.model import Asks, Tally
from aggregator.store import (
    MarkKind,
    copy_store,
    count_all_rows,
    find_newest_mark,
    move_rows,
    open_store,
    save_pictures,
    write_note,
)
from aggregator.store.marks import add_marks
from aggregator.store.schema import articles
from aggregator.store.upkeep import table_rows
from aggregator.store.upkeep.table_rows import Digest, list_tables, read_rows
from tests.builders import DAILY, NOW, article, inserting, picture, state
from tests.empty_store import put_empty_store

KINDS = ["sqlite", "postgresql"]


@pytest.fixture
def stores(tmp_path, postgresql):
    """What opens an empty store of a kind."""
    with ExitStack() as stack:

        def open_one(kind, name):
            url = (
                put_empty_store(tmp_path / f"{name}.db")
                if kind == "sqlite"
                else stack.enter_context(postgresql.lend_store())
            )
            return stack.enter_context(open_store(url))

        yield open_one


def _fill(store, count=40):
    store.sync_sources([DAILY], now=NOW)
    for number in range(count):
        one = article(
            number, title=f"Ünïcode 漢字 {number} \x1b", excerpt="x" * number, entry_id=f"\0{number}\ud800"
        )
        polled = state(etag='"x\0"', asks=Asks(ttl=timedelta(hours=1)), tallies=(Tally(day=1, polls=number),))
        store.save_poll(replace(polled, posts=((1, 2),)), [one], inserting(one))
    save_pictures(store, [picture(n) for n in range(5)])
    write_note(store, "k", "v")
    with store.writing() as connection:
        add_marks(connection, MarkKind.TOPIC, ["a", "b"])
        connection.execute(text("DELETE FROM marks WHERE kind = 'topic'"))


def _digests(store):
    with store.reading() as connection:
        found = {}
        for table in list_tables():
            found[table.name] = Digest()
            for rows in read_rows(connection, table):
                found[table.name] = found[table.name].add(rows)
        return found


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("other", KINDS)
def test_a_store_is_the_same_on_another_database(stores, kind, other):
    """Every row of every table is there, records read as before, and numbers of marks go on."""
    source, target = stores(kind, "source"), stores(other, "target")
    _fill(source)
    moved = move_rows(source, target)
    assert {one.name: one.digest for one in moved} == _digests(source) == _digests(target)
    assert next(one.digest.rows for one in moved if one.name == "articles") == 40
    assert target.article("id-7") == source.article("id-7")
    for store in (source, target):
        with store.writing() as connection:
            add_marks(connection, MarkKind.SITE, [""])
    kinds = [MarkKind.SITE]
    assert find_newest_mark(target, kinds) == find_newest_mark(source, kinds)


@pytest.mark.parametrize("kind", KINDS)
def test_a_move_that_was_killed_goes_on(stores, kind, monkeypatch):
    """What is there stays, nobody else opens it meanwhile, and in the end nothing is missing or twice."""
    monkeypatch.setattr(table_rows, "BATCH", 7)
    source, target = stores("sqlite", "source"), stores(kind, "target")
    _fill(source)
    done = []

    class Killed(BaseException):
        pass

    def die_late(what, rows):
        done.append(rows)
        if sum(done) > 60:
            raise Killed

    with pytest.raises(Killed):
        move_rows(source, target, on_rows=die_late)
    with pytest.raises(
        StoreError, match="another store is being moved to it: call `aggregator migrate-store`"
    ):
        open_store(target.url)
    copied = []
    with open_store(target.url, is_target=True) as again:
        move_rows(source, again, on_rows=lambda what, rows: copied.append((what, rows)))
    assert _digests(target) == _digests(source)
    assert sum(rows for _, rows in copied) == 3 * count_all_rows(source)
    open_store(target.url).close()


def test_a_source_that_changed_while_a_move_was_interrupted_is_moved_anew(stores, monkeypatch):
    """Rows of tables that were copied already would be missing otherwise."""
    monkeypatch.setattr(table_rows, "BATCH", 7)
    source, target = stores("sqlite", "source"), stores("postgresql", "target")
    _fill(source)

    def die(what, rows):
        if what == "comparing":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        move_rows(source, target, on_rows=die)
    _fill(source, 45)
    with open_store(target.url, is_target=True) as again:
        move_rows(source, again)
    assert _digests(target) == _digests(source)


def test_a_target_with_rows_of_its_own_is_refused(stores):
    """Nothing is written to it, and it can be used as before."""
    source, target = stores("sqlite", "source"), stores("postgresql", "target")
    _fill(source)
    target.sync_sources([DAILY], now=NOW)
    before = _digests(target)
    with pytest.raises(StoreError, match="sources has rows: name a database that is empty"):
        move_rows(source, target)
    assert _digests(target) == before
    open_store(target.url).close()


def test_a_target_of_another_move_is_refused(stores):
    """It is said which store is being moved to it."""
    one, other, target = stores("sqlite", "one"), stores("sqlite", "other"), stores("postgresql", "target")
    _fill(one, 1)

    def die(what, rows):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        move_rows(one, target, on_rows=die)
    with pytest.raises(StoreError, match=r"one\.db is being moved to it: go on with that one"):
        move_rows(other, target)
    move_rows(one, target)


@pytest.mark.parametrize("kind", KINDS)
def test_a_copy_has_all_rows_and_leaves_the_store_alone(stores, kind):
    """It is a file of this machine that may be changed freely."""
    source = stores(kind, "source")
    _fill(source, 5)
    before = _digests(source)
    with copy_store(source.url) as copy:
        assert _digests(copy) == before
        with copy.writing() as connection:
            connection.execute(articles.delete())
    assert _digests(source) == before
