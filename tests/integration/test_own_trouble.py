"""Trouble of our own network or machine: the real poller and a real store, and nothing is held against a source."""

import asyncio
import socket
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from structlog.testing import capture_logs

from aggregator.config import Config, Settings
from aggregator.errors import AggregatorError
from aggregator.fetch import FetchLimits
from aggregator.fetch.feed import Fetcher
from aggregator.fetch.outage import Outage
from aggregator.fetch.pages import PageFetcher
from aggregator.model import Source
from aggregator.pipeline.context import Context
from aggregator.pipeline.poll.round import poll
from aggregator.rules import Rules
from aggregator.service.network_watch import NetworkWatch
from aggregator.service.polls_under_way import PollsUnderWay
from aggregator.store import (
    NotedOutage,
    list_due_sources,
    note_outage,
    open_store,
    read_outages,
    read_source_state,
)
from tests.empty_store import put_empty_store
from tests.integration.site import item, rss
from tests.loopback import Answer

NOW = datetime.now(UTC).replace(microsecond=0)
LIMITS = FetchLimits(allow_private_addresses=True, domain_delay_s=0)


class NameServer:
    """A name server that can be switched off."""

    is_well = True

    def __call__(self, host, _):
        if not self.is_well:
            raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
        return [(socket.AF_INET, "127.0.0.1")]


@pytest.fixture
def rules(tmp_path, loopback):
    """Four sources of four services, with a feed each."""
    loopback.route("/feed", Answer(body=rss(item(1, format_datetime(NOW))), headers={"ETag": '"1"'}))
    sources = tuple(
        Source(id=f"s{n}", url=loopback.at(f"service-{n}.example", f"/feed?{n}")) for n in range(4)
    )
    return Rules.of(Config(folder=tmp_path, settings=Settings(), sources=sources), {})


@pytest.fixture
def store(tmp_path, rules):
    """An empty store that knows the sources."""
    with open_store(put_empty_store(tmp_path / "aggregator.db")) as opened:
        opened.sync_sources(tuple(rules.sources.values()), now=NOW)
        yield opened


def states(store, rules):
    return [read_source_state(store, source_id) for source_id in rules.sources]


def test_an_outage_is_held_against_nobody(rules, store, loopback):
    """All sources stay as they were and due, and are polled as ever once the network is back."""
    names = NameServer()

    async def round_of_polls():
        async with Fetcher(LIMITS, look_up=names) as fetcher:
            return await poll(
                rules.sources, Context(rules=rules, store=store, fetcher=fetcher, clock=lambda: NOW)
            )

    assert {one.outcome for one in asyncio.run(round_of_polls())} == {"updated"}
    before, names.is_well = states(store, rules), False
    reported = asyncio.run(round_of_polls())
    assert {one.outcome for one in reported} == {"failed"}
    assert all("check this machine's network" in one.error for one in reported)
    assert states(store, rules) == before
    names.is_well = True
    assert {one.error for one in asyncio.run(round_of_polls())} == {None}
    assert {state.failures for state in states(store, rules)} == {0}


class ShortOutage(Outage):
    """An outage in which the network is looked at again soon."""

    pause_s = 0.3


def test_nothing_is_started_during_an_outage(rules, store, loopback):
    """The service asks again when the pause is over, and not before."""
    done, names = [], NameServer()
    names.is_well = False

    async def ticks():
        async with (
            Fetcher(LIMITS, look_up=names) as feeds,
            PageFetcher(LIMITS, host_delay_s=0, robot="aggregator", sibling=feeds) as pages,
        ):
            later = NOW + timedelta(hours=1)
            feeds.outage = ShortOutage()
            context = Context(rules=rules, store=store, fetcher=feeds, pages=pages, clock=lambda: later)
            polls = PollsUnderWay(store=store, on_done=done.append)
            for _ in range(3):
                await polls.start_due(context)
                await asyncio.gather(*polls.under_way.values())
            names.is_well = True
            await asyncio.sleep(2 * ShortOutage.pause_s + 0.1)
            await polls.start_due(context)
            await asyncio.gather(*polls.under_way.values())

    asyncio.run(ticks())
    assert [one.outcome for one in done] == ["failed"] * 4 + ["updated"] * 4
    assert len(loopback.requests) == 4


