"""Trouble of our own network or machine: the real poller and a real store, and nothing is held against a source."""

import asyncio
import socket
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from aggregator.config import Config, Settings
from aggregator.errors import AggregatorError
from aggregator.fetch import FetchLimits
from aggregator.fetch.feed import HEAD_START_S, Fetcher
from aggregator.fetch.outage import Outage
from aggregator.fetch.pages import PageFetcher
from aggregator.model import Source
from aggregator.pipeline.context import Context
from aggregator.pipeline.poll.round import poll
from aggregator.rules import Rules
from aggregator.service.polls_under_way import PollsUnderWay
from aggregator.store import open_store, read_source_state
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
            await asyncio.sleep(ShortOutage.pause_s + HEAD_START_S + 0.1)
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
    """As many of them as there are slots, and due first: those that work are asked in the next round."""
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

    assert asyncio.run(rounds()) == ["held"] * 4 + [b"read"]
