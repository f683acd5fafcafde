"""A worker whose way to the database is cut in the middle of its jobs."""

import time

from aggregator.store import count_articles, open_store
from tests.faults.relay import Relay
from tests.integration.site import read_until
from tests.workers.site import Publishers, make_site, run_worker, wait_until


def test_others_do_the_jobs_of_a_worker_that_is_cut_off(tmp_path, loopback, postgresql):
    """They do so within seconds, and what it comes back with changes nothing: no entry is there twice."""
    publishers = Publishers(loopback, 3, pause_s=0.5)
    folder = tmp_path / "relay"
    folder.mkdir()
    with postgresql.lend_store() as url, open_store(url) as store, Relay(folder, postgresql.folder) as relay:
        site = make_site(tmp_path, publishers, url.replace(str(postgresql.folder), "${STORE_FOLDER}"))
        with run_worker(site, STORE_FOLDER=str(folder)):
            wait_until(lambda: all(publishers.asked.values()))
            relay.cut()
            with run_worker(site, "--publish", STORE_FOLDER=str(postgresql.folder)) as second:
                assert "gone=" in read_until(second, "a worker was silent")
                wait_until(lambda: publishers.is_done() and count_articles(store) == publishers.entries())
                relay.mend()  # what the first had sent comes now
                time.sleep(1.0)
        assert publishers.most_at_once == 1
        assert count_articles(store) == publishers.entries()
