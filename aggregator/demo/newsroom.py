"""The newsroom's server: many publishers on one port of this machine, told apart by host name."""

import socket
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Self

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from aggregator.demo.newsroom_plan import NewsroomPlan
from aggregator.demo.pieces import publishers
from aggregator.demo.responses import DemoRequest, respond


def read_clock() -> datetime:
    """Return the time now."""
    return datetime.now(UTC)


class Newsroom:
    """A server of fictional publishers on 127.0.0.1, as a context manager.

    ``port`` 0 takes any free one. ``now`` is the time its articles are dated from, by default when it
    is made, which is when the script starts. ``speed`` makes the script run faster; ``clock`` is what
    time is read from. What is published follows from these alone.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        now: datetime | None = None,
        speed: float = 1.0,
        clock: Callable[[], datetime] = read_clock,
    ) -> None:
        self._socket = socket.create_server(("127.0.0.1", port), backlog=512)
        # Head and body leave in two writes; without this the second waits 40 ms for the first one's
        # acknowledgement. (asyncio sets it only on sockets that name their protocol.)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.port: int = self._socket.getsockname()[1]
        self._clock = clock
        self._opened_at = clock()
        self.plan = NewsroomPlan(port=self.port, start_at=now or self._opened_at, speed=speed)
        self._visits = 0
        self._served: dict[str, set[str]] = {name: set() for name in publishers()}
        self._lock = threading.Lock()
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Serve in a thread of its own; the port listens already, so nobody is turned away before it runs."""
        routes = [Route("/{path:path}", self._respond, methods=["GET"])]
        config = uvicorn.Config(
            Starlette(routes=routes),
            log_config=None,
            access_log=False,
            lifespan="off",
            ws="none",
            timeout_graceful_shutdown=2,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(
            target=self._server.run, args=([self._socket],), name="newsroom", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Close every connection and end the thread."""
        if self._server and self._thread:
            self._server.should_exit = True
            self._thread.join()
        self._socket.close()

    def url(self, publisher: str, path: str = "/") -> str:
        """Return the address of ``path`` at a publisher, given by its id, such as ``daily-planet``."""
        return self.plan.url(publisher, path)

    @property
    def elapsed_s(self) -> float:
        """Seconds of the script since the start."""
        return (self._clock() - self._opened_at).total_seconds() * self.plan.speed

    def entries_served(self) -> Mapping[str, frozenset[str]]:
        """Return, by publisher, the ids of all entries that have stood in an answer with its feed so far.

        An entry's id is the address of its article's page without tracking parameters, as guids are
        missing or random at some publishers; a link to another publisher's article has that one's id.
        ``urls.canonical_url`` makes it the key that a stored article is known by.
        """
        with self._lock:
            return {name: frozenset(ids) for name, ids in self._served.items()}

    async def _respond(self, request: Request) -> Response:
        query = request.url.query
        asked = DemoRequest(
            host=request.headers.get("host", ""),
            target=f"{request.url.path}?{query}" if query else request.url.path,
            headers=dict(request.headers),
            elapsed_s=self.elapsed_s,
            visit=self._visits,
        )
        self._visits += 1
        found = respond(self.plan, asked)
        if found.served and request.method == "GET":
            self._note(asked.host, found.served)
        return Response(found.body, found.status, headers=dict(found.headers))

    def _note(self, host: str, served: frozenset[str]) -> None:
        with self._lock:
            self._served[host.partition(".")[0].lower()] |= served
