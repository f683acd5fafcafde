"""Workers that publish share one tree: each notes to which it writes, and finds those that write to another."""

import asyncio

import pytest

from aggregator.errors import PublishError
from aggregator.service.workers.queue import Queue, prepare_workers
from aggregator.service.workers.shared_tree import SharedTree
from aggregator.store import read_queue


@pytest.fixture
def store(postgresql):
    """An empty store with a queue, and three workers that say that they are there."""
    with postgresql.open_new_store() as made:
        prepare_workers(made, 8)
        _run(made, "INSERT INTO QUEUE.procrastinate_workers DEFAULT VALUES")
        _run(made, "INSERT INTO QUEUE.procrastinate_workers DEFAULT VALUES")
        _run(made, "INSERT INTO QUEUE.procrastinate_workers DEFAULT VALUES")
        yield made


def _run(store, statement):
    with store.writing() as connection:
        connection.exec_driver_sql(statement.replace("QUEUE", "aggregator_queue"))


def test_a_tree_is_claimed_while_no_worker_publishes_to_another(store, tmp_path):
    """That is told while the other says that it is there, also while somebody writes, and ends with it."""
    asyncio.run(_claim(store, tmp_path))


async def _claim(store, folder):
    one, two, three = (worker.id for worker in read_queue(store)[1])
    queue = Queue.of(store, silent_s=30)
    async with queue.open():
        east, west = (SharedTree(queue=queue, folder=folder / name) for name in ("east", "west"))
        await west.check()
        with store.writing():
            await east.claim(one)
            await east.claim(two)
        assert [worker.publishes for worker in read_queue(store)[1]] == [True, True, False]
        with pytest.raises(PublishError, match=r"west: another worker publishes to another tree, .*:.*/east"):
            await west.claim(three)
        prepare_workers(store, 8)  # the next worker that is started leaves that as it is
        _run(store, f"DELETE FROM QUEUE.procrastinate_workers WHERE id IN ({one:d}, {three:d})")
        with pytest.raises(PublishError, match="/east"):
            await west.check()
        silent = "last_heartbeat = now() - interval '31 seconds'"
        _run(store, f"UPDATE QUEUE.procrastinate_workers SET {silent} WHERE id = {two:d}")
        await west.check()
