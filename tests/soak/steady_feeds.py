"""Feeds that get an entry at a steady pace and keep the last hundreds: what stands in them follows from the time alone.

They are served by a process of their own, so that whoever measures is not measured.
"""

import asyncio
import ctypes
import signal
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from multiprocessing import get_context
from random import Random
from typing import Any

KEPT = 300
"""Entries that a feed shows: those of five hours at a pace of one a minute."""
FEW = 10
_SYLLABLES = tuple(
    one + other for one in "bdfghklmnprstvwz" for other in ("a", "e", "i", "o", "u", "an", "el", "or")
)
_SPAWN = get_context("spawn")


@dataclass(frozen=True, kw_only=True, slots=True)
class SteadyFeeds:
    """So many feeds, each with an entry every ``pace_s`` from ``began_s`` on, in seconds of the system's clock."""

    count: int
    pace_s: float
    began_s: float

    def count_entries(self, source: int, now_s: float) -> int:
        """Return how many entries a source has written by now: they do not all write at the same moment."""
        return max(int((now_s - self.began_s + self.pace_s * source / self.count) / self.pace_s), 0)

    def written_at(self, source: int, number: int) -> float:
        """Return when an entry was written."""
        return self.began_s + self.pace_s * (number + 1 - source / self.count)

    def list_written(self, now_s: float) -> frozenset[tuple[str, str]]:
        """Return source and id of every entry that was written by now."""
        return frozenset(
            (name_source(source), f"{source}-{number}")
            for source in range(self.count)
            for number in range(self.count_entries(source, now_s))
        )

    def render(self, source: int, now_s: float) -> bytes:
        """Return a document."""
        written = self.count_entries(source, now_s)
        items = "".join(
            self._render_item(source, number) for number in range(written - 1, max(written - KEPT, 0) - 1, -1)
        )
        head = f"<title>Paper {source}</title><link>https://{name_source(source)}.example/</link>"
        return f'<rss version="2.0"><channel>{head}{items}</channel></rss>'.encode()

    def _render_item(self, source: int, number: int) -> str:
        date = format_datetime(datetime.fromtimestamp(self.written_at(source, number), UTC))
        words = _make_words(self._choose_event(source, number))
        title = f"{words[0]} and {words[1]} ask what machine learning does to {words[2]}"
        return (
            f"<item><title>{title}</title><link>https://{name_source(source)}.example/{number}</link>"
            f'<guid isPermaLink="false">{source}-{number}</guid><pubDate>{date}</pubDate>'
            f"<author>a@paper.example (Ann Lee)</author><description>{title}: whoever {words[3]} and "
            f"{words[4]} in {words[5]} had heard of it said that {words[6]} is not {words[7]}, and went on.</description>"
            f'<enclosure url="https://{name_source(source)}.example/{number}.jpg" type="image/jpeg" length="99"/></item>'
        )

    def _choose_event(self, source: int, number: int) -> int:
        """Return what an entry is about: a fifth are about events that some other sources write of, too."""
        return number * self.count + (source % FEW if (source + number) % 5 == 0 else source)


def _make_words(event: int) -> list[str]:
    """Return words that texts on other events hardly have."""
    chance = Random(event)
    return ["".join(chance.choices(_SYLLABLES, k=3)).capitalize() for _ in range(8)]


def name_source(source: int) -> str:
    """Return the id of a source, which is its host's name, too."""
    return f"paper-{source}"


@contextmanager
def serve_feeds(feeds: SteadyFeeds) -> Iterator[tuple[Sequence[str], Any]]:
    """Serve them; give their addresses, and a number to be set: the time after which nothing is written any more."""
    listening = socket.create_server(("127.0.0.1", 0), backlog=1024)
    port = listening.getsockname()[1]
    ends_at_s = _SPAWN.Value(ctypes.c_double, float("inf"))
    process = _SPAWN.Process(target=_serve, args=(feeds, listening, ends_at_s), daemon=True)
    process.start()
    listening.close()
    try:
        names = (name_source(source) for source in range(feeds.count))
        yield [f"http://{name}.localhost:{port}/{name}" for name in names], ends_at_s
    finally:
        process.kill()
        process.join()


def _serve(feeds: SteadyFeeds, listening: socket.socket, ends_at_s: Any) -> None:
    async def serve() -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: _FeedConnection(feeds, ends_at_s), sock=listening)
        await server.serve_forever()

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # it ends by whom it serves
    asyncio.run(serve())


class _FeedConnection(asyncio.Protocol):
    """One connection, which is kept."""

    def __init__(self, feeds: SteadyFeeds, ends_at_s: Any) -> None:
        self._feeds, self._ends_at_s = feeds, ends_at_s
        self._waiting = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        *requests, self._waiting = (self._waiting + data).split(b"\r\n\r\n")
        for request in requests:
            self._transport.write(self._answer(request.decode("latin-1")))

    def _answer(self, request: str) -> bytes:
        path = request.split(" ", 2)[1]
        if not path.startswith("/paper-"):
            return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
        source, now_s = int(path.removeprefix("/paper-")), min(time.time(), self._ends_at_s.value)
        tag = f'"{self._feeds.count_entries(source, now_s)}"'
        if f"if-none-match: {tag}" in request.lower():
            return f"HTTP/1.1 304 Not Modified\r\nETag: {tag}\r\n\r\n".encode()
        body = self._feeds.render(source, now_s)
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nETag: {tag}\r\nContent-Length: {len(body)}\r\n\r\n"
        return head.encode() + body
