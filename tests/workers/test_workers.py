"""Several workers on one PostgreSQL database: they share the work, and do that of those who are gone."""

import json
import os
import signal
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from aggregator.store import count_articles, find_articles_to_enrich, open_store, read_queue
from tests.integration.scrape import scrape, value_of
from tests.integration.site import read_until, run_program, stop_program
from tests.workers.site import Publishers, make_site, run_worker, wait_until

PAGES = {"pages": True, "host_delay_s": 0}


@dataclass
class SharedStore:
    """What the store has, as another program sees it."""

    store: object

    def articles(self):
        """Return how many articles there are."""
        return count_articles(self.store)

    def jobs(self, task="poll_shard", status="doing"):
        """Return how many jobs of a kind there are."""
        jobs, _ = read_queue(self.store)
        return sum(job.jobs for job in jobs if (job.task, job.status) == (task, status))

    def writers_that_wait(self):
        """Return how many transactions of workers wait for a table."""
        asked = (
            "SELECT count(*) FROM pg_stat_activity JOIN pg_locks USING (pid)"
            " WHERE application_name LIKE 'aggregator worker %%' AND locktype = 'relation' AND NOT granted"
        )
        with self.store.reading() as connection:
            return connection.exec_driver_sql(asked).scalar()

    def has_no_page_to_read(self):
        """Tell whether what the pages of all articles say is stored."""
        return not find_articles_to_enrich(self.store, datetime.now(UTC), 1)

    def workers(self):
        """Return the numbers of the workers."""
        return [worker.id for worker in read_queue(self.store)[1]]


@pytest.fixture
def url(postgresql):
    """The address of an empty store."""
    with postgresql.lend_store() as lent:
        yield lent


@pytest.fixture
def stored(url):
    """What is in it."""
    with open_store(url) as store:
        yield SharedStore(store)


def ask(address, page):
    """Return the status of an answer and what it says, where that is JSON."""
    try:
        with urlopen(f"{address}{page}", timeout=60) as answer:
            return answer.status, json.load(answer)
    except HTTPError as error:
        with error:
            return error.code, None


def test_workers_share_the_work(tmp_path, loopback, url, stored):
    """They poll and read pages of different publishers, none asked by both; each entry is stored, shown once."""
    publishers = Publishers(loopback, 12, pause_s=0.1, pages=True)
    site = make_site(tmp_path, publishers, url, **PAGES)
    with run_worker(site, "--publish") as first, run_worker(site, "--port", "0") as second:
        address = read_until(second, "health and metrics").split()[-1]
        for worker in (first, second):
            read_until(worker, "event=poll ")
        wait_until(lambda: publishers.is_done() and stored.articles() == publishers.entries())
        wait_until(publishers.are_all_read)
        wait_until((site.feeds / "ml" / "index.html").exists)
        told = {row["worker"]: row["publishing"] for row in site.status()["workers"]}
        assert list(told) == stored.workers()
        assert sorted(told.values(), key=str) == [None, "arranges"]
        run_program("run", "--config", str(site.config), code=3)
        samples, _ = scrape(address)
        assert value_of(samples, "aggregator_polls_total", outcome="updated") > 0
        assert {ask(address, page)[0] for page in ("healthz", "readyz")} == {200}
        assert ask(address, "readyz")[1]["checks"] == dict.fromkeys(("store", "scheduler", "network"), "ok")
        assert ask(address, "ml/rss.xml")[0] == 404
        told = [stop_program(worker) for worker in (first, second)]
        assert [first.returncode, second.returncode] == [0, 0]
    assert all("event=poll_shard" in text for text in told)
    assert publishers.most_at_once == 1
    assert publishers.pages_read() == publishers.entries()
    robots = [request.headers["Host"] for request in loopback.requests if request.path == "/robots.txt"]
    assert len(robots) == len(set(robots)) == len(publishers.names)
    assert stored.articles() == publishers.entries()
    assert stored.workers() == []
    assert stored.jobs() == 0


