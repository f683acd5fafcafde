"""Shards of sources, and the queue of workers beside the store."""

import pytest

from aggregator.errors import StoreBusy, WorkerReplaced
from aggregator.model import Source
from aggregator.store import (
    SHARDS,
    find_due_shards,
    fold_shards,
    make_worker_guard,
    prepare_queue,
    read_due_sources,
    read_queue,
    shard_of,
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


def _list_ids(store, shards):
    return tuple(one.id for one in read_due_sources(store, NOW, shards=shards))
