"""Who asks a publisher where several workers share the work: one at a time, whatever it is asked for."""

import shutil
from copy import copy

import pytest

from aggregator.publish.tree_paths import PICTURE_COPIES
from aggregator.store import open_store
from tests.integration.site import read_until, stop_program
from tests.workers.site import MOST, SHARDS, Publishers, make_site, run_worker, wait_until

CLAIM = """
SET LOCAL search_path TO aggregator_queue;
DELETE FROM procrastinate_jobs;
INSERT INTO procrastinate_jobs (queue_name, task_name, priority, lock, queueing_lock, args)
SELECT 'claims_gone', 'poll_shard', 0, 'poll ' || n, 'claim ' || n,
       jsonb_build_object('shard', n, 'worker', 1000000)
FROM generate_series(0, %s) n
"""


@pytest.fixture
def url(postgresql):
    """The address of an empty store."""
    with postgresql.lend_store() as lent:
        yield lent


def count_copies(site):
    """Return how many pictures have a copy in the published tree."""
    folder = site.feeds / PICTURE_COPIES
    return sum(not path.name.startswith(".") for path in folder.iterdir()) if folder.is_dir() else 0


def name_robot(site, name):
    """Return a site like this one, whose workers give another name to those whom they ask."""
    other = copy(site)
    other.config = site.folder / name
    shutil.copytree(site.config, other.config)
    settings = other.config / "settings.yaml"
    settings.write_text(settings.read_text().replace("one (+", f"{name} (+"))
    return other


def test_pictures_are_asked_for_by_who_has_the_shard(tmp_path, loopback, url):
    """While two workers poll, one of which publishes, no publisher is asked by both; all pictures come."""
    publishers = Publishers(loopback, 6, pause_s=0.2, pictures=True)
    site = make_site(
        tmp_path, publishers, url,
        fetch={"user_agent": "one (+mailto:a@daily.example)"},
        images={"sizes": True, "logos": True, "cache": True},
    )  # fmt: skip
    with run_worker(name_robot(site, "two")) as second:
        wait_until(lambda: any(publishers.visits.values()))  # before the other one has asked them all
        with run_worker(site, "--publish") as first:
            wait_until(lambda: count_copies(site) == MOST * len(publishers.names), within_s=150)
            stop_program(first)
        stop_program(second)
    assert len({visit[0] for visits in publishers.visits.values() for visit in visits}) == 2
    assert publishers.find_meetings() == []


def test_what_a_worker_claimed_that_is_gone_holds_up_nobody(tmp_path, loopback, url):
    """It waits in the queue for a worker that never comes; publishers are asked nevertheless."""
    publishers = Publishers(loopback, 6)
    site = make_site(tmp_path, publishers, url)
    with run_worker(site) as worker:
        read_until(worker, "event=worker ")
        stop_program(worker)
    with open_store(url) as store, store.writing() as connection:
        connection.exec_driver_sql(CLAIM % (SHARDS - 1))
    asked = dict(publishers.asked)
    with run_worker(site) as worker:
        wait_until(lambda: all(publishers.asked[name] > asked[name] for name in asked))
        stop_program(worker)
