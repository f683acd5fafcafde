"""Killed at any moment, the service loses nothing and doubles nothing."""

import random
import signal
import time

import pytest

from tests.faults.invariants import find_faults
from tests.growing_feeds import GrowingFeeds
from tests.integration.site import TOPICS, SiteFolder, run_program, start_program
from tests.profiles import repeat

KILLS = repeat(5, large=50)


@pytest.fixture
def feeds(loopback):
    """Publishers whose entries keep coming between kills, and stay."""
    return GrowingFeeds(loopback, 6, seed=0, growth=8)


@pytest.fixture
def site(tmp_path, feeds, store_url):
    """A site that polls them, with a store on either database."""
    storage = {"database": store_url}
    return SiteFolder(
        tmp_path, feeds.sources, TOPICS, storage=storage, images={"sizes": False, "logos": False}
    )


@pytest.fixture
def service(site):
    """The running service, killed at the end."""
    program = start_service(site)
    yield program
    program.kill()
    program.communicate()


def start_service(site):
    """Start the service and wait until it serves."""
    program = start_program("run", "--port", "0", "--config", str(site.config))
    while "feeds and pages" not in program.stdout.readline():
        assert program.poll() is None, "the service did not start"
    return program


@pytest.mark.parametrize(("store_url", "seed"), [("sqlite", 0), ("postgresql", 1)], indirect=["store_url"])
def test_every_entry_is_stored_exactly_once_after_many_kills(site, feeds, seed):
    """SIGKILLs at random moments leave every entry once in the store and in the feeds."""
    rng = random.Random(seed)
    for _ in range(KILLS):
        program = start_service(site)
        time.sleep(rng.uniform(0.0, 1.5))
        program.send_signal(signal.SIGKILL)
        program.communicate()
    feeds.growth = 0
    site.run("poll", "--all")
    site.run("publish")
    assert len(feeds.written()) > 30
    assert find_faults(site.config, feeds, {}) == []


def test_the_service_stops_cleanly_on_sigterm(service):
    """SIGTERM ends it within ten seconds, with exit code 0."""
    time.sleep(0.5)
    asked_at = time.monotonic()
    service.send_signal(signal.SIGTERM)
    service.communicate(timeout=60)
    assert service.returncode == 0
    assert time.monotonic() - asked_at < 10


def test_a_second_run_says_so_and_stops(site, service):
    """Two services on one store: the second exits with code 3, and the first goes on."""
    second = run_program("run", "--config", str(site.config), code=3)
    assert "another aggregator run" in second.stderr
    service.send_signal(signal.SIGINT)
    service.communicate(timeout=60)
    assert service.returncode == 0
