"""PostgreSQL: opened, refused, shared, stopped and started."""

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from hashlib import sha256
from threading import Barrier, Event

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import IntegrityError

from aggregator.errors import StoreBusy, StoreError, StoreLocked
from aggregator.model import SourceState
from aggregator.store import (
    count_articles,
    lock_store,
    open_store,
    read_known,
    read_note,
    read_pictures,
    save_pictures,
    save_polls,
    write_note,
)
from aggregator.store import postgresql as postgresql_store
from aggregator.store.workers import service_lock
from tests.builders import DAILY, NOW, article, inserting, picture


@pytest.fixture
def url(postgresql):
    """The address of an empty store."""
    with postgresql.lend_store() as lent:
        yield lent


def _say_why(url):
    with pytest.raises(StoreError) as raised:
        open_store(url)
    (line,) = str(raised.value).splitlines()
    assert "secret" not in line
    return line


def test_a_server_that_is_not_there_is_told(tmp_path):
    """The line names the database without its password, and says what to look at."""
    nowhere = f"postgresql://u:secret@/d?host={tmp_path}"
    assert "check that the server runs" in _say_why(nowhere)
    assert "check that the server runs" in _say_why("postgresql://u:secret@127.0.0.1:9/d")
    assert "check the host in storage.database" in _say_why("postgresql://u:secret@no-host.invalid/d")
    assert "check that the server runs" in _say_why(f"postgresql://u@/d?host={tmp_path}&password=secret")


def test_a_database_that_is_not_there_is_told_with_how_to_make_it(postgresql):
    """The command makes one that is accepted."""
    line = _say_why(postgresql.url_of("nothing"))
    assert 'database "nothing" does not exist' in line
    assert "createdb --template=template0 --encoding=UTF8 --locale=C NAME" in line


def test_a_wrong_password_is_told_without_it(postgresql):
    """The server says so, and the line what to check."""
    postgresql.execute("CREATE ROLE guarded LOGIN PASSWORD 'right'")
    with postgresql.asking_for_passwords():
        line = _say_why(postgresql.url_of("migrated", user="guarded:secret"))
    assert "password authentication failed" in line
    assert "check the user and the password in storage.database" in line


def test_a_database_of_another_encoding_is_refused(postgresql):
    """Texts of all scripts are to fit, and to sort as bytes."""
    options = "ENCODING 'LATIN1' LOCALE 'C'"
    line = _say_why(postgresql.create_database("strange", template="template0", options=options))
    postgresql.execute("DROP DATABASE strange")
    assert "its encoding is LATIN1, but UTF8 and the locale C are needed" in line
    assert "createdb --template=template0" in line


def test_without_the_driver_it_is_said_how_to_install_it(url, monkeypatch):
    """The extra of this program is named, not a library."""
    monkeypatch.setitem(sys.modules, "psycopg", None)
    assert "pip install 'aggregator[postgres]'" in _say_why(url)


