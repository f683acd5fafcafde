"""Few polls of a service at a time, and a pause between their starts."""

import asyncio

import pytest

from aggregator.fetch.service_turns import FORGET_ABOVE, Turns
from tests.fetch.client import fetch_with, limits


def run(services, *, at_once, delay_s, seconds):
    """Take a turn for each of ``services`` at once, ``seconds`` long; return when each began."""

    async def steps():
        turns, begun = Turns(at_once=at_once, delay_s=delay_s), []
        loop = asyncio.get_running_loop()
        started = loop.time()

        async def visit(service):
            async with turns.hold(service):
                begun.append((service, loop.time() - started))
                await asyncio.sleep(seconds)

        await asyncio.gather(*map(visit, services))
        return begun

    return asyncio.run(steps())


def test_a_pause_lies_between_two_starts():
    """Polls of one service begin one after the other; another service does not wait for it."""
    begun = run("aaab", at_once=9, delay_s=0.1, seconds=0)
    starts = [at for service, at in begun if service == "a"]
    (other,) = [at for service, at in begun if service == "b"]
    assert other < starts[-1]
    assert all(start >= 0.099 * number for number, start in enumerate(starts))


@pytest.mark.parametrize(("at_once", "least"), [(1, 0.3), (2, 0.1)])
def test_few_at_a_time(at_once, least):
    """A turn is given when one is given back."""
    begun = run("aaaa", at_once=at_once, delay_s=0, seconds=0.1)
    assert begun[-1][1] >= least * 0.99


def test_nobody_has_a_turn_with_what_is_paused():
    """Those who wait already are told, too; another service is free, and so is this one afterwards."""

    async def steps():
        turns, reported = Turns(at_once=1, delay_s=0), []

        async def visit(service):
            async with turns.hold(service) as is_free:
                reported.append((service, is_free))
                if len(reported) == 1:
                    turns.pause(service, 0.2)
                await asyncio.sleep(0)

        await asyncio.gather(*map(visit, "aaab"))
        await asyncio.sleep(0.25)
        await visit("a")
        return reported

    reported = asyncio.run(steps())
    assert reported[0] == ("a", True)
    assert sorted(reported[1:4]) == [("a", False), ("a", False), ("b", True)]
    assert reported[4] == ("a", True)


def test_the_longest_hold_counts():
    """A later and shorter wish does not end an earlier and longer one; what is paused is told."""

    async def steps():
        turns = Turns(at_once=1, delay_s=0)
        none = turns.list_paused()
        for service, seconds in (("a", 60), ("a", 0), ("b", 0), ("c", 60)):
            turns.pause(service, seconds)
        return none, turns.is_paused("a"), turns.list_paused()

    assert asyncio.run(steps()) == ((), True, ("a", "c"))


def test_services_are_forgotten_once_there_are_many():
    """What is remembered does not grow with every service ever asked."""

    async def steps():
        turns = Turns(at_once=1, delay_s=0)
        for number in range(FORGET_ABOVE + 5):
            async with turns.hold(str(number)):
                pass
        return len(turns)

    assert asyncio.run(steps()) < 10


def test_hosts_of_one_service_share_their_turns(loopback):
    """Two sub-domains of a hoster wait for each other, another domain for neither."""

    async def steps(fetcher):
        loop = asyncio.get_running_loop()
        begun = []
        for host in ("one.tumblr.com", "two.tumblr.com", "else.example"):
            async with fetcher.turn(f"https://{host}/rss"):
                begun.append(loop.time())
        return begun

    one, two, other = fetch_with(steps, within=limits(domain_delay_s=1.5))
    assert two - one >= 1.4
    assert other - two < 1.4
