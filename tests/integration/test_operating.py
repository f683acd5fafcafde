"""What an operator does to a site while it runs, and what goes wrong around it."""

import asyncio
import fcntl
import json
import os
import signal
import sqlite3
import subprocess
import sys
import termios
import time
from contextlib import closing, suppress
from datetime import UTC, datetime
from socket import socket
from threading import Event
from urllib.request import urlopen

import pytest

from aggregator.config import Config
from aggregator.errors import StoreError
from aggregator.fetch import FetchLimits
from aggregator.fetch.feed import Fetcher
from aggregator.fetch.pages import PageFetcher
from aggregator.pipeline.context import Context
from aggregator.rules import Rules
from aggregator.service import Service, ServiceState
from aggregator.store import open_store
from tests.integration.site import (
    ML,
    SiteFolder,
    ago,
    item,
    read_until,
    rss,
    run_program,
    run_service,
    start_program,
    stop_program,
)
from tests.loopback import Answer

PUBLISHED_WITH_COMETS = "event=publish topics=3"


@pytest.fixture
def site(tmp_path, loopback):
    """A site with one source on loopback, one topic, and a free port to serve on."""
    date = ago(hours=1)
    loopback.route("/feed", Answer(body=rss(item(1, date), item(2, date))))
    return SiteFolder(tmp_path, [{"id": "daily", "url": f"{loopback.url}/feed"}], [ML], server={"port": 0})


def has_comet(site):
    """Tell whether the feed of the topic has the first article."""
    feed = site.feeds / "ml" / "rss.xml"
    return feed.exists() and b"finds comet 1" in feed.read_bytes()


@pytest.fixture
def service(site):
    """The running service of the site."""
    with run_service(site) as program:
        while not has_comet(site):  # what is published first may be from before the first poll
            read_until(program, "event=publish")
        yield program


def test_a_changed_configuration_is_taken_up(site, service):
    """A topic that is added while the service runs is published, with the articles that are stored."""
    site.write("topics", {"topics": [ML, {"id": "comets", "name": "Comets", "keywords": ["comet"]}]})
    read_until(service, PUBLISHED_WITH_COMETS)
    assert b"finds comet 1" in (site.feeds / "comets" / "rss.xml").read_bytes()


def test_topics_that_are_cut_off_unpublish_nothing(site, service):
    """What a save that was interrupted leaves is a problem; /healthz says so with 200, and feeds stay."""
    (site.config / "topics.yaml").write_text("topics:\n", encoding="utf-8")
    assert "topics.yaml:1: topics: nothing stands below it" in read_until(service, "event=config")
    reported = health_of(service)
    assert (reported["ok"], reported["status"], len(reported["degraded"])) == (True, "degraded", 1)
    assert str(site.folder) not in reported["degraded"][0]
    with urlopen(f"{service.url}ml/rss.xml") as answer:
        assert b"finds comet 1" in answer.read()
    site.write("topics", {"topics": [ML]})
    read_until(service, "sources=1 topics=1")
    assert health_of(service)["status"] == "ok"


def test_a_hangup_reloads_at_once(site, service):
    """SIGHUP reads the configuration again, changed or not, and the service goes on."""
    service.send_signal(signal.SIGHUP)
    read_until(service, "sources=1 topics=1")
    site.write("topics", {"topics": [ML, {"id": "comets", "name": "Comets", "keywords": ["comet"]}]})
    service.send_signal(signal.SIGHUP)
    read_until(service, "sources=1 topics=2")
    assert "Traceback" not in stop_program(service)
    assert service.returncode == 0


def test_a_closed_terminal_ends_the_service(site):
    """Where SIGHUP comes of the terminal that was closed, the service stops, as any program does."""
    main, terminal = os.openpty()
    program = subprocess.Popen(
        [sys.executable, "-m", "aggregator", "run", "--config", str(site.config)],
        stdin=terminal, stdout=terminal, stderr=terminal, start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509  # it takes no lock
    )  # fmt: skip
    try:
        os.close(terminal)
        reported = b""
        while b"publish" not in reported:
            reported += os.read(main, 65_536)
        os.close(main)
        program.wait(60)
    finally:
        program.kill()
        program.wait()


def health_of(service):
    """Return what /healthz says, which must be with 200."""
    with urlopen(f"{service.url}healthz") as answer:
        return json.load(answer)


def test_an_editors_files_do_not_stop_the_service(site, service):
    """A lock file, as editors put it beside the file being edited, is none of the configuration."""
    (site.config / ".#topics.yaml").symlink_to("somebody@somewhere.4711")
    read_until(service, "event=poll")
    read_until(service, "event=poll")
    assert "Traceback" not in stop_program(service)


