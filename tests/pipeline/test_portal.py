"""A network that wants a log-in first answers for everybody: no source is blamed for its page."""

import asyncio
import socket
import time
from datetime import UTC, datetime

import pytest

from aggregator.config import Config, Settings
from aggregator.fetch import FetchLimits
from aggregator.fetch.feed import Fetcher
from aggregator.fetch.outage import Outage
from aggregator.fetch.portal import digest_page
from aggregator.model import Source
from aggregator.pipeline.context import Context
from aggregator.rules import Rules
from aggregator.service import Service, ServiceState
from aggregator.store import advance_poll, open_store, read_remembered_sources, read_source_state
from tests.empty_store import put_empty_store
from tests.integration.site import ago, item, rss
from tests.loopback import Answer

LIMITS = FetchLimits(allow_private_addresses=True, domain_delay_s=0)
NAMES = ("daily", "dawn", "weekly")
PAGE = "<!doctype html><title>Guest network</title><a href='/login?to={}&token={}'>Log in</a>"


def show_page(request):
    """Return a page that names what was asked for, and has a number of its own."""
    host = request.headers["host"].partition(":")[0]
    return Answer(body=PAGE.format(host, time.time_ns()).encode(), headers={"Content-Type": "text/html"})


class Room:
    """Sources on loopback under names of their own, and a service that polls them."""

    def __init__(self, folder, loopback):
        self.loopback = loopback
        urls = {name: loopback.at(f"{name}.example", f"/{name}") for name in NAMES}
        self.sources = tuple(Source(id=name, url=url) for name, url in urls.items())
        self.config = Config(folder=folder, settings=Settings(), sources=self.sources)
        self.answer_all(lambda n: Answer(body=rss(item(n, ago(hours=2)))))
        loopback.route("/in", show_page)

    def answer_all(self, make):
        """Let each source answer so."""
        for n, name in enumerate(NAMES):
            self.loopback.route(f"/{name}", make(n))

    def states(self, store):
        """Return the failures of the sources."""
        return [read_source_state(store, name).failures for name in NAMES]


async def tick(service, store):
    """Poll all sources once."""
    for name in NAMES:
        advance_poll(store, name, datetime.now(UTC))
    service.state.context.fetcher.turns.end_rests()
    await service.run_job("tick")
    await asyncio.gather(*service.state.polls.under_way.values())


@pytest.mark.parametrize("is_first", [False, True], ids=["later", "at first"])
@pytest.mark.parametrize("is_led", [False, True], ids=["page", "redirect"])
def test_no_source_is_blamed_for_the_page_of_a_network(tmp_path, loopback, is_led, is_first):
    """One page in place of all feeds, or one host that all lead to, is our network, and told until feeds come."""
    room = Room(tmp_path, loopback)
    away = f"http://login.guests.example:{loopback.port}/in"
    portal = (lambda _: Answer(status=302, headers={"Location": away})) if is_led else show_page

    async def run(store):
        async with Fetcher(LIMITS, look_up=lambda *_: [(socket.AF_INET, "127.0.0.1")]) as fetcher:
            rules = Rules.of(room.config, read_remembered_sources(store))
            context = Context(rules=rules, store=store, fetcher=fetcher, clock=lambda: datetime.now(UTC))
            service = Service(state=ServiceState(context=context), on_stop=lambda: None)
            if not is_first:
                await tick(service, store)
            room.answer_all(lambda _: portal)
            await tick(service, store)
            seen = service.health(), room.states(store)
            room.answer_all(lambda n: Answer(body=rss(item(n, ago(hours=2)))))
            for _ in range(2):
                await tick(service, store)
            assert "degraded" not in service.health()
            assert all(read_source_state(store, name).polled_at for name in NAMES)
            return seen

    with open_store(put_empty_store(tmp_path / "aggregator.db")) as store:
        store.sync_sources(room.sources, now=datetime.now(UTC))
        health, failures = asyncio.run(run(store))
    assert failures == [0, 0, 0]
    assert health["ok"]
    assert "our own network is down: all services answer with one page: log in" in health["degraded"][0]


def test_a_network_with_a_log_in_is_well_once_a_feed_comes():
    """Its own answers prove nothing, whoever is asked; TLS does, but not where it leads by itself."""

    async def run():
        network, now_s = Outage(patience_s=0.2), asyncio.get_running_loop().time()
        asked = [
            network.is_ours(f"{name}.example", "portal", asked_at_s=now_s, standing="well", mark="page")
            for name in NAMES
        ]
        assert await asyncio.gather(*asked) == [True] * len(NAMES)
        is_over = [
            network.note_answer("daily.example", has_tls=False, is_own=False),
            network.note_answer("login.guests.example", has_tls=True, is_own=False),
            network.note_answer("daily.example", has_tls=False, is_own=True),
        ]
        assert is_over == [False, False, True]

    asyncio.run(run())


@pytest.mark.parametrize(
    ("standings", "marks", "is_proved"),
    [
        ("wwi", "aaa", False),
        ("www", "aab", False),
        ("wwn", "aaa", True),
        ("nnn", "aab", True),
        ("iii", "aaa", False),
    ],
)
def test_pages_that_differ_are_of_sources(standings, marks, is_proved):
    """Nor does one page prove anything of sources that had failed before, or are new where any answered."""
    named = {"w": "well", "i": "ill", "n": "new"}

    async def run():
        network, now_s = Outage(patience_s=0.1), asyncio.get_running_loop().time()
        if is_proved:
            network.note_answer("other.example", has_tls=True, is_own=True)
        for name in NAMES:
            network.note_answer(f"{name}.example", has_tls=False, is_own=False)
        asked = [
            network.is_ours(
                f"{name}.example", "portal", asked_at_s=now_s, standing=named[standing], mark=mark
            )
            for name, standing, mark in zip(NAMES, standings, marks, strict=True)
        ]
        return await asyncio.gather(*asked)

    assert not any(asyncio.run(run()))


def test_pages_are_told_apart_by_their_words():
    """What a page makes anew each time is no difference."""
    pages = [PAGE.format(f"{name}.example", n).encode() for n, name in enumerate(NAMES)]
    digests = {digest_page(page, f"{name}.example") for page, name in zip(pages, NAMES, strict=True)}
    assert len(digests) == 1
    assert digest_page(b"<title>Daily</title>", "daily.example") not in digests
