"""The application on a socket: beside other work, or in the foreground."""

import asyncio
import errno
import logging
import os
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import SimpleQueue
from threading import Event, Thread, get_ident
from typing import Self

import uvicorn
from starlette.types import ASGIApp

from aggregator.errors import AggregatorError
from aggregator.serve.acceptor import Acceptor
from aggregator.serve.app import find_hot_files
from aggregator.serve.connections import Connections, Slot
from aggregator.serve.limits import ClientLimits
from aggregator.serve.protocol import WatchedProtocol
from aggregator.serve.server_events import EventCounts, UvicornLog, count_loop_errors

_DRAIN_S = 3
_STOP_S = 5
_START_S = 10
_BACKLOG = 2_048
_SWEEP_EVERY_S = 0.25
# what waits in the system for a slow reader, so that it shows soon whether anything moves
_UNSENT_BYTES = 128 * 1024


class Server:
    """Serves ``app`` from a thread with an event loop of its own, as a context manager or by hand.

    Port 0 takes a free one; once started, ``port`` and ``url`` have it.
    """

    def __init__(self, app: ASGIApp, host: str, port: int, *, limits: ClientLimits | None = None) -> None:
        self._app = app
        self.host = host
        self.port = port
        self._limits = limits or ClientLimits()
        self._server: _AcceptingServer | None = None
        self._thread: Thread | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """The address of the tree's root, without a slash at the end."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    @property
    def connection_count(self) -> int:
        """How many connections are open now."""
        return len(self._server.connections) if self._server else 0

    def start(self) -> None:
        """Return once the server listens; raise AggregatorError where it cannot."""
        listener = _listen(self.host, self.port)
        self.port = listener.getsockname()[1]
        self._server = _AcceptingServer(_make_uvicorn_config(self._app), listener, self._limits)
        self._thread = Thread(target=_run, args=(self._server,), name="serve", daemon=True)
        self._thread.start()
        if not self._server.listens.wait(_START_S):
            listener.close()
            raise AggregatorError(f"the server at {self.url} did not start within {_START_S} s")

    def stop(self) -> None:
        """Take no more connections, let answers that are under way end, and return within 5 seconds."""
        if self._server and self._thread:
            self._server.should_exit = True
            self._thread.join(_STOP_S)
        self._server = self._thread = None


def serve_forever(
    app: ASGIApp,
    host: str,
    port: int,
    on_listening: Callable[[str], None] = lambda _url: None,
    *,
    limits: ClientLimits | None = None,
) -> None:
    """Serve ``app`` until SIGTERM or Ctrl-C; call it from the main thread.

    ``on_listening`` is called with the server's address. Raises AggregatorError where the port cannot be
    listened on.
    """
    with _stop_signals() as signals, Server(app, host, port, limits=limits) as server:
        on_listening(server.url)
        signals.get()


class _AcceptingServer(uvicorn.Server):
    """A server that accepts its connections itself, and lets another thread wait until it listens."""

    def __init__(self, config: uvicorn.Config, listener: socket.socket, limits: ClientLimits) -> None:
        super().__init__(config)
        self.listens = Event()
        self.counts = EventCounts()
        self.connections = Connections(limits, self.counts)
        self._hot_files = find_hot_files(config.app)
        self._listener = listener
        self._acceptor: Acceptor | None = None
        self._sweeping: asyncio.Task[None] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        count_loop_errors(self.counts)
        self._acceptor = Acceptor(self._listener, self.connections, self._make_protocol)
        self._acceptor.start()
        self._sweeping = asyncio.create_task(self._sweep())
        self.listens.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        if self._acceptor:
            self._acceptor.stop()
        await super().shutdown(sockets)
        if self._sweeping:
            self._sweeping.cancel()
        self.counts.log_counts(
            asyncio.get_running_loop().time(), connections=len(self.connections), is_last=True
        )

    def _make_protocol(self, slot: Slot) -> WatchedProtocol:
        return WatchedProtocol(
            self.config,
            self.server_state,
            slot=slot,
            connections=self.connections,
            hot_files=self._hot_files,
        )

    async def _sweep(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(_SWEEP_EVERY_S)
            self.connections.sweep(loop.time())
            self.counts.log_counts(loop.time(), connections=len(self.connections))


def _make_uvicorn_config(app: ASGIApp) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        lifespan="off",
        http=WatchedProtocol,
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=_DRAIN_S,
    )


def _run(server: _AcceptingServer) -> None:
    uvicorn_log, thread = UvicornLog(server.counts), get_ident()
    uvicorn_log.addFilter(lambda record: record.thread == thread)  # other servers count their own
    logger = logging.getLogger("uvicorn.error")
    logger.addHandler(uvicorn_log)
    try:
        asyncio.run(_serve(server))
    finally:
        logger.removeHandler(uvicorn_log)


async def _serve(server: _AcceptingServer) -> None:
    await server.serve(sockets=[])  # it has none of its own: connections are taken one by one
    for connection in list(server.server_state.connections):  # they did not read their answer in time
        connection.transport.abort()
    await asyncio.sleep(0)  # an aborted transport is closed in the loop's next round


def _listen(host: str, port: int) -> socket.socket:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        # without the protocol asyncio leaves Nagle's algorithm on, which delays answers by 40 ms
        listener = socket.socket(family, kind, protocol)
    except OSError as error:
        raise AggregatorError(
            f"cannot listen on {host}: {error.strerror}; choose another server.host"
        ) from error
    try:
        # else the port stays taken for a minute after a stop
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if hasattr(socket, "TCP_NOTSENT_LOWAT"):
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, _UNSENT_BYTES)
        listener.bind(address)
        listener.listen(_BACKLOG)
        listener.setblocking(False)
    except OSError as error:
        listener.close()
        raise AggregatorError(_describe_refusal(host, port, error)) from error
    return listener


def _describe_refusal(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} is taken: choose another with --port or server.port"
    if error.errno == errno.EACCES:
        return f"port {port} is not allowed to this user: choose one above 1023 with --port or server.port"
    return f"cannot listen on {host}: {os.strerror(error.errno or 0)}; choose another server.host"


@contextmanager
def _stop_signals() -> Iterator[SimpleQueue[int]]:
    """Yield a queue that gets the signals to stop; its put() may be called in a signal's middle."""
    signals: SimpleQueue[int] = SimpleQueue()
    former = {
        number: signal.signal(number, lambda number, _frame: signals.put(number))
        for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield signals
    finally:
        for number, action in former.items():
            signal.signal(number, action)
