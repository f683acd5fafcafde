"""Killed at any moment, the service loses nothing and doubles nothing."""

import random
import signal
import time
from collections import Counter
from datetime import UTC, datetime

import pytest

from aggregator.config import load_config
from aggregator.demo import Newsroom, write_demo_config
from aggregator.store import open_store
from aggregator.urls import canonical_url
from tests.integration.site import run_program, start_program
from tests.profiles import repeat

KILLS = repeat(5, large=50)


@pytest.fixture
def newsroom():
    """A newsroom whose script runs so fast that entries keep coming between kills, but no site dies of age."""
    with Newsroom(speed=4.0) as opened:
        yield opened


@pytest.fixture
def config(tmp_path, newsroom, store_url):
    """A configuration for the newsroom, with a store on either database."""
    folder = tmp_path / "config"
    folder.mkdir()
    write_demo_config(folder, newsroom, data_dir=tmp_path / "data", feeds_dir=tmp_path / "feeds", port=0)
    settings = folder / "settings.yaml"
    stated = settings.read_text(encoding="utf-8")
    settings.write_text(
        stated.replace("storage:\n", f"storage:\n  database: {store_url}\n"), encoding="utf-8"
    )
    return folder


def run_and_kill(config, after_s):
    """Start the service and kill it ``after_s`` seconds after it began to serve."""
    service = start_program("run", "--config", str(config))
    while "feeds and pages" not in service.stdout.readline():
        assert service.poll() is None, "the service did not start"
    time.sleep(after_s)
    service.send_signal(signal.SIGKILL)
    service.communicate()


def stored_addresses(config):
    """Return how often each canonical URL is that of a stored article."""
    with open_store(load_config(config, {}).settings.database_url) as store:
        return Counter(
            a.canonical_url for a in store.articles_since(datetime.min.replace(tzinfo=UTC, year=1990))
        )


@pytest.mark.parametrize(("store_url", "seed"), [("sqlite", 0), ("sqlite", 1)], indirect=["store_url"])
def test_every_entry_is_stored_exactly_once_after_many_kills(newsroom, config, seed):
    """SIGKILLs at random moments under a live newsroom leave every entry exactly once."""
    rng = random.Random(seed)
    for _ in range(KILLS):
        run_and_kill(config, after_s=rng.uniform(0.0, 1.5))
    run_program("poll", "--all", "--config", str(config))
    served = {canonical_url(entry) for ids in newsroom.entries_served().values() for entry in ids}
    stored = stored_addresses(config)
    assert len(served) > 50
    assert {url for url, count in stored.items() if count > 1} == set()
    assert served - stored.keys() == set()


def test_the_service_stops_cleanly_on_sigterm(config):
    """SIGTERM ends it within ten seconds, with exit code 0."""
    service = start_program("run", "--config", str(config))
    while "feeds and pages" not in service.stdout.readline():
        assert service.poll() is None, "the service did not start"
    time.sleep(0.5)
    asked_at = time.monotonic()
    service.send_signal(signal.SIGTERM)
    service.communicate(timeout=15)
    assert service.returncode == 0
    assert time.monotonic() - asked_at < 10


def test_a_second_run_says_so_and_stops(config):
    """Two services on one store: the second exits with code 3."""
    service = start_program("run", "--config", str(config))
    try:
        while "feeds and pages" not in service.stdout.readline():
            assert service.poll() is None, "the service did not start"
        second = run_program("run", "--config", str(config), code=3)
        assert "another aggregator run" in second.stderr
    finally:
        service.send_signal(signal.SIGINT)
        service.communicate(timeout=15)
    assert service.returncode == 0