def test_settings_of_the_start_stay_until_the_next(tmp_path, site, service):
    """A folder changed while the service runs is told of, and the tree stays where it is served from."""
    settings = {"storage": {"data_dir": str(tmp_path / "data"), "feeds_dir": str(tmp_path / "elsewhere")}}
    site.write("settings", settings)
    assert "storage, fetch, server" in read_until(service, "level=warning event=config")
    read_until(service, "level=info event=config")
    site.write("topics", {"topics": [ML, {"id": "comets", "name": "Comets", "keywords": ["comet"]}]})
    read_until(service, PUBLISHED_WITH_COMETS)
    assert (site.feeds / "comets" / "rss.xml").exists()
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_while_a_source_does_not_answer(tmp_path, loopback, number):
    """Either signal ends it in time and well, whatever it is waiting for."""
    asked, end = Event(), Event()

    def keep_waiting(_: socket) -> None:
        asked.set()
        end.wait(60)

    loopback.route("/feed", Answer(raw=keep_waiting))
    site = SiteFolder(tmp_path, [{"id": "slow", "url": f"{loopback.url}/feed"}], fetch={"timeout_s": 60})
    program = start_program("run", "--port", "0", "--config", str(site.config))
    try:
        assert asked.wait(60)
        stop_program(program, number)
        assert program.returncode == 0
    finally:
        end.set()


def test_a_second_demo_leaves_the_first_alone(tmp_path):
    """Another demo in the same folder says so and stops, and removes nothing."""
    program = start_program("run", "--demo", "--port", "0", cwd=tmp_path)
    try:
        read_until(program, "event=publish")
        second = run_program("run", "--demo", "--port", "0", cwd=tmp_path, code=3)
        assert "another aggregator run" in second.stderr
        assert (tmp_path / "data/demo/aggregator.db").exists()
        assert "Traceback" not in stop_program(program)
    finally:
        program.kill()
        program.communicate()


def test_the_next_demo_starts_afresh(tmp_path):
    """What a demo left is gone when the next one begins."""
    left = tmp_path / "data/demo/feeds/old-topic/rss.xml"
    left.parent.mkdir(parents=True)
    left.write_text("old")
    program = start_program("run", "--demo", "--port", "0", cwd=tmp_path)
    try:
        read_until(program, "feeds and pages")
        assert not left.exists()
    finally:
        stop_program(program)


def test_commands_work_from_anywhere(tmp_path):
    """Folders lie beside the configuration, whatever folder a command runs in."""
    site = SiteFolder(tmp_path / "site", [], [ML], storage={"data_dir": "data", "feeds_dir": "feeds"})
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    site.without_store()
    run_program("publish", "--config", str(site.config), cwd=elsewhere)
    assert (site.feeds / "ml" / "rss.xml").exists()
    assert (site.folder / "data" / "aggregator.db").exists()
    assert list(elsewhere.iterdir()) == []


def test_a_site_is_asked_once_for_its_name(tmp_path):
    """On a terminal, title and address are asked for until they are right, written down, and never again."""
    site = SiteFolder(tmp_path, [], [ML])
    settings = site.config / "settings.yaml"
    text = f"# ours\nstorage: {{data_dir: {tmp_path}/data, feeds_dir: {site.feeds}}}\n"
    settings.write_text(text, encoding="utf-8")
    reported = on_a_terminal(site, "News of Comets\nnews.example\nhttps://news.example\n")
    assert reported.count("What is the name") == 1
    assert "news.example is no absolute http or https address" in reported
    assert settings.read_text(encoding="utf-8") == (
        text + 'site:\n  title: "News of Comets"\n  base_url: "https://news.example"\n'
    )
    assert b"Machine Learning \xe2\x80\x93 News of Comets" in (site.feeds / "ml" / "rss.xml").read_bytes()
    assert "What is" not in on_a_terminal(site, "")


def on_a_terminal(site, typed):
    """Return what `publish` prints on a terminal where this is typed; it must end well."""
    main, terminal = os.openpty()
    os.write(main, typed.encode())
    done = subprocess.Popen(
        [sys.executable, "-m", "aggregator", "publish", "--config", str(site.config)],
        stdin=terminal, stdout=terminal, stderr=terminal,
    )  # fmt: skip
    os.close(terminal)
    reported = b""
    with suppress(OSError):  # the terminal's end
        while part := os.read(main, 65_536):
            reported += part
    os.close(main)
    assert done.wait(60) == 0, reported
    return reported.decode()


