"""What operators are told: a real store, a real service round, real servers that are told."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest
from structlog.testing import capture_logs

from aggregator.alerts import ChannelSettings, list_channels
from aggregator.config import Config, Settings
from aggregator.config.keys.alert_keys import AlertKeys
from aggregator.fetch import FetchLimits
from aggregator.fetch.feed import Fetcher
from aggregator.model import Changes, Source, SourceState, Topic
from aggregator.model.alerts import Alert, AlertKind
from aggregator.pipeline.alerts import channels
from aggregator.pipeline.context import Context
from aggregator.rules import Rules
from aggregator.service import ServiceState
from aggregator.service.alert_round import SILENCE_EVERY_S, tell_operators
from aggregator.store import (
    MarkKind,
    NotedOutage,
    note_outage,
    open_store,
    read_alerts,
    read_channels,
    save_alerts,
    save_poll,
    sync_sources,
)
from aggregator.store.marks import add_marks
from tests.integration.site import SiteFolder, run_program
from tests.loopback import Answer, raw

START = datetime.now(UTC).replace(microsecond=0)
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
HOUR, DAY, MINUTE = timedelta(hours=1), timedelta(days=1), timedelta(minutes=1)
ATOM = "{http://www.w3.org/2005/Atom}"


class Watched:
    """A service with four sources, whose operator is told by a webhook; ``now`` is its time."""

    def __init__(self, folder, store, url):
        self.now = START
        self.keys = AlertKeys(webhook=url, webhook_secret=SECRET, disk_free_mib=0)
        sources = tuple(Source(id=f"s{n}", url=f"https://s{n}.example/feed") for n in range(4))
        config = Config(
            folder=folder, settings=Settings(), sources=sources, topics=(Topic(id="ai", name="AI"),)
        )
        self.rules = replace(Rules.of(config, {}), alerts=self.keys, feeds_dir=folder / "feeds")
        context = Context(
            rules=self.rules, store=store, fetcher=Fetcher(FetchLimits()), clock=lambda: self.now
        )
        self.store, self.state = store, ServiceState(context=context)
        sync_sources(store, sources, now=START)

    def put(self, source_id, **state):
        """Let a poll end so."""
        save_poll(self.store, SourceState(source_id=source_id, **state), (), lambda _: Changes())

    def look(self, after):
        """Do a round of alerts some time later, as the job does."""
        self.now += after
        tell_operators(self.state, (self.now - START).total_seconds())


@pytest.fixture
def watched(tmp_path, store_url, loopback):
    """The service, on each kind of database."""
    loopback.route("/hook", Answer(status=200))
    (tmp_path / "feeds").mkdir()
    with open_store(store_url) as store:
        yield Watched(tmp_path, store, loopback.url + "/hook")


def told(loopback):
    """Return the titles of the messages that came."""
    return [json.loads(one.body)["data"]["title"] for one in loopback.requests]


def broken(since_at):
    return {"outcome": "failed", "failures": 3, "failing_since_at": since_at, "error": "u: answered 404"}


def test_sources_that_break_and_recover_are_two_messages(watched, loopback):
    """Many at once are one message; nothing more is said until it is over, after a restart, too."""
    watched.look(timedelta(0))
    for number in range(3):
        watched.put(f"s{number}", **broken(START))
    for _ in range(4):
        watched.look(20 * MINUTE)
    assert told(loopback) == ["Untitled site: 3 sources broke"]
    watched.state.alerts.is_untold = True
    watched.look(MINUTE)
    for number in range(3):
        watched.put(f"s{number}", outcome="updated")
    for _ in range(4):
        watched.look(20 * MINUTE)
    assert told(loopback) == ["Untitled site: 3 sources broke", "Untitled site: 3 sources recovered"]
    assert read_alerts(watched.store) == {}


def test_a_channel_that_fails_is_tried_again_ever_later(watched, loopback):
    """Its message is one in the end, with all that happened; it is logged once, without its address."""
    loopback.route("/hook", Answer(status=500))
    watched.look(timedelta(0))
    watched.put("s0", **broken(START))
    with capture_logs() as lines:
        for _ in range(30):
            watched.look(10 * MINUTE)
    warned = [line for line in lines if line["event"] == "alerts"]
    assert [(line["error"], line["again_in_s"]) for line in warned] == [("it answered 500", 60)]
    assert "hook" not in warned[0]["channel"].partition(" ")[2]
    tries = len(loopback.requests)
    assert 8 <= tries <= 11
    watched.put("s1", **broken(watched.now - 2 * HOUR))
    loopback.route("/hook", Answer(status=204))
    for _ in range(8):
        watched.look(10 * MINUTE)
    assert told(loopback)[tries:] == ["Untitled site: 2 sources broke"]
    (state,) = read_channels(watched.store, [warned[0]["channel"]]).values()
    assert (state.failures, state.problem) == (0, None)


def test_a_channel_that_hangs_keeps_nobody_waiting(loopback):
    """The others are told meanwhile; it is tried again like one that fails."""
    loopback.route("/slow", raw(b"", pause_s=1))
    loopback.route("/hook", Answer(status=200))
    both = [
        list_channels(ChannelSettings(webhook=f"{loopback.url}/{path}", webhook_secret=SECRET))[0]
        for path in ("slow", "hook")
    ]
    event = channels.make_test_event(START)
    problems = channels.send_messages(
        [(one, [event]) for one in both], "The Site", START, site_url="", within_s=0.5
    )
    assert problems == ["it took longer than 0.5 s", None]


def test_all_kinds_are_found(watched, loopback):
    """Silence is looked for every ten minutes, the rest every minute."""
    watched.look(timedelta(0))
    watched.put("s0", silent_at=START, polled_at=START, posts=((1, 1),), outcome="not_modified")
    watched.put("s1", proposed_url="https://new.example/?token=1", polled_at=START)
    note_outage(watched.store, NotedOutage(where="here:1", since_at=START - HOUR, problem="x"), START)
    watched.state.publication.failure = "ai/rss.xml: not written"
    watched.state.context = replace(
        watched.state.context,
        rules=replace(watched.rules, alerts=watched.keys.model_copy(update={"disk_free_mib": 1_048_576})),
    )
    watched.look(MINUTE)
    watched.look(timedelta(seconds=SILENCE_EVERY_S))
    assert {kind for kind, _ in read_alerts(watched.store)} == {
        AlertKind.SILENT,
        AlertKind.MOVED,
        AlertKind.PUBLISHING,
        AlertKind.DISK,
        AlertKind.NETWORK,
    }
    assert told(loopback) == [
        "Untitled site: our own network is down, a disk is nearly full, 1 source moved",
        "Untitled site: publishing is behind, 1 source fell silent",
    ]
    assert not any(b"token" in request.body for request in loopback.requests)


def test_changes_that_wait_for_long_are_told(watched, loopback):
    """Where the oldest is still the same after minutes, nobody publishes."""
    for number in range(30):
        with watched.store.writing() as connection:
            add_marks(connection, MarkKind.TOPIC, [f"t{number}"])
        watched.look(MINUTE)
    assert told(loopback) == ["Untitled site: publishing is behind"]


def test_the_feed_of_operations_has_it_all(watched):
    """It needs no channel; each event is an entry, the newest first, without addresses."""
    watched.look(timedelta(0))
    watched.put("s0", **broken(START - DAY))
    watched.look(MINUTE)
    watched.put("s0", outcome="updated")
    watched.look(MINUTE)
    watched.look(HOUR)
    feed = ElementTree.parse(watched.rules.feeds_dir / "_operations" / "atom.xml")
    titles = [entry.findtext(f"{ATOM}title") for entry in feed.iter(f"{ATOM}entry")]
    assert [title.partition(" (")[0].partition(" since")[0].partition(" after")[0] for title in titles] == [
        "Source s0 recovered",
        "Source s0 broke",
    ]
    (watched.rules.feeds_dir / "_operations" / "atom.xml").unlink()
    watched.look(MINUTE)
    assert (watched.rules.feeds_dir / "_operations" / "atom.xml").exists()


def test_the_feed_of_operations_has_a_time_before_the_first_alert(watched):
    """That when it was first written, and the same where the file has to be written again."""
    file = watched.rules.feeds_dir / "_operations" / "atom.xml"
    watched.look(timedelta(0))
    first = file.read_bytes()
    assert ElementTree.parse(file).findtext(f"{ATOM}updated") == START.isoformat()
    file.unlink()
    watched.look(HOUR)
    assert file.read_bytes() == first


def _keep_alerts(site):
    """Keep that two sources are broken since noon, of which one was told after an hour."""
    at = datetime(2026, 3, 2, 12, tzinfo=UTC)
    new = Alert(kind=AlertKind.BROKEN, subject="new", since_at=at, text="u: answered 404")
    old = replace(new, subject="old", told_at=at + HOUR)
    with open_store(f"sqlite:///{site.folder / 'data' / 'aggregator.db'}") as store:
        save_alerts(store, (new, old), (), (), at)


def test_the_command_lists_and_tests(tmp_path, loopback):
    """What is on now, and whether each channel takes a message."""
    loopback.route("/hook", Answer(status=200))
    settings = {"webhook": "${HOOK}", "webhook_secret": "${HOOK_SECRET}"}
    site = SiteFolder(tmp_path, [{"id": "daily", "url": loopback.url + "/feed"}], alerts=settings)
    environment = {"HOOK": loopback.url + "/hook", "HOOK_SECRET": SECRET}

    def run(*words, code=0):
        words = ("alerts", *words, "--config", str(site.config))
        return run_program(*words, code=code, environment=environment).stdout

    listed = run()
    assert listed.startswith("nothing needs a person now\n")
    assert "webhook" in listed
    _keep_alerts(site)
    listed = run()
    assert re.search(r"new +\S+Z +after 2026-03-02T13:00:00Z, unless it is over +u: answered 404", listed)
    assert re.search(r"old +\S+Z +2026-03-02T13:00:00Z +u: answered 404", listed)
    found = {one["subject"]: (one["told"], one["due"]) for one in json.loads(run("--json"))["alerts"]}
    assert found == {"new": (None, "2026-03-02T13:00:00Z"), "old": ("2026-03-02T13:00:00Z", None)}
    loopback.route("/hook", Answer(status=410))
    site.without_store()  # as right after `init`
    assert "not sent: it answered 410" in run("test", code=1)
    assert told(loopback) == ["The Site: alerts come through"]
