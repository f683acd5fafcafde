"""HTTP/1.1 on one connection: uvicorn's protocol, watched, and strict where leniency is a danger."""

import asyncio

import h11
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.config import Config
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from aggregator.serve.connections import Connections, Phase, Slot
from aggregator.serve.error_page import UNCACHED
from aggregator.serve.health_page import HEALTH_PATH
from aggregator.serve.server_events import EventCounts

MAX_HEAD_BYTES = 32 * 1024


class StrictConnection(h11.Connection):
    """Refuses a request's head that is too long, or whose lines end without CR.

    h11 takes a bare LF for a line's end; a proxy in front that does not would see another request.
    """

    def __init__(self) -> None:
        super().__init__(h11.SERVER, max_incomplete_event_size=MAX_HEAD_BYTES)

    def next_event(self) -> h11.Event | type[h11.NEED_DATA] | type[h11.PAUSED]:
        """Return what h11 finds next; raises RemoteProtocolError for what it should not have found."""
        if self.their_state is h11.IDLE:
            check_head(self.trailing_data[0])
        return super().next_event()


def check_head(received: bytes) -> None:
    """Raise RemoteProtocolError where bytes that begin with a request's head are not to be read."""
    end = received.find(b"\r\n\r\n")
    head = received if end < 0 else received[: end + 4]
    if len(head) > MAX_HEAD_BYTES:
        raise h11.RemoteProtocolError("the head of the request is too long", error_status_hint=431)
    if head.count(b"\n") != head.count(b"\r\n"):
        raise h11.RemoteProtocolError("a line of the request's head ends without CR")


class HealthOnly:
    """Answers for ``app`` on a connection for which there is room for ``/healthz`` only."""

    def __init__(self, app: ASGIApp, counts: EventCounts) -> None:
        self._app = app
        self._counts = counts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self._app
        if scope["path"] != HEALTH_PATH:
            self._counts.count("refused")
            headers = {"Retry-After": "5", "Connection": "close", **UNCACHED}
            app = PlainTextResponse("Too many connections.\n", 503, headers)
        await app(scope, receive, send)


class WatchedProtocol(H11Protocol):
    """uvicorn's protocol, which keeps its slot up to date with what it is doing.

    All that is bound to h11 stands in ``_find_phase`` and ``_has_unread_body``.
    """

    def __init__(
        self, config: Config, server_state: ServerState, *, slot: Slot, connections: Connections
    ) -> None:
        super().__init__(config, server_state, {})
        self.conn = StrictConnection()
        self._slot = slot
        self._all = connections
        self._seen = self.cycle
        self._is_lingering = False
        if slot.is_extra:
            self.app = HealthOnly(config.loaded_app, connections.counts)
            self.timeout_keep_alive = 0  # with room again, its client comes in like everybody

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's
        """Begin, with the time for a first request."""
        super().connection_made(transport)
        self._slot.hang_up = transport.abort
        self._slot.waiting_bytes = transport.get_write_buffer_size

    def connection_lost(self, exc: Exception | None) -> None:
        """End, and leave the slot to another."""
        super().connection_lost(exc)
        self._unset_keepalive_if_required()  # uvicorn does so only where nothing failed
        self._all.close(self._slot)

    def data_received(self, data: bytes) -> None:
        """Read what came, unless nobody wants it any more."""
        if self._is_lingering:
            return
        super().data_received(data)
        self._note()

    def resume_writing(self) -> None:
        """Go on with an answer that had to wait for its reader."""
        super().resume_writing()
        self._slot.moved_at = self.loop.time()

    def on_response_complete(self) -> None:
        """Wait for the next request, or end the connection where this one was not read to its end."""
        if self._has_unread_body() and not self.transport.is_closing():
            self._linger()
            return
        super().on_response_complete()
        self._slot.enter(self._find_phase(), self.loop.time())
        self._note()

    def send_400_response(self, msg: str) -> None:
        """Answer 400, or hang up where an answer is under way already."""
        if self.cycle is not None and not self.cycle.response_complete:
            self.cycle.disconnected = True
            if self.cycle.response_started:
                self.transport.abort()
                return
        super().send_400_response(msg)

    def _note(self) -> None:
        phase = self._find_phase()
        if phase is not self._slot.phase:
            self._slot.enter(phase, self.loop.time())
        if self.cycle is not self._seen:
            self._seen = self.cycle
            if any(name == b"transfer-encoding" for name, _ in self.cycle.scope["headers"]):
                # whatever somebody else takes for the end of such a body, nothing behind it is read
                self.cycle.keep_alive = False

    def _linger(self) -> None:
        """Let the client read the answer before its connection ends: closing now could destroy it."""
        self._is_lingering = True
        self._unset_keepalive_if_required()
        self.flow.resume_reading()
        self.transport.write_eof()
        self._slot.enter(Phase.LINGER, self.loop.time())

    def _find_phase(self) -> Phase:
        if self._has_unread_body():
            return Phase.BODY
        if self.cycle is not None and not self.cycle.response_complete:
            return Phase.ANSWER
        return Phase.HEAD if self.cycle is None or self.conn.trailing_data[0] else Phase.IDLE

    def _has_unread_body(self) -> bool:
        return self.conn.their_state is h11.SEND_BODY