def test_a_site_without_a_name_has_no_other_sites(tmp_path):
    """Where nobody can be asked, a line says what is missing, and no title that was shipped is published."""
    site = SiteFolder(tmp_path, [], [ML])
    settings = site.config / "settings.yaml"
    text = f"storage: {{data_dir: {tmp_path}/data, feeds_dir: {site.feeds}}}\n"
    settings.write_text(text, encoding="utf-8")
    reported = run_program("publish", "--config", str(site.config)).stderr
    assert "settings.yaml: site.title and site.base_url are not set" in reported
    assert "warning: " in site.run("check")
    assert settings.read_text(encoding="utf-8") == text
    assert [path for path in site.feeds.rglob("*.*") if b"Artificial Intelligence" in path.read_bytes()] == []
    assert b"<title>Untitled site</title>" in (site.feeds / "index.html").read_bytes()


@pytest.mark.parametrize("words", [("run",), ("poll",), ("status",), ("publish",)])
def test_a_folder_that_cannot_be_used_is_one_line(tmp_path, words):
    """Whatever the system refuses is told on one line, with the path, and exits 1."""
    (tmp_path / "file").write_text("")
    site = SiteFolder(tmp_path, [], storage={"data_dir": str(tmp_path / "file" / "data")})
    done = run_program(*words, "--config", str(site.config), code=1)
    (line,) = done.stderr.splitlines()
    assert line.startswith("aggregator: ")
    assert "file" in line


def test_status_cuts_nothing(site, loopback):
    """In a pipe as on a terminal, the whole error of a source can be read."""
    loopback.route("/feed", Answer(status=500))
    site.run("poll", code=1)
    (row,) = site.status()["sources"]
    assert row["error"] in site.run("status")


def test_serve_tells_the_port_it_took(site):
    """With port 0 the address that is printed is one that answers."""
    site.run("publish")
    program = start_program("serve", "--config", str(site.config))
    try:
        url = read_until(program, "serving").split()[-1]
        with urlopen(f"{url}ml/") as answer:
            assert b"Machine Learning" in answer.read()
    finally:
        stop_program(program)
    assert program.returncode == 0


def test_a_store_that_fails_is_named(tmp_path):
    """A restart would not mend what a tick is refused: it counts as one, and the store is named."""
    path = tmp_path / "store.db"
    with open_store(f"sqlite:///{path}") as store:
        before, after = asyncio.run(_ticks(store, path))
    assert (before["ok"], before.get("degraded")) == (True, None)
    assert after["ok"]
    assert after["degraded"][0].startswith("the store cannot be reached or read")


async def _ticks(store, path):
    """Return what is said after a first tick, and after one without a table."""
    limits = FetchLimits()
    async with Fetcher(limits) as fetcher, PageFetcher(limits, host_delay_s=1, robot="test") as pages:
        context = Context(
            rules=Rules.of(Config.default(), {}), store=store, fetcher=fetcher, pages=pages,
            clock=lambda: datetime.now(UTC),
        )  # fmt: skip
        service = Service(state=ServiceState(context=context), on_stop=lambda: None)
        await service.run_job("tick")
        before = service.health()
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("ALTER TABLE sources RENAME TO lost")
        with suppress(StoreError):
            await service.run_job("tick")
        return before, service.health()


def test_a_store_that_keeps_nothing_spares_publishers(site, service, loopback):
    """Where answers cannot be stored, /healthz says so, and no source is asked again every second."""
    path = site.folder / "data" / "aggregator.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(
            "CREATE TRIGGER full BEFORE UPDATE ON sources BEGIN SELECT RAISE(ABORT, 'disk is full'); END"
        )
    assert "disk is full" in read_until(service, "again_in_s")
    asked = len(loopback.requests)
    with urlopen(f"{service.url}healthz") as answer:
        assert json.load(answer)["degraded"] == ["the last poll could not be read or stored: see the log"]
    time.sleep(4)
    assert len(loopback.requests) == asked


def test_a_change_that_the_store_refused_is_taken_up_later(site, service, loopback):
    """A source added while the store cannot be written to is polled once it can."""
    path = site.folder / "data" / "aggregator.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(
            "CREATE TRIGGER full BEFORE INSERT ON sources BEGIN SELECT RAISE(ABORT, 'disk is full'); END"
        )
    added = [
        {"id": name, "url": f"{loopback.url}/{path}"} for name, path in (("daily", "feed"), ("more", "m"))
    ]
    site.write("sources", {"sources": added})
    read_until(service, "event=reload")
    with closing(sqlite3.connect(path, timeout=30)) as connection:
        connection.execute("DROP TRIGGER full")
    read_until(service, "sources=2 topics=1")
    read_until(service, "source=more")
