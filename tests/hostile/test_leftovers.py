"""What a server sends beyond its answer is never taken for the next one, whenever it comes."""

import asyncio

import pytest

from aggregator.errors import FetchError
from aggregator.fetch import FetchLimits
from aggregator.fetch.feed import Fetcher
from tests.hostile.listener import listening

WHOLE = b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nContent-Length: 6\r\n\r\n<rss/>"


def fetch_twice(answer):
    """Fetch the feed of a port twice over one pool; return the bodies, and how many connections it took."""

    async def run(url):
        limits = FetchLimits(allow_private_addresses=True, timeout_s=5, per_host=1)
        async with Fetcher(limits) as fetcher:
            return [(await fetcher.get(url)).body for _ in range(2)]

    with listening(answer) as (port, seen):
        return asyncio.run(run(f"http://127.0.0.2:{port}/feed")), len(seen)


def test_a_rest_that_comes_with_the_next_request_is_asked_around():
    """The connection is given up, and the request is sent once more on another."""

    def answer(connection):
        connection.recv(4096)
        connection.sendall(WHOLE)
        if connection.recv(4096):  # the second request, which is answered with what was left of the first
            connection.sendall(b"the rest of the first</rss>")

    assert fetch_twice(answer) == ([b"<rss/>"] * 2, 2)


def test_a_server_that_never_makes_sense_is_asked_once_more_only():
    """What is no answer on a new connection either is the server's fault, and is said."""
    asked = []

    def answer(connection):
        asked.append(connection.recv(4096))
        if len(asked) == 1:
            connection.sendall(WHOLE)
            asked.append(connection.recv(4096))
        connection.sendall(b"no answer at all\r\n\r\n")

    with pytest.raises(FetchError, match="not valid HTTP"):
        fetch_twice(answer)
    assert len(asked) == 3
