"""Taking connections from the listening socket, within the limits and without ever failing aloud."""

import asyncio
import contextlib
import errno
import socket
from collections.abc import Callable

from aggregator.serve.connections import Connections, Slot

_MAX_OPENING = 32
"""Connections that are taken and not set up yet: none of these can be closed to make room."""
_PAUSE_S = 0.1
_SPARED_OF = 8
"""Of so many connections one is closed where file descriptors run out."""
_EXHAUSTED = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}
_REFUSAL = (
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
)


class Acceptor:
    """Gives every connection of ``listener`` a slot and a protocol, or closes it at once.

    asyncio's own accepts as many as wait, however many that are, and writes a traceback for each
    that finds no file descriptor.
    """

    def __init__(
        self,
        listener: socket.socket,
        connections: Connections,
        make_protocol: Callable[[Slot], asyncio.Protocol],
    ) -> None:
        self._listener = listener
        self._connections = connections
        self._make_protocol = make_protocol
        self._loop = asyncio.get_running_loop()
        self._opening: set[asyncio.Task[None]] = set()
        self._max_opening = max(1, min(_MAX_OPENING, connections.limits.connections // 4))
        self._pause: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Take connections from now on."""
        self._pause = None
        self._loop.add_reader(self._listener.fileno(), self._accept)

    def stop(self) -> None:
        """Take no more connections, and close the listener."""
        if self._pause:
            self._pause.cancel()
        self._loop.remove_reader(self._listener.fileno())
        self._listener.close()

    def _accept(self) -> None:
        while len(self._opening) < self._max_opening:
            try:
                connection, address = self._listener.accept()
            except (BlockingIOError, InterruptedError):
                return
            except OSError as error:
                if error.errno in _EXHAUSTED:
                    self._wait_for_descriptors()
                    return
                continue  # a client that has gone already
            self._take(connection, str(address[0]))

    def _wait_for_descriptors(self) -> None:
        self._connections.counts.count("no_descriptors")
        for _ in range(1 + len(self._connections) // _SPARED_OF):
            self._connections.make_room(self._loop.time())
        self._loop.remove_reader(self._listener.fileno())
        self._pause = self._loop.call_later(_PAUSE_S, self.start)

    def _take(self, connection: socket.socket, host: str) -> None:
        connection.setblocking(False)
        slot = self._connections.open(host, self._loop.time())
        if slot is None:
            with contextlib.suppress(OSError):
                connection.send(_REFUSAL)
            connection.close()
            return
        task = self._loop.create_task(self._open(connection, slot))
        self._opening.add(task)
        task.add_done_callback(self._opening.discard)

    async def _open(self, connection: socket.socket, slot: Slot) -> None:
        try:
            await self._loop.connect_accepted_socket(lambda: self._make_protocol(slot), connection)
        except OSError:
            connection.close()
            self._connections.close(slot)
