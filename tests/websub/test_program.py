"""The whole program as an operator runs it: publisher, hub and subscriber on loopback."""

import contextlib
import json
import signal
import socket
import sqlite3
import time
from collections import Counter
from contextlib import closing

import pytest

from tests.integration.site import ML, SiteFolder, ago, item, read_until, rss, start_program, stop_program
from tests.loopback import Answer
from tests.websub.hub import Hub

SLOW = {"default_interval_min": 60, "min_interval_min": 15, "max_interval_min": 600}


class PushingSite:
    """A site that hubs reach on a port of loopback, with one source that announces a hub in its document."""

    def __init__(self, folder, loopback, **settings):
        self.hub = Hub(loopback)
        self.topic = f"{loopback.url}/feed"
        self.loopback = loopback
        self.shown = 2
        self.show(2)
        self.port = _free_port()
        websub = {"public_url": f"http://127.0.0.1:{self.port}", **settings.pop("websub", {})}
        self.folder = SiteFolder(
            folder, [{"id": "daily", "url": self.topic}], [ML], server={"port": self.port}, websub=websub,
            polling=SLOW, **settings,
        )  # fmt: skip
        self.database = folder / "data" / "aggregator.db"

    def show(self, items):
        """Answer polls with so many entries."""
        self.shown = items
        self.loopback.route("/feed", Answer(body=self.document()))

    def document(self):
        """Return the document with its links to the hub and to itself."""
        date = ago(hours=1)
        links = "".join(
            f'<link xmlns="http://www.w3.org/2005/Atom" rel="{rel}" href="{url}"/>'
            for rel, url in (("hub", self.hub.url), ("self", self.topic))
        )
        whole = rss(*(item(number, date) for number in range(self.shown, 0, -1))).decode()
        return whole.replace("<channel>", f"<channel>{links}").encode()

    def rows(self, query):
        """Return the rows of a query on the store."""
        with closing(sqlite3.connect(self.database, timeout=30)) as connection:
            return connection.execute(query).fetchall()

    def await_hub(self):
        """Wait until the hub holds a subscription."""
        _await(lambda: self.hub.held, "the hub was not asked")
        self.hub.settle()

    def polls(self):
        """Return how often the feed was asked for."""
        return sum(request.path == "/feed" for request in self.loopback.requests)


def _free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def _await(holds, why):
    until = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < until, why
        time.sleep(0.05)


@contextlib.contextmanager
def running(site, verb="run"):
    """Run a verb of the program on the site; it must end well."""
    program = start_program(verb, "--config", str(site.folder.config))
    try:
        read_until(program, "feeds and pages" if verb == "run" else "serving")
        yield program
    finally:
        program.kill()
        program.communicate()


@pytest.mark.parametrize("algorithm", ["sha1", "sha512"])
def test_from_publisher_to_feed(tmp_path, loopback, algorithm):
    """Polled, subscribed, published, pushed: within seconds the article is in the feed, and only once."""
    site = PushingSite(tmp_path, loopback)
    site.hub.algorithm = algorithm
    with running(site) as program:
        site.await_hub()
        site.show(3)
        (reply,) = site.hub.publish(site.topic, site.document())
        assert reply.status == 202
        read_until(program, "event=push source=daily new=1")
        feed = site.folder.feeds / "ml" / "rss.xml"
        _await(lambda: b"comet 3" in feed.read_bytes(), "the article was not published")
        assert site.polls() == 1
        rest = stop_program(program)
        assert "Traceback" not in rest
    assert "1 push, the last at" in site.folder.run("status", "--source", "daily")
    site.folder.run("poll", "--source", "daily")
    assert site.polls() == 2
    titles = Counter(title for (title,) in site.rows("SELECT title FROM articles"))
    assert sorted(titles) == [f"Machine learning finds comet {n}" for n in (1, 2, 3)]
    assert set(titles.values()) == {1}
    assert feed.read_bytes().count(b"<item>") == 3