def test_a_newer_store_is_refused(url):
    """The line says that a newer version made it, and nothing is changed."""
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        before = connection.scalar(text("SELECT version_num FROM alembic_version"))
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    line = _say_why(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :it"), {"it": before})
    engine.dispose()
    assert "it was made by a newer version; install that one" in line


def test_services_that_start_at_once_make_one_store(postgresql):
    """One of them makes the tables, the others wait for it."""
    url = postgresql.create_database("fresh", template="template0")
    barrier = Barrier(3)

    def start(_):
        barrier.wait()
        open_store(url).close()

    with ThreadPoolExecutor(3) as threads:
        list(threads.map(start, range(3)))
    with open_store(url) as store:
        assert count_articles(store) == 0
    postgresql.execute("DROP DATABASE fresh")


def test_who_waits_too_long_for_another_writer_is_told(url, monkeypatch):
    """It is locked, which the callers of a store know how to wait for."""
    polls = [(SourceState(source_id="daily", outcome="updated"), [article(1)], inserting(article(1)))]
    monkeypatch.setitem(postgresql_store._OPTIONS, "lock_timeout", "100ms")
    with open_store(url) as store, open_store(url) as other:
        store.sync_sources([DAILY], now=NOW)
        with other.writing():
            with pytest.raises(StoreLocked, match="another program holds it"):
                save_polls(store, polls)
            with pytest.raises(StoreLocked, match="another program holds it"):
                save_polls(store, polls, waits=False)
        save_polls(store, polls, waits=False)
        assert count_articles(store) == 1


def test_a_store_survives_its_server(postgresql, url):
    """While it is gone each call fails by itself; once it is back the same store goes on."""
    with open_store(url) as store:
        write_note(store, "k", "v")
        postgresql.stop()
        with pytest.raises(StoreError, match="check that the server runs"):
            read_note(store, "k")
        postgresql.start()
        assert read_note(store, "k") == "v"


def test_keys_of_any_length_are_stored(url):
    """Addresses, ids of entries, hubs and titles that fit no b-tree are found as any other."""
    long = "".join(sha256(str(number).encode()).hexdigest() for number in range(60))
    one = article(
        1,
        canonical_url=f"https://daily.example/{long}",
        entry_id=long * 3,
        title=f"{'漢字' * 400} {long}"[:1000],
    )
    with open_store(url) as store:
        store.sync_sources([DAILY], now=NOW)
        polled = SourceState(source_id="daily", hub_url=f"https://hub.example/{long}")
        for _ in range(2):
            store.save_poll(polled, [one], inserting(one))
        known = read_known(store, "daily", [one])
        assert known.urls == {one.canonical_url: one.id}
        assert [sighting.entry_id for sighting in known.sightings] == [one.entry_id]
        assert [same.id for found in known.titles.values() for same in found] == [one.id]
        shown = picture(url=one.canonical_url)
        for width in (1, 2):
            save_pictures(store, [replace(shown, width=width)])
        assert read_pictures(store, [shown.url]) == {shown.url: replace(shown, width=2)}


def test_long_keys_are_looked_up_by_an_index(url):
    """No table is gone through for them, and none has a key twice."""
    with open_store(url) as store, store.writing() as connection:
        connection.execute(text("SET LOCAL enable_seqscan = off"))
        for table, column in (
            ("article_urls", "url"), ("pictures", "url"), ("sightings", "entry_id"),
            ("sources", "hub_url"), ("articles", "title_key"),
        ):  # fmt: skip
            asked = text(f"EXPLAIN SELECT * FROM {table} WHERE {column} IN ('a', 'b')")
            plan = "\n".join(connection.execute(asked).scalars())
            assert "Index" in plan
        connection.execute(text("INSERT INTO article_urls VALUES ('a', 'one')"))
        with pytest.raises(IntegrityError):
            connection.execute(text("INSERT INTO article_urls VALUES ('a', 'two')"))


@pytest.fixture
def _often(monkeypatch):
    monkeypatch.setattr(service_lock, "LOOK_EVERY_S", 0.05)


@pytest.mark.usefixtures("_often")
def test_one_service_at_a_time_holds_a_store(url):
    """A second one is told which store it is, without its password, and has it once the first is done."""
    with lock_store(url), pytest.raises(StoreBusy, match="another aggregator run uses postgresql://"):
        lock_store(url).__enter__()
    with lock_store(url):
        pass


@pytest.mark.usefixtures("_often")
def test_a_service_keeps_its_lock_over_a_start_of_the_server(postgresql, url):
    """It takes it again, and a second service is refused as before."""
    taken = []
    with lock_store(url, on_taken=taken.append):
        postgresql.stop()
        postgresql.start()
        time.sleep(1)
        with pytest.raises(StoreBusy):
            lock_store(url).__enter__()
    assert taken == []
    with lock_store(url):
        pass


@pytest.mark.usefixtures("_often")
def test_a_service_whose_store_another_took_is_told(postgresql, url):
    """That happens where its session ends and the other one is quicker."""
    taken, told = [], Event()
    other = service_lock.make_session_engine(url)
    wait = text("SELECT pg_advisory_lock(:service)").bindparams(service=service_lock.SERVICE)
    with (
        ThreadPoolExecutor(1) as threads,
        lock_store(url, on_taken=lambda why: (taken.append(why), told.set())),
        other.connect() as connection,
    ):
        waiting = threads.submit(connection.execute, wait)
        time.sleep(0.2)
        postgresql.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted"
        )
        waiting.result()
        assert told.wait(60)
    other.dispose()
    assert "another aggregator run uses postgresql://" in taken[0]


def _write_while_cut_off(store, postgresql):
    with store.writing() as connection:
        connection.execute(text("INSERT INTO notes VALUES ('k', 'v')"))
        idle = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state = 'idle in transaction'"
        postgresql.execute(idle)
        time.sleep(0.1)
        connection.execute(text("INSERT INTO notes VALUES ('l', 'v')"))


def test_a_transaction_that_the_server_cuts_off_leaves_nothing(postgresql, url):
    """The writer is told, and its store can be used again."""
    with open_store(url) as store:
        with pytest.raises(StoreError, match="try again once the server runs"):
            _write_while_cut_off(store, postgresql)
        assert read_note(store, "k") is None
