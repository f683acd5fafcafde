"""Shards of sources, and the queue of workers beside the store."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from aggregator.errors import StoreBusy, StoreError, WorkerReplaced
from aggregator.model import Source
from aggregator.store import (
    SHARDS,
    find_due_shards,
    fold_shards,
    make_worker_guard,
    open_store,
    prepare_queue,
    read_due_sources,
    read_note,
    read_queue,
    shard_of,
    watch_silent_writers,
    write_note,
)
from tests.builders import NOW

TABLES = """
CREATE TABLE procrastinate_workers (id bigint PRIMARY KEY, last_heartbeat timestamptz NOT NULL DEFAULT now());
CREATE TABLE procrastinate_jobs (id bigint, task_name text, status text, worker_id bigint);
"""


@pytest.fixture
def shared(postgresql):
    """An empty store on PostgreSQL."""
    with postgresql.open_new_store() as store:
        yield store


def run(store, statement):
    """Run a statement in the queue's schema."""
    with store.writing() as connection:
        connection.exec_driver_sql(statement.replace("QUEUE", "aggregator_queue"))


def test_a_publisher_is_in_one_shard(store):
    """All sources of a service are due in its shard and in no other; shards are the same on all machines."""
    hosts = ("daily.com", "www.daily.com", "feeds.weekly.org", "x.tumblr.com", "y.tumblr.com")
    sources = [Source(id=host, url=f"https://{host}/feed") for host in hosts]
    store.sync_sources(sources, now=NOW)
    by_service = {"daily.com": hosts[:2], "weekly.org": hosts[2:3], "tumblr.com": hosts[3:]}
    assert {shard_of(name) for name in by_service} == find_due_shards(store, NOW) == {160, 617, 657}
    for name, ids in by_service.items():
        assert _list_ids(store, [shard_of(name)]) == tuple(ids)
    assert _list_ids(store, []) == ()
    assert set(_list_ids(store, range(SHARDS))) == set(hosts)
    for left_out in (160, 617, 657):  # of many shards, told by their remainders
        others = [shard for shard in range(SHARDS) if shard % 32 != left_out % 32]
        found = set(_list_ids(store, others))
        assert found == {id_ for name, ids in by_service.items() if shard_of(name) != left_out for id_ in ids}


def test_shards_are_told_by_remainders():
    """By the least divisor by which those asked for can be told from all others."""
    assert fold_shards(frozenset(range(SHARDS))) == (1, [0])
    assert fold_shards(frozenset(range(3, SHARDS, 64)) | frozenset(range(5, SHARDS, 64))) == (64, [3, 5])
    assert fold_shards(frozenset({7, 1023})) == (SHARDS, [7, 1023])


def test_what_a_replaced_worker_writes_is_undone(shared):
    """A worker writes as long as it is among the workers; what it writes after that is refused whole."""
    prepare_queue(shared, "one", TABLES)
    run(shared, "INSERT INTO QUEUE.procrastinate_workers VALUES (7)")
    shared.guard = make_worker_guard(7)
    write_note(shared, "a", "1")
    shared.guard = None
    run(shared, "DELETE FROM QUEUE.procrastinate_workers")
    shared.guard = make_worker_guard(7)
    with pytest.raises(WorkerReplaced, match="worker 7"):
        write_note(shared, "b", "2")


@contextmanager
def writing_as(url, worker_id):
    """Give the connection of a worker that is in the middle of a transaction that writes."""
    with open_store(url) as store:
        store.guard = make_worker_guard(worker_id)
        with suppress(StoreError), store.writing() as connection:
            yield connection


def test_a_silent_worker_holds_up_no_other(postgresql):
    """Its transaction is ended once it was silent for so long, and one of a worker that speaks never is."""
    ended = []
    with postgresql.lend_store() as url, open_store(url) as store:
        prepare_queue(store, "one", TABLES)
        run(
            store,
            "INSERT INTO QUEUE.procrastinate_workers VALUES (7, now() - interval '2 s'), (8, now() + interval '1 h')",
        )
        with watch_silent_writers(url, 4, ended.append), ThreadPoolExecutor(1) as threads:
            began_s = time.monotonic()
            with writing_as(url, 7) as connection:
                write_note(store, "a", "1")
                assert 1 < time.monotonic() - began_s < 15
                with pytest.raises(DBAPIError, match="terminating"):
                    connection.exec_driver_sql("SELECT 1")
            with writing_as(url, 8) as connection:
                waiting = threads.submit(write_note, store, "b", "1")
                time.sleep(2.5)
                assert not waiting.done()
                connection.exec_driver_sql("INSERT INTO notes VALUES ('c', '1')")
            waiting.result()
        assert [read_note(store, name) for name in "abc"] == ["1", "1", "1"]
    assert ended == [1]


def test_a_session_has_its_name_before_it_waits(postgresql):
    """A worker is told by it while it waits for the lock of writers, and where it asked for that in passing."""
    with postgresql.lend_store() as url, open_store(url) as store, ThreadPoolExecutor(1) as threads:
        prepare_queue(store, "one", TABLES)
        run(store, "INSERT INTO QUEUE.procrastinate_workers VALUES (7)")
        with open_store(url) as worker:
            worker.guard = make_worker_guard(7)
            with store.writing():
                waiting = threads.submit(write_note, worker, "a", "1")
                while not _count_named(store):
                    assert not waiting.done()
                    time.sleep(0.02)
            waiting.result()
            for how in ({"waits": False}, {"names": ["daily"]}):
                with worker.writing(**how):
                    assert _count_named(store) == 1
            assert _count_named(store) == 0


def _count_named(store):
    named = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'aggregator worker 7'"
    with store.reading() as connection:
        return connection.execute(text(named)).scalar()


def test_a_queue_is_made_anew_for_another_version(shared):
    """A queue for the same stays; one for another version is replaced, but not under workers who use it."""
    assert read_queue(shared) == ((), ())
    prepare_queue(shared, "one", TABLES)
    run(shared, "INSERT INTO QUEUE.procrastinate_jobs VALUES (1, 'poll', 'todo')")
    prepare_queue(shared, "one", TABLES)
    assert [(job.task, job.jobs) for job in read_queue(shared)[0]] == [("poll", 1)]
    prepare_queue(shared, "two", TABLES)
    assert read_queue(shared) == ([], [])
    run(shared, "INSERT INTO QUEUE.procrastinate_workers VALUES (7)")
    with pytest.raises(StoreBusy, match=r"two.*three.*stop them all"):
        prepare_queue(shared, "three", TABLES)


def test_a_queue_of_a_version_that_noted_no_publisher_is_read(shared):
    """It is not known who publishes; the next worker that is started notes it."""
    prepare_queue(shared, "one", TABLES)
    run(shared, "INSERT INTO QUEUE.procrastinate_workers VALUES (7)")
    run(shared, "DROP TABLE QUEUE.publishing_workers")
    assert [worker.publishes for worker in read_queue(shared)[1]] == [None]
    prepare_queue(shared, "one", TABLES)
    assert [worker.publishes for worker in read_queue(shared)[1]] == [False]


def _list_ids(store, shards):
    return tuple(one.id for one in read_due_sources(store, NOW, shards=shards))
