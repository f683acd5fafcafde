"""A real HTTP/1.1 server on a loopback address for tests: routes may be replaced while it runs.

It answers whatever host name it is asked for, keeps connections alive, and notes every request and
connection, so that a test sees what really went over the wire.
"""

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

import pytest


@dataclass(frozen=True, kw_only=True)
class Request:
    """What a client asked; ``path`` with its query as sent, ``headers`` found in any letter case."""

    method: str
    path: str
    headers: Message
    body: bytes = b""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What to answer; ``raw`` takes the socket over instead, and it is closed afterwards.

    Content-Length is added unless ``headers`` state it or a Transfer-Encoding. A header whose value
    is a tuple is sent once per element.
    """

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)
    raw: Callable[[socket.socket], None] | None = None


def raw(
    *parts: bytes, pause_s: float = 0.0, then: Callable[[socket.socket], None] = lambda _: None
) -> Answer:
    """Return an answer that sends ``parts`` as they are, with pauses between them, and ends as ``then`` does."""

    def send(connection: socket.socket) -> None:
        with contextlib.suppress(OSError):
            for part in parts:
                connection.sendall(part)
                time.sleep(pause_s)
            then(connection)

    return Answer(raw=send)


def endless(head: bytes, piece: bytes) -> Answer:
    """Return an answer that sends ``head`` and then ``piece`` again and again, until the client hangs up."""

    def go_on(connection: socket.socket) -> None:
        while True:
            connection.sendall(piece)

    return raw(head, then=go_on)


Route = Answer | Callable[[Request], Answer]


class Loopback:
    """The server, as a context manager; leaving it closes every connection and joins every thread.

    ``requests`` holds the requests in the order they came, ``connections`` counts those accepted.
    An exception in a route is raised again on leaving, so that no test passes over it.
    """

    def __init__(self, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1") -> None:
        self.requests: list[Request] = []
        self.connections = 0
        self.failures: list[Exception] = []
        self._routes: dict[str, Route] = {}
        self._lock = threading.Lock()
        self._server = _Server(self, tls, host)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self.port: int = self._server.server_address[1]
        self.url = f"{'https' if tls else 'http'}://{host}:{self.port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.hang_up()
        self._server.server_close()
        if self.failures and kind is None:
            raise self.failures[0]

    def route(self, path: str, answer: Route) -> str:
        """Answer ``path`` with ``answer`` from now on, and return its full address.

        A path without a query also serves those with one, unless they have a route of their own.
        """
        with self._lock:
            self._routes[path] = answer
        return self.url + path

    def at(self, host: str, path: str) -> str:
        """Return the address of ``path`` under another host name, such as ``a.localhost``."""
        return f"{self.url.split('://')[0]}://{host}:{self.port}{path}"

    def answer(self, request: Request) -> Answer:
        """Note the request and return what its route answers, 404 without one."""
        with self._lock:
            self.requests.append(request)
            route = self._routes.get(request.path) or self._routes.get(request.path.split("?")[0])
        if route is None:
            return Answer(status=404, body=b"no such route")
        return route if isinstance(route, Answer) else self._call(route, request)

    def accepted(self) -> None:
        """Count a connection."""
        with self._lock:
            self.connections += 1

    def _call(self, route: Callable[[Request], Answer], request: Request) -> Answer:
        try:
            return route(request)
        except Exception as error:
            self.failures.append(error)
            return Answer(status=500, body=repr(error).encode())


class _Server(ThreadingHTTPServer):
    daemon_threads = False
    request_queue_size = 128

    def __init__(self, loopback: Loopback, tls: ssl.SSLContext | None, host: str) -> None:
        super().__init__((host, 0), _Exchange)
        self.loopback = loopback
        self._tls = tls
        self._open: set[socket.socket] = set()

    def get_request(self) -> tuple[socket.socket, object]:
        connection, address = super().get_request()
        self.loopback.accepted()
        if self._tls:
            connection = self._tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        self._open.add(connection)
        return connection, address

    def shutdown_request(self, request: socket.socket) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        """End the connections that clients keep open, so that their threads end."""
        for connection in list(self._open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: object, client_address: object) -> None:
        """Stay silent: a client that hangs up in the middle is what many tests are about."""


class _Exchange(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # An answer's head and body leave in two writes; without this the second waits for an
    # acknowledgement that the client's system delays by some 40 ms.
    disable_nagle_algorithm = True
    server: _Server

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Write no log."""

    def _exchange(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        request = Request(method=self.command, path=self.path, headers=self.headers, body=body)
        answer = self.server.loopback.answer(request)
        if answer.raw:
            self.close_connection = True
            answer.raw(self.connection)
        else:
            self._send(answer)

    do_GET = do_HEAD = do_POST = _exchange  # noqa: N815 - the names that the base class calls

    def _send(self, answer: Answer) -> None:
        self.send_response_only(answer.status)
        names = {name.lower() for name in answer.headers}
        for name, value in answer.headers.items():
            for one in (value,) if isinstance(value, str) else value:
                self.send_header(name, one)
        if not names & {"content-length", "transfer-encoding"} and answer.status not in (204, 304):
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)


@pytest.fixture
def loopback() -> Iterator[Loopback]:
    """A running server without routes."""
    with Loopback() as server:
        yield server