def test_workers_publish_to_one_tree_only(tmp_path, loopback, url):
    """One with another folder says so and takes nothing, until it is alone; without any `status` says that."""
    publishers = Publishers(loopback, 1)
    for name in ("east", "west"):
        (tmp_path / name).mkdir()
    east, west = (make_site(tmp_path / name, publishers, url) for name in ("east", "west"))
    with run_worker(east) as polls:
        read_until(polls, "event=worker ")
        assert ["no worker publishes" in row["problem"] for row in east.status()["unpublished"]] == [True]
        with run_worker(east, "--publish") as first:
            read_until(first, "event=worker ")
            assert east.status()["unpublished"] == []
            assert "elsewhere" in [row["publishing"] for row in west.status()["workers"]]
            with run_worker(west, "--publish") as second:
                told = read_until(second, "level=error event=worker")
                assert f"{east.feeds}: storage.feeds_dir has to be one folder" in told
                wait_until((east.feeds / "ml" / "index.html").exists)
                assert not (west.feeds / "ml").exists()
                stop_program(first)
                read_until(second, "event=worker id=")
                wait_until((west.feeds / "ml" / "index.html").exists)


def test_others_do_the_jobs_of_a_killed_worker(tmp_path, loopback, url, stored):
    """A worker that is killed while publishers answer: its jobs do not stay under way, and are done."""
    publishers = Publishers(loopback, 3, pause_s=1, pages=True)
    site = make_site(tmp_path, publishers, url, **PAGES)
    with run_worker(site) as first:
        wait_until(publishers.pages_read)
        first.kill()
        assert stored.jobs()
    publishers.pause_s = 0
    with run_worker(site) as second:
        wait_until(lambda: publishers.is_done() and stored.articles() == publishers.entries())
        wait_until(publishers.are_all_read)
        assert len(stored.workers()) == 1
        stop_program(second)
    assert stored.jobs() == 0


def test_a_worker_stopped_while_it_writes_keeps_no_other_from_beginning(tmp_path, loopback, url, stored):
    """One that begins alone waits until the other counts as gone, four seconds here, and not for half a minute."""
    publishers = Publishers(loopback, 3)
    site = make_site(tmp_path, publishers, url)
    with run_worker(site) as first:
        read_until(first, "event=worker ")
        with open_store(url) as other, other.reading() as connection:
            connection.exec_driver_sql("LOCK TABLE sources IN SHARE MODE")  # what stores a poll waits here
            wait_until(lambda: stored.writers_that_wait() > 0)
            os.kill(first.pid, signal.SIGSTOP)
        wait_until(lambda: stored.writers_that_wait() == 0)
        began_s = time.monotonic()
        with run_worker(site, "--publish") as second:
            assert "ended=1" in read_until(second, "event=workers ")
            read_until(second, "event=worker ")
            assert time.monotonic() - began_s < 20
            wait_until(lambda: publishers.is_done() and stored.articles() == publishers.entries())


def test_a_worker_that_was_stopped_does_nothing_twice(tmp_path, loopback, url, stored):
    """A worker that is stopped for long in mid-job finds its jobs done by others, stores nothing, goes on."""
    publishers = Publishers(loopback, 3, pause_s=1, pages=True)
    site = make_site(tmp_path, publishers, url, **PAGES)
    with run_worker(site) as first:
        wait_until(publishers.pages_read)
        os.kill(first.pid, signal.SIGSTOP)
        with run_worker(site, "--publish") as second:
            wait_until(lambda: publishers.is_done() and stored.articles() == publishers.entries())
            wait_until(publishers.are_all_read)
            wait_until(stored.has_no_page_to_read)  # one that the first asked for, too, and could not store
            read = publishers.pages_read()
            os.kill(first.pid, signal.SIGCONT)
            assert "silent" in read_until(first, "level=error event=worker")
            wait_until(lambda: len(stored.workers()) == 2)
            asked = dict(publishers.asked)
            wait_until(lambda: all(publishers.asked[name] > asked[name] for name in asked))
            assert publishers.pages_read() == read
            assert publishers.most_at_once == 1
            assert stored.articles() == publishers.entries()
            stop_program(first)
            stop_program(second)
    assert stored.jobs() == 0
