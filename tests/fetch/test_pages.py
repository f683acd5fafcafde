"""Pages of publishers that want to be left alone."""

import asyncio
import time
from datetime import timedelta

import pytest

from aggregator.errors import HttpStatusError, ServicePaused
from aggregator.fetch.feed import Fetcher
from aggregator.fetch.pages import PageFetcher
from tests.fetch.client import limits
from tests.loopback import Answer

BUSY = Answer(status=429, headers={"Retry-After": "3600"})


def with_pages(steps, *, host_delay_s=0.0, **given):
    """Run ``steps(feeds, pages)``, a coroutine, with fetchers that pause together."""

    async def run():
        async with (
            Fetcher(limits()) as feeds,
            PageFetcher(
                limits(), host_delay_s=host_delay_s, robot="aggregator", sibling=feeds, **given
            ) as pages,
        ):
            return await steps(feeds, pages)

    return asyncio.run(run())


def test_who_answers_429_is_paused_not_who_led_there(loopback):
    """After a redirect that is another service; the one that redirects may be asked for others."""
    busy, short = (
        loopback.at(host, path) for host, path in (("busy.localhost", "/a"), ("short.localhost", "/x"))
    )
    loopback.route("/a", BUSY)
    loopback.route("/x", Answer(status=302, headers={"Location": busy}))

    async def steps(feeds, pages):
        with pytest.raises(HttpStatusError):
            await pages.get(short, max_body_bytes=1000)
        return feeds.is_paused(busy), feeds.is_paused(short), pages.is_paused(short)

    assert with_pages(steps) == (True, False, True)


def test_robots_txt_that_is_answered_429_holds_back_too(loopback):
    """Nothing else is asked, and that it was not read is not remembered as if it forbade all."""
    url = loopback.route("/a", Answer(body=b"<p>A"))
    loopback.route("/robots.txt", Answer(status=429, headers={"Retry-After": "1"}))

    async def steps(feeds, pages):
        with pytest.raises(ServicePaused):
            await pages.get(url, max_body_bytes=1000)
        loopback.route("/robots.txt", Answer(status=404))
        await asyncio.sleep(1.1)
        return (await pages.get(url, max_body_bytes=1000)).body

    assert with_pages(steps) == b"<p>A"
    assert [request.path for request in loopback.requests] == ["/robots.txt", "/robots.txt", "/a"]


def test_what_is_not_asked_takes_nobodys_turn(loopback):
    """Pages of a service that is paused are refused at once, without the pauses of their host."""
    url = loopback.route("/a", Answer(body=b"<p>A"))

    async def steps(feeds, pages):
        await pages.get(url, max_body_bytes=1000)
        feeds.pause(url, timedelta(hours=1))
        begun = time.monotonic()
        asked = [pages.get(url, max_body_bytes=1000) for _ in range(5)]
        refused = await asyncio.gather(*asked, return_exceptions=True)
        return time.monotonic() - begun, {type(error) for error in refused}

    took_s, errors = with_pages(steps, host_delay_s=1.0)
    assert errors == {ServicePaused}
    assert took_s < 2
    assert [request.path for request in loopback.requests] == ["/robots.txt", "/a"]


@pytest.mark.parametrize(
    ("headers", "longest"),
    [({"Retry-After": "1"}, timedelta(days=7)), ({"Retry-After": "99"}, timedelta(seconds=1))],
)
def test_a_page_in_trouble_is_left_alone_for_a_while(loopback, headers, longest):
    """For as long as its site says, within the operator's bound; other pages of the site are asked for."""
    url = loopback.route("/a", Answer(status=503, headers=headers))
    other = loopback.route("/b", Answer(body=b"<p>B"))

    async def steps(feeds, pages):
        with pytest.raises(HttpStatusError):
            await pages.get(url, max_body_bytes=1000)
        with pytest.raises(ServicePaused):
            await pages.get(url, max_body_bytes=1000)
        await pages.get(other, max_body_bytes=1000)
        loopback.route("/a", Answer(body=b"<p>A"))
        await asyncio.sleep(1.1)
        return (await pages.get(url, max_body_bytes=1000)).body

    assert with_pages(steps, retry_after_cap=longest) == b"<p>A"
    assert [request.path for request in loopback.requests] == ["/robots.txt", "/a", "/b", "/a"]
