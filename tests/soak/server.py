"""The publishers on real sockets: a host of its own for every few, connections kept alive, every request noted."""

import asyncio
import socket
from collections.abc import Sequence
from typing import Self

from tests.soak.answers import MOVED_PATH, PublisherReply, Visit, answer_of
from tests.soak.clock import SharedClock
from tests.soak.publishers import Publisher

_NOT_FOUND = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
_TLS = b"\x16"


class Newsstand:
    """All publishers of a soak, as an async context manager; ``visits`` are what each was asked for.

    ``others`` counts requests for anything but a document, as those of somebody who looks for one.
    """

    def __init__(self, publishers: Sequence[Publisher], clock: SharedClock) -> None:
        self.publishers = publishers
        self.visits: list[list[Visit]] = [[] for _ in publishers]
        self.others = 0
        self.clock = clock
        self._by_path = {p.path: (p, False) for p in publishers}
        self._by_path |= {f"/{p.number}{MOVED_PATH}": (p, True) for p in publishers}
        self._servers: list[asyncio.Server] = []
        self.open: set[asyncio.Transport] = set()

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        hosts = sorted({publisher.host for publisher in self.publishers})
        first = socket.create_server((hosts[0], 0), backlog=1024)
        self.port = first.getsockname()[1]
        rest = [socket.create_server((host, self.port), backlog=1024) for host in hosts[1:]]
        for listening in (first, *rest):
            self._servers.append(await loop.create_server(lambda: _PublisherConnection(self), sock=listening))
        return self

    async def __aexit__(self, *_: object) -> None:
        for server in self._servers:
            server.close()
        for transport in list(self.open):
            transport.abort()
        await asyncio.sleep(0)

    def url(self, publisher: Publisher) -> str:
        """Return where a publisher's document is."""
        return f"http://{publisher.host}:{self.port}{publisher.path}"

    def reply(self, request: bytes) -> PublisherReply | None:
        """Return the answer to a request and note it; None for what nobody publishes."""
        line, *fields = request.decode("latin-1").split("\r\n")
        found = self._by_path.get(line.split(" ")[1])
        if found is None:
            self.others += 1
            return None
        publisher, is_hop = found
        pairs = (field.partition(":") for field in fields)
        asked = {name.strip().lower(): value.strip() for name, _, value in pairs}
        visits = self.visits[publisher.number]
        reply = answer_of(publisher, now_s=self.clock.now_s(), visit=len(visits), asked=asked, is_hop=is_hop)
        visits.append(reply.visit)
        return reply


class _PublisherConnection(asyncio.Protocol):
    """One connection."""

    def __init__(self, stand: Newsstand) -> None:
        self._stand = stand
        self._waiting = b""
        self._is_held = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._stand.open.add(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self._stand.open.discard(self._transport)
        if self._is_held:
            self._stand.clock.stalled -= 1

    def data_received(self, data: bytes) -> None:
        if data.startswith(_TLS):
            self._transport.abort()
            return
        *requests, self._waiting = (self._waiting + data).split(b"\r\n\r\n")
        for request in requests:
            self._answer(self._stand.reply(request))

    def _answer(self, reply: PublisherReply | None) -> None:
        self._transport.write(reply.sent if reply else _NOT_FOUND)
        then = reply.then if reply else "keep"
        if then == "close":
            self._transport.close()
        elif then == "reset":
            connection = self._transport.get_extra_info("socket")
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, (1).to_bytes(4, "little") + bytes(4))
            self._transport.abort()
        elif then == "hold":
            self._is_held = True
            self._stand.clock.stalled += 1
