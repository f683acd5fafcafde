"""What whoever watches a running service is told of it."""

import json
import sqlite3
from contextlib import closing
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from tests.integration.site import ML, SiteFolder, ago, item, read_until, rss, run_service
from tests.loopback import Answer


@pytest.fixture
def site(tmp_path, loopback):
    """A site with one source on loopback, one topic, and a free port to serve on."""
    loopback.route("/feed", Answer(body=rss(item(1, ago(hours=1)), item(2, ago(hours=1)))))
    return SiteFolder(tmp_path, [{"id": "daily", "url": f"{loopback.url}/feed"}], [ML], server={"port": 0})


@pytest.fixture
def service(site):
    """The running service of the site, which has published what it polled."""
    with run_service(site) as program:
        feed = site.feeds / "ml" / "rss.xml"
        while not (feed.exists() and b"finds comet 1" in feed.read_bytes()):
            read_until(program, "event=publish")
        yield program


def ask_ready(service):
    """Return the status and the content of /readyz."""
    try:
        with urlopen(f"{service.url}readyz", timeout=10) as answer:
            return answer.status, json.load(answer)
    except HTTPError as error:
        with error:
            return error.code, json.load(error)


def test_a_service_at_work_is_ready(service):
    """The store is there, sources are looked for, and something was published."""
    assert ask_ready(service) == (
        200,
        {
            "ok": True,
            "checks": {"store": "ok", "scheduler": "ok", "publishing": "ok"},
            "status": "ok",
        },
    )


def test_a_store_that_keeps_nothing_is_named(site, service):
    """Only the store fails where polls cannot be kept."""
    with closing(sqlite3.connect(site.folder / "data" / "aggregator.db", timeout=30)) as connection:
        connection.execute(
            "CREATE TRIGGER full BEFORE UPDATE ON sources BEGIN SELECT RAISE(ABORT, 'disk is full'); END"
        )
    read_until(service, "again_in_s")
    status, said = ask_ready(service)
    assert (status, said["status"]) == (503, "failing")
    assert said["checks"] == {
        "store": "the last poll could not be read or stored: see the log",
        "scheduler": "ok",
        "publishing": "ok",
    }
