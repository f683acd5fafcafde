"""What a service says of whether it can do its work."""

import asyncio
import time
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from aggregator.config import Config
from aggregator.fetch import FetchLimits
from aggregator.fetch.feed import Fetcher
from aggregator.pipeline.context import Context
from aggregator.rules import Rules
from aggregator.service import Service, ServiceState, make_checks
from aggregator.store import open_store


@pytest.fixture
def watched(tmp_path):
    """The state of a service that has not begun, on a store of its own."""
    config = Config.default()
    storage = config.settings.storage.model_copy(update={"feeds_dir": str(tmp_path / "feeds")})
    config = replace(config, settings=config.settings.model_copy(update={"storage": storage}))
    with open_store(f"sqlite:///{tmp_path / 'store.db'}") as store:
        fetcher = Fetcher(FetchLimits())
        context = Context(
            rules=Rules.of(config, {}), store=store, fetcher=fetcher, clock=lambda: datetime.now(UTC)
        )
        yield ServiceState(context=context)


def ask(state):
    """Return what each check says."""
    return {name: check() for name, check in make_checks(state).items()}


def test_a_service_is_ready_once_it_has_looked_and_published(watched):
    """At the start nothing was polled or published yet; after one of each job all is well."""
    assert ask(watched) == {
        "store": None,
        "scheduler": "no due sources were looked for yet",
        "publishing": "nothing was published yet since the start",
        "network": None,
    }
    service = Service(state=watched, on_stop=lambda: None)
    for job in ("tick", "publish"):
        asyncio.run(service.run_job(job))
    assert set(ask(watched).values()) == {None}


def test_what_is_late_is_told_in_seconds(watched):
    """Due sources are looked for every second, and something is published every minute."""
    watched.ticked_at_s = time.monotonic() - 40
    watched.publication.ended_at_s = time.monotonic() - 400
    told = ask(watched)
    assert told["scheduler"] == "no due sources were looked for since 40 s"
    assert told["publishing"] == "the last publication ended 400 s ago"
    watched.publication.ended_at_s = time.monotonic()
    watched.upload.behind_since_s = time.monotonic() - 400
    assert ask(watched)["publishing"] == "files wait to be uploaded since 400 s: see `aggregator status`"


def test_what_failed_is_not_told_in_public(watched):
    """Why is in the log: anybody may ask."""
    watched.ticked_at_s = watched.publication.ended_at_s = time.monotonic()
    watched.publication.failure, watched.polls.store_failure = "/secret/path", "/secret/other"
    told = ask(watched)
    assert told["publishing"] == "not all could be published: see the log"
    assert told["store"] == "the last poll could not be read or stored: see the log"


def test_a_store_that_cannot_be_read_is_named(watched):
    """Both addresses say so; it is logged when it is over."""
    with watched.context.store.writing() as connection:
        connection.exec_driver_sql("ALTER TABLE notes RENAME TO lost")
    told = make_checks(watched)["store"]()
    assert told.startswith("the store cannot be reached or read since 0 s")
    with watched.context.store.writing() as connection:
        connection.exec_driver_sql("ALTER TABLE lost RENAME TO notes")
    assert make_checks(watched)["store"]() is None


def test_only_what_a_restart_may_mend_is_not_well(watched):
    """A store that refuses polls or publications is told; a fault of ours, or of the machine, is not well."""
    service = Service(state=watched, on_stop=lambda: None)
    watched.polled_at_s = time.monotonic()
    watched.polls.store_failure, watched.polls.has_lost_store = "no room", True
    watched.publication.failure, watched.publication.has_lost_store = "no room", True
    said = service.health()
    assert (said["ok"], len(said["degraded"])) == (True, 2)
    watched.publication.has_lost_store = False
    assert not service.health()["ok"]
    watched.publication.failure, watched.polls.has_lost_store = None, False
    assert not service.health()["ok"]