def test_one_source_that_cannot_be_reached_is_counted(rules, store):
    """It is down by itself, as the others answer."""

    def names(host, _):
        if host == "service-1.example":
            raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
        return [(socket.AF_INET, "127.0.0.1")]

    async def round_of_polls():
        async with Fetcher(LIMITS, look_up=names) as fetcher:
            await poll(rules.sources, Context(rules=rules, store=store, fetcher=fetcher, clock=lambda: NOW))

    asyncio.run(round_of_polls())
    assert [state.failures for state in states(store, rules)] == [0, 1, 0, 0]


def test_services_that_are_down_do_not_keep_the_others_out(loopback):
    """As many of them as there are slots, and due first: while it is seen how others fare, others have these."""
    loopback.route("/feed", Answer(body=b"read"))

    def names(host, _):
        if host.startswith("down"):
            raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
        return [(socket.AF_INET, "127.0.0.1")]

    async def ask(fetcher, host):
        url = loopback.at(host, "/feed")
        async with fetcher.turn(url) as is_free:
            if not is_free:
                return "held"
            try:
                return (await fetcher.get(url)).body
            except AggregatorError as error:
                return type(error).__name__

    async def rounds():
        hosts = [f"down{number}.example" for number in range(4)] + ["well.example"]
        async with Fetcher(replace(LIMITS, concurrency=4), look_up=names) as fetcher:
            fetcher.outage = ShortOutage()
            for _ in range(2):
                reported = await asyncio.gather(*(ask(fetcher, host) for host in hosts))
                await asyncio.sleep(ShortOutage.pause_s)
            return reported

    assert asyncio.run(rounds()) == ["FetchError"] * 4 + [b"read"]


def test_an_outage_is_told_once_and_what_was_counted_before_is_taken_back(rules, store):
    """Two sources fail before the third shows that it is the network; at its end all are due."""
    names, ids = NameServer(), list(rules.sources)

    async def run():
        async with Fetcher(LIMITS, look_up=names) as fetcher:
            await poll(ids, Context(rules=rules, store=store, fetcher=fetcher, clock=lambda: NOW))
        async with Fetcher(LIMITS, look_up=names) as fetcher:  # without connections of before
            fetcher.outage = Outage(patience_s=0.2)
            watch = NetworkWatch(store=store, clock=lambda: NOW, outage=fetcher.outage, where="here:1")
            context = Context(rules=rules, store=store, fetcher=fetcher, clock=lambda: NOW)
            names.is_well = False
            blamed = [(await poll([one], context))[0].error for one in ids[:2]]
            counted = [state.failures for state in states(store, rules)]
            held = (await poll(ids[2:], context))[0].error
            for _ in range(3):
                await watch.check()
            noted, problem = read_outages(store, NOW), watch.find_problem()
            names.is_well = True
            fetcher.turns.end_rests()
            await poll(ids[3:], context)
            await watch.check()
            return blamed, counted, held, noted, problem, watch.find_problem()

    with capture_logs() as lines:
        blamed, counted, held, noted, problem, after = asyncio.run(run())
    assert ["most services fail so" in error for error in (*blamed, held)] == [False, False, True]
    assert counted == [1, 1, 0, 0]
    assert [(one.where, one.problem) for one in noted] == [
        ("here:1", "neither name servers nor services answer: check this machine's network and its DNS")
    ]
    assert problem == f"our own network is down: {noted[0].problem}"
    assert (after, read_outages(store, NOW)) == (None, ())
    assert [state.failures for state in states(store, rules)] == [0] * 4
    assert {"s0", "s1"} <= set(list_due_sources(store, NOW))
    told = [line for line in lines if line["event"] == "network"]
    assert [(line["log_level"], line.get("taken_back")) for line in told] == [("error", None), ("info", 2)]
    assert [line["log_level"] for line in lines if line.get("error") == held] == ["debug"]


def test_an_outage_that_nobody_tells_of_any_more_does_not_count(store):
    """A process that was killed in one says nothing of its end."""
    note_outage(store, NotedOutage(where="here:1", since_at=NOW, problem="x"), NOW)
    note_outage(store, NotedOutage(where="there:2", since_at=NOW, problem="x"), NOW + timedelta(minutes=2))
    assert [one.where for one in read_outages(store, NOW + timedelta(minutes=2))] == ["here:1", "there:2"]
    assert [one.where for one in read_outages(store, NOW + timedelta(minutes=4))] == ["there:2"]
