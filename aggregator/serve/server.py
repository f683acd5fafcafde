"""The application on a socket: beside other work, or in the foreground."""

import asyncio
import errno
import os
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import SimpleQueue
from threading import Event, Thread
from typing import Self

import uvicorn
from starlette.types import ASGIApp

from aggregator.errors import AggregatorError

_DRAIN_S = 3
_STOP_S = 5
_START_S = 10
# beyond these a client is told to come back, so that polling keeps file descriptors of its own
_MAX_CONNECTIONS = 500
_BACKLOG = 512


class Server:
    """Serves ``app`` from a thread with an event loop of its own, as a context manager or by hand.

    Port 0 takes a free one; ``port`` and ``url`` tell, once started, which.
    """

    def __init__(self, app: ASGIApp, host: str, port: int) -> None:
        self._app = app
        self.host = host
        self.port = port
        self._server: _Listening | None = None
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

    def start(self) -> None:
        """Return once the server listens; raise AggregatorError where it cannot."""
        listener = _listen(self.host, self.port)
        self.port = listener.getsockname()[1]
        self._server = _Listening(_settings(self._app))
        self._thread = Thread(target=_run, args=(self._server, listener), name="serve", daemon=True)
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
    app: ASGIApp, host: str, port: int, on_listening: Callable[[str], None] = lambda _url: None
) -> None:
    """Serve ``app`` until SIGTERM or Ctrl-C; call it from the main thread.

    ``on_listening`` is told the server's address. Raises AggregatorError where the port cannot be
    listened on.
    """
    with _stop_signals() as signals, Server(app, host, port) as server:
        on_listening(server.url)
        signals.get()


class _Listening(uvicorn.Server):
    """A server that tells another thread when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listens = Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listens.set()


def _settings(app: ASGIApp) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        lifespan="off",
        http="h11",
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=_MAX_CONNECTIONS,
        timeout_graceful_shutdown=_DRAIN_S,
    )


def _run(server: uvicorn.Server, listener: socket.socket) -> None:
    with listener:
        asyncio.run(_serve(server, listener))


async def _serve(server: uvicorn.Server, listener: socket.socket) -> None:
    await server.serve(sockets=[listener])
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
        listener.bind(address)
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        raise AggregatorError(_refusal(host, port, error)) from error
    return listener


def _refusal(host: str, port: int, error: OSError) -> str:
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
