"""How many exchanges are in flight at a time, counted where they arrive."""

import asyncio
import threading
import time

import pytest

from aggregator.errors import FetchTimeout
from aggregator.fetch.slots import Slots
from tests.fetch.client import fetch_all, limits
from tests.loopback import Answer


class Crowd:
    """A route that takes a while, and knows how many requests it was in at a time, by host."""

    def __init__(self, seconds):
        self.seconds = seconds
        self.now = {}
        self.most = {}
        self._lock = threading.Lock()

    def __call__(self, request):
        names = (request.headers["Host"], "all")
        with self._lock:
            for name in names:
                self.now[name] = self.now.get(name, 0) + 1
                self.most[name] = max(self.most.get(name, 0), self.now[name])
        time.sleep(self.seconds)
        with self._lock:
            for name in names:
                self.now[name] -= 1
        return Answer(body=b"x")


def bodies(results):
    """Return the bodies, or raise the first error."""
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return [result.body for result in results]


def test_exchanges_with_one_host_are_limited(loopback):
    """Two at a time with each host name, be the machine the same; other hosts do not wait for it."""
    crowd = Crowd(0.05)
    loopback.route("/feed", crowd)
    urls = [loopback.at(host, f"/feed?{n}") for host in ("a.localhost", "b.localhost") for n in range(6)]
    assert bodies(fetch_all(urls, within=limits(per_host=2))) == [b"x"] * 12
    assert crowd.most == {f"a.localhost:{loopback.port}": 2, f"b.localhost:{loopback.port}": 2, "all": 4}


def test_exchanges_in_all_are_limited(loopback):
    """Never more than the total, however many hosts."""
    crowd = Crowd(0.05)
    loopback.route("/feed", crowd)
    urls = [loopback.at(f"h{n}.localhost", "/feed") for n in range(12)]
    assert bodies(fetch_all(urls, within=limits(concurrency=3))) == [b"x"] * 12
    assert crowd.most["all"] == 3


def test_waiting_for_a_slot_does_not_use_up_the_time(loopback):
    """The time limit is for the exchange: those at the end of the queue get theirs in full."""
    loopback.route("/feed", Crowd(0.1))
    urls = [loopback.url + f"/feed?{n}" for n in range(9)]
    results = fetch_all(urls, within=limits(per_host=1, timeout_s=0.7))
    assert bodies(results) == [b"x"] * 9
    assert max(result.elapsed_s for result in results) < 0.7


def test_waiting_for_the_host_of_a_redirect_cannot_lock_up(loopback):
    """Two hosts that redirect to each other, one slot each: nobody holds one while waiting."""

    def cross(request):
        other = "b" if request.headers["Host"].startswith("a") else "a"
        time.sleep(0.05)
        return Answer(status=302, headers={"Location": loopback.at(f"{other}.localhost", "/end")})

    loopback.route("/start", cross)
    loopback.route("/end", Answer(body=b"end"))
    urls = [loopback.at(host, f"/start?{n}") for host in ("a.localhost", "b.localhost") for n in range(3)]
    assert bodies(fetch_all(urls, within=limits(per_host=1, timeout_s=3))) == [b"end"] * 6


def test_slow_host_holds_up_nobody_else(loopback):
    """Many sources of a silent host wait for each other, and leave the other slots free."""
    loopback.route("/silent", Answer(raw=lambda connection: connection.recv(1)))
    loopback.route("/feed", Answer(body=b"x"))
    silent = [loopback.at("slow.localhost", f"/silent?{n}") for n in range(2)]
    results = fetch_all(
        [*silent, loopback.url + "/feed"], within=limits(per_host=1, concurrency=2, timeout_s=0.7)
    )
    assert [type(result) for result in results[:2]] == [FetchTimeout] * 2
    assert results[2].body == b"x"


def test_slots_are_given_in_order():
    """First come, first served."""

    async def run():
        slots, served = Slots(total=1, per_host=1), []

        async def visit(number):
            async with slots.hold("a.example"):
                await asyncio.sleep(0)
                served.append(number)

        await asyncio.gather(*(visit(number) for number in range(20)))
        return served

    assert asyncio.run(run()) == list(range(20))


def test_idle_hosts_are_forgotten():
    """Nothing is kept of a host when its last exchange ended, failed or was given up waiting."""

    async def run():
        slots = Slots(total=2, per_host=1)

        async def visit(seconds):
            async with slots.hold("a.example"):
                await asyncio.sleep(seconds)
                raise ValueError("the exchange failed")

        first, second = asyncio.create_task(visit(0.05)), asyncio.create_task(visit(9))
        await asyncio.sleep(0.01)
        second.cancel()
        assert len(slots) == 1
        await asyncio.gather(first, second, return_exceptions=True)
        return len(slots)

    assert asyncio.run(run()) == 0


@pytest.mark.parametrize("per_host", [1, 3])
def test_connections_are_as_few_as_the_slots(loopback, per_host):
    """A host is never connected to more often than it has slots."""
    loopback.route("/feed", Crowd(0.01))
    urls = [loopback.url + f"/feed?{n}" for n in range(12)]
    assert bodies(fetch_all(urls, within=limits(per_host=per_host))) == [b"x"] * 12
    assert loopback.connections <= per_host
