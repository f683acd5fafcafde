"""Which shards a worker takes, and leaves to others, and what it reads of them."""

import asyncio
import time
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.config import Config
from aggregator.errors import HttpStatusError, PageRefused, TurnPassed
from aggregator.fetch import FetchLimits
from aggregator.fetch.feed import Fetcher
from aggregator.fetch.outage import KnownOutage
from aggregator.fetch.pages import PageFetcher
from aggregator.pipeline.context import Context
from aggregator.pipeline.page_pauses import keep_page_pauses
from aggregator.pipeline.robots_memory import StoredRobots
from aggregator.rules import Rules
from aggregator.service import ServiceState
from aggregator.service.workers import held_shards
from aggregator.service.workers.held_shards import HeldShards
from aggregator.store import open_store, shard_of
from tests.loopback import Answer

NOW = datetime(2026, 3, 4, tzinfo=UTC)
PAGE = "https://daily.example/a"


@asynccontextmanager
async def holding(store, **given):
    """Give the shards of a worker, and the fetchers by which it asks."""
    limits = FetchLimits(allow_private_addresses=True)
    async with (
        Fetcher(limits) as fetcher,
        PageFetcher(limits, host_delay_s=2, robot="aggregator", sibling=fetcher) as pages,
    ):
        rules = Rules.of(Config.default(), {})
        context = Context(rules=rules, store=store, fetcher=fetcher, pages=pages, clock=lambda: NOW)
        held = HeldShards(state=ServiceState(context=context), count=4, **{"sure_for_s": 60, **given})
        held.sure_at_s = held.steady_s()
        yield held, fetcher, pages


async def hold_all(held, numbers):
    """Have shards offered to a worker; return the tasks that hold them, once it has those that it takes."""
    tasks = [asyncio.create_task(held.hold(number)) for number in numbers]
    await asyncio.sleep(0)
    while held.beginning:
        await asyncio.sleep(0.01)
    return tasks


def test_a_worker_that_is_cut_off_leaves_its_shards_to_others(tmp_path):
    """But for one, by which it finds out when its network is back."""

    async def run(store):
        async with holding(store) as (held, fetcher, _):
            fetcher.outage.known = KnownOutage(trouble="silent", known_at_s=0, since_s=0)
            tasks = await hold_all(held, range(4))
            cut_off = sorted(held.held)
            fetcher.outage.known = None
            tasks += await hold_all(held, range(1, 4))
            back = sorted(held.held)
            held.end()
            await asyncio.gather(*tasks)
            return cut_off, back

    with open_store(f"sqlite:///{tmp_path}/store.db") as store:
        assert asyncio.run(run(store)) == ([0], [0, 1, 2, 3])


def test_a_worker_leaves_what_is_more_than_its_share(tmp_path):
    """Once another worker is there, half of what it has."""

    async def run(store):
        async with holding(store) as (held, *_):
            tasks = await hold_all(held, range(4))
            held.share_with(2)
            async with asyncio.timeout(9):
                while len(held.held) > 2:
                    await asyncio.sleep(0.01)
            await asyncio.sleep(0.1)
            left = len(held.held)
            held.end()
            await asyncio.gather(*tasks)
            return left

    with open_store(f"sqlite:///{tmp_path}/store.db") as store:
        assert asyncio.run(run(store)) == 2


def test_a_worker_keeps_a_shard_whose_publishers_it_asks(tmp_path, monkeypatch):
    """Again and again, up to a limit; one that nothing is asked of is left to others before."""
    monkeypatch.setattr(held_shards, "HOLD_S", 0.5)
    monkeypatch.setattr(held_shards, "HOLD_AT_MOST_S", 4.0)

    async def run(store):
        async with holding(store) as (held, *_):
            started_s, left = time.monotonic(), []
            tasks = await hold_all(held, (0, 1))
            while held.held:
                if 0 in held.held:
                    held.held[0].polled += 1
                left += [number for number in (0, 1) if number not in held.held and number not in left]
                await asyncio.sleep(0.01)
            await asyncio.gather(*tasks)
            return left, time.monotonic() - started_s

    with open_store(f"sqlite:///{tmp_path}/store.db") as store:
        left, took_s = asyncio.run(run(store))
    assert left == [1]
    assert took_s >= 2.0


def test_a_worker_leaves_a_shard_that_another_claimed(tmp_path, monkeypatch):
    """But it has each for a while, as it would be passed to and fro otherwise."""
    monkeypatch.setattr(held_shards, "HOLD_S", 0.3)

    async def run(store):
        async with holding(store) as (held, *_):
            tasks = await hold_all(held, (0, 1))
            held.leave_claimed({0, 3})
            is_left_at_once = held.held[0].leaving.is_set()
            await asyncio.sleep(0.2)
            for shard in held.held.values():
                shard.polled += 1
            await asyncio.sleep(0.2)
            held.leave_claimed({0, 3})
            are_left = [held.held[number].leaving.is_set() for number in (0, 1)]
            held.end()
            await asyncio.gather(*tasks)
            return is_left_at_once, are_left

    with open_store(f"sqlite:///{tmp_path}/store.db") as store:
        assert asyncio.run(run(store)) == (False, [True, False])