def test_what_is_logged_has_no_secret(tmp_path, loopback):
    """Neither the secret nor the callback stands in a log, whatever the hub does."""
    site = PushingSite(tmp_path, loopback)
    with running(site) as program:
        site.await_hub()
        (held,) = site.hub.held.values()
        site.hub.publish(site.topic, site.document())
        site.hub.deliver(held, b"x", signature="sha256=0")
        site.hub.ask(held.callback, hub_mode="denied", hub_topic=site.topic, hub_reason="enough")
        reported = []
        for line in program.stdout:
            reported.append(line)
            if "what=denied" in line:
                break
        reported.append(stop_program(program))
    assert held.secret not in "".join(reported)
    assert held.callback.rpartition("/")[2] not in "".join(reported)
    assert '"error": null' in json.dumps(site.folder.status())


def test_a_push_taken_by_one_process_is_read_by_another(tmp_path, loopback):
    """`serve` answers hubs beside a poller that has the store: what it took is read once that one runs."""
    site = PushingSite(tmp_path, loopback)
    with running(site) as program:
        site.await_hub()
        stop_program(program)
    with running(site, "serve") as server:
        site.show(3)
        (reply,) = site.hub.publish(site.topic, site.document())
        assert reply.status == 202
        assert site.rows("SELECT count(*) FROM articles") == [(2,)]
        assert site.rows("SELECT count(*) FROM pushes") == [(1,)]
        site.folder.write("settings", {**_settings(site), "server": {"port": 0}})
        poller = start_program("run", "--config", str(site.folder.config))
        try:
            read_until(poller, "event=push source=daily new=1")
            _await(lambda: site.rows("SELECT count(*) FROM pushes") == [(0,)], "the push waits although read")
        finally:
            stop_program(poller)
        stop_program(server)
    assert site.rows("SELECT count(*) FROM articles") == [(3,)]


def test_killed_right_after_a_push_nothing_is_lost(tmp_path, loopback):
    """What was acknowledged is stored once, however the process ended, and the subscription goes on."""
    site = PushingSite(tmp_path, loopback)
    with running(site) as program:
        site.await_hub()
        site.show(3)
        site.hub.publish(site.topic, site.document())
        program.send_signal(signal.SIGKILL)
        program.wait()
    with running(site) as program:
        _await(lambda: site.rows("SELECT count(*) FROM articles") == [(3,)], "the push was lost")
        site.show(4)
        site.hub.publish(site.topic, site.document())
        _await(lambda: site.rows("SELECT count(*) FROM articles") == [(4,)], "not subscribed any more")
        stop_program(program)
    assert len(site.hub.forms) == 1


def test_a_removed_source_is_unsubscribed_while_it_runs(tmp_path, loopback):
    """The operator takes the source out, and the hub is told within seconds."""
    site = PushingSite(tmp_path, loopback)
    with running(site) as program:
        site.await_hub()
        site.folder.write("sources", {"sources": []})
        _await(lambda: not site.hub.held, "the hub was not told")
        site.hub.settle()
        assert "Traceback" not in stop_program(program)
    assert [form["hub.mode"] for form in site.hub.forms] == ["subscribe", "unsubscribe"]


def test_without_websub_there_are_no_callbacks(tmp_path, loopback):
    """`serve` then opens no store, and nothing is subscribed to."""
    site = PushingSite(tmp_path, loopback, websub={"enabled": False})
    site.folder.without_store()
    with running(site, "serve"):
        reply = site.hub.ask(f"http://127.0.0.1:{site.port}/_websub/{'x' * 43}", hub_mode="subscribe")
        assert reply.status == 404
        assert not site.database.exists()


def _settings(site):
    return {
        "storage": {"data_dir": str(site.database.parent), "feeds_dir": str(site.folder.feeds)},
        "fetch": {"allow_private_addresses": True, "timeout_s": 5},
        "polling": SLOW,
        "websub": {"public_url": f"http://127.0.0.1:{site.port}"},
    }