def test_pages_are_read_of_the_shards_held(tmp_path):
    """A page of another shard is another worker's, and so is any where it is not sure; who leaves one waits."""

    async def run(store):
        async with holding(store) as (held, *_):
            share, number = held.share_pages(), shard_of("daily.example") % 4
            with share.read(PAGE) as begin_by_s:
                assert begin_by_s < time.monotonic()
            (task,) = await hold_all(held, [number])
            with share.read(PAGE) as begin_by_s:
                assert 10 < begin_by_s - time.monotonic() < 60
                held.end()
                await asyncio.sleep(0.05)
                assert number in held.held
                with share.read(PAGE) as other_by_s:
                    assert other_by_s < time.monotonic()
            await task
            held.is_ended = False
            (task,) = await hold_all(held, [number])
            held.sure_at_s -= 61
            with share.read(PAGE) as begin_by_s:
                assert begin_by_s < time.monotonic()
            assert share.choose_shards() == ()
            held.end()
            await task

    with open_store(f"sqlite:///{tmp_path}/store.db") as store:
        asyncio.run(run(store))


def test_who_asks_next_knows_who_is_to_be_left_alone(tmp_path, loopback):
    """A 429, a page in trouble and the pause after a page are kept for the next worker that has the shard."""
    busy, slow, ill = (loopback.at(f"{name}.localhost", f"/{name}") for name in ("busy", "slow", "ill"))
    loopback.route("/busy", Answer(status=429, headers={"Retry-After": "3600"}))
    loopback.route("/slow", Answer(body=b"<p>Slow"))
    loopback.route("/ill", Answer(status=503))

    async def ask(store):
        async with holding(store) as (held, _, pages):
            tasks = await hold_all(held, range(4))
            context = replace(held.state.context, page_share=held.share_pages())
            for url in (busy, slow, ill):
                with held.share_pages().read(url), suppress(HttpStatusError):
                    await pages.get(url, max_body_bytes=1000)
                await keep_page_pauses(url, context=context, pages=pages)
            held.end()
            await asyncio.gather(*tasks)

    async def ask_next(store):
        async with holding(store) as (held, fetcher, pages):
            tasks = await hold_all(held, range(4))
            paused = [fetcher.is_paused(busy), fetcher.is_paused(slow), pages.is_paused(ill)]
            with pytest.raises(TurnPassed):
                await pages.get(slow, max_body_bytes=1000, begin_by_s=time.monotonic() + 0.5)
            held.end()
            await asyncio.gather(*tasks)
            return paused

    with open_store(f"sqlite:///{tmp_path}/store.db") as store:
        asyncio.run(ask(store))
        assert asyncio.run(ask_next(store)) == [True, False, True]


def test_a_shard_is_claimed_for_as_long_as_pictures_are_wanted_there(tmp_path):
    """However many are held, but only one that is wanted; it is left once nothing is wanted there any more."""

    async def run(store):
        async with holding(store, workers=4) as (held, *_):
            number = shard_of("daily.example") % 4
            other, unwanted = [one for one in range(4) if one != number][:2]
            tasks = await hold_all(held, [other, number])
            assert list(held.held) == [other]
            held.want([PAGE])
            assert (held.list_claims(), held.has_wanted()) == ({number}, False)
            await held.hold(unwanted, is_claimed=True)
            claim = asyncio.create_task(held.hold(number, is_claimed=True))
            async with asyncio.timeout(9):
                while not held.has_wanted():
                    await asyncio.sleep(0.01)
            assert held.share_pages().find_askable({PAGE}) == {PAGE}
            assert held.list_claims() == set()
            held.want([])
            await claim
            assert list(held.held) == [other]
            held.want([PAGE])
            held.end()
            assert held.list_claims() == set()
            await asyncio.gather(*tasks)

    with open_store(f"sqlite:///{tmp_path}/store.db") as store:
        asyncio.run(run(store))


def test_what_a_robots_txt_said_holds_for_who_asks_next(tmp_path, loopback):
    """Its rules, and that it could not be had, until it is too old; one that is too large is read by each."""
    sites = {name: loopback.at(f"{name}.localhost", "/page") for name in ("open", "closed", "ill", "large")}
    said = {
        "open": Answer(body=b"User-agent: *\nDisallow: /not"),
        "closed": Answer(body=b"User-agent: *\nDisallow: /"),
        "ill": Answer(status=500),
        "large": Answer(body=b"# long\n" * 10_000),
    }
    loopback.route("/robots.txt", lambda request: said[request.headers["Host"].partition(".")[0]])
    loopback.route("/page", Answer(body=b"<p>Page"))

    async def ask(store, now):
        async with holding(store) as (_, _, pages):
            pages.memory = StoredRobots(store=store, clock=lambda: now)
            answers = {}
            for name, url in sites.items():
                with suppress(PageRefused):
                    answers[name] = (await pages.get(url, max_body_bytes=1000)).status
            asked = [one.headers["Host"].partition(".")[0] for one in loopback.requests]
            asked = [name for name, one in zip(asked, loopback.requests, strict=True) if "robots" in one.path]
            loopback.requests.clear()
            return answers, asked

    with open_store(f"sqlite:///{tmp_path}/store.db") as store:
        may = {"open": 200, "large": 200}
        assert asyncio.run(ask(store, NOW)) == (may, ["open", "closed", "ill", "large"])
        assert asyncio.run(ask(store, NOW + timedelta(hours=5))) == (may, ["large"])
        said["closed"], said["ill"] = Answer(body=b""), Answer(body=b"")
        after = asyncio.run(ask(store, NOW + timedelta(hours=7)))
        assert after == (dict.fromkeys(sites, 200), list(sites))
