"""HTTP/1.1 on one connection: uvicorn's protocol, watched, and strict where leniency is a danger."""

import asyncio
from contextlib import suppress
from email.utils import formatdate
from functools import lru_cache
from urllib.parse import unquote

import httptools
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from aggregator.serve.connections import Connections, Phase, Slot
from aggregator.serve.error_page import UNCACHED
from aggregator.serve.health_page import HEALTH_PATH
from aggregator.serve.hot_files import HotFiles
from aggregator.serve.ready_page import READY_PATH
from aggregator.serve.request_head import HeadRefused, check_head, prepare_head, restore_target
from aggregator.serve.server_events import EventCounts

_ENDLESS = -1


class HealthOnly:
    """Answers for ``app`` on a connection for which there is room for ``/healthz`` and ``/readyz`` only."""

    def __init__(self, app: ASGIApp, counts: EventCounts) -> None:
        self._app = app
        self._counts = counts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self._app
        if scope["path"] not in (HEALTH_PATH, READY_PATH):
            self._counts.count("refused")
            headers = {"Retry-After": "5", "Connection": "close", **UNCACHED}
            app = PlainTextResponse("Too many connections.\n", 503, headers)
        await app(scope, receive, send)


class WatchedProtocol(HttpToolsProtocol):
    """uvicorn's protocol, which keeps its slot up to date with what it is doing.

    The parser is given one head at a time, whole and checked, and the bytes of its body: where a request
    ends is decided here, and what follows waits until its answer is written. Hot files are answered at
    once, without the application.
    """

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        *,
        slot: Slot,
        connections: Connections,
        hot_files: HotFiles,
    ) -> None:
        super().__init__(config, server_state, {})
        self._slot = slot
        self._all = connections
        self._hot_files = hot_files
        self._received = b""
        self._method = b""
        self._body_left = 0
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
        self._received = b""
        self._all.close(self._slot)

    def data_received(self, data: bytes) -> None:
        """Read what came, unless nobody wants it any more."""
        if self._is_lingering:
            return
        self._received = self._received + data if self._received else data
        self._read()
        self._note()

    def resume_writing(self) -> None:
        """Go on with an answer that had to wait for its reader."""
        super().resume_writing()
        self._slot.moved_at = self.loop.time()
        if self._received and not self._is_lingering and not self.transport.is_closing():
            self._go_on()

    def on_response_complete(self) -> None:
        """Wait for the next request, or end the connection where this one was not read to its end."""
        if self._body_left and not self.transport.is_closing():
            self._linger()
            return
        super().on_response_complete()
        self._slot.enter(self._find_phase(), self.loop.time())
        if self._received and not self.transport.is_closing():
            self.loop.call_soon(self._go_on)

    def timeout_keep_alive_handler(self) -> None:
        """Close a connection that waited long enough for another request; one timer serves many answers."""
        self.timeout_keep_alive_task = None
        if self._slot.phase is not Phase.IDLE:
            return
        left = self._slot.since + self.timeout_keep_alive - self.loop.time()
        if left > 0:
            self._await_next(left)
        else:
            super().timeout_keep_alive_handler()

    def send_400_response(self, msg: str) -> None:
        """Answer 400, or hang up where an answer is under way already."""
        self._received = b""
        if self._is_answering():
            self.cycle.disconnected = True
            if self.cycle.response_started:
                self.transport.abort()
                return
        if not self.transport.is_closing():
            super().send_400_response(msg)

    def on_message_begin(self) -> None:
        """Begin a request's head."""
        self.url = b""
        self.headers = []
        self.expect_100_continue = False

    def on_headers_complete(self) -> None:
        """Answer a hot file, or begin to ask the application."""
        version = self.parser.get_http_version()
        names = [name for name, _ in self.headers]
        if (
            version not in {"1.0", "1.1"}
            or names.count(b"host") > 1
            or (version == "1.1" and b"host" not in names)
        ):
            raise HeadRefused("the request has no host, or more than one, or another version of HTTP")
        self._body_left = self._find_body_length()
        is_kept = version == "1.1" and self.parser.should_keep_alive() and self._body_left != _ENDLESS
        if is_kept and not self._body_left and not self._slot.is_extra and self._answer_hot_file():
            return
        self._ask_application(version, is_kept=is_kept)

    def on_message_complete(self) -> None:
        """End a request that the application answers."""
        self._body_left = 0
        if self._is_answering():
            super().on_message_complete()

    def on_body(self, body: bytes) -> None:
        """Hand a piece of a request's body to the application."""
        if self._is_answering():
            super().on_body(body)

    def _read(self) -> None:
        """Give the parser what came, as far as nothing before it waits."""
        try:
            while self._received and not self.transport.is_closing():
                if self._body_left:
                    self._read_body()
                elif self._is_answering() or self.flow.write_paused:
                    self.flow.pause_reading()
                    return
                elif not self._read_head():
                    return
        except (HeadRefused, httptools.HttpParserError):
            self.logger.warning("Invalid HTTP request received.")
            self.send_400_response("Invalid HTTP request received.")

    def _go_on(self) -> None:
        """Read the requests that waited for an answer before them."""
        if self._is_lingering or self.transport.is_closing():
            return
        self.flow.resume_reading()
        self._read()
        self._note()

    def _read_head(self) -> bool:
        """Read a head; return False where it is not whole yet."""
        end = self._received.find(b"\r\n\r\n") + 4
        if end < 4:
            check_head(self._received)
            return False
        head, self._received = self._received[:end], self._received[end:]
        self._method, readable = prepare_head(head)
        self._feed(readable)
        return True

    def _read_body(self) -> None:
        """Read what came of a body: behind one in chunks nothing is read, whatever ends it for others."""
        end = len(self._received) if self._body_left == _ENDLESS else self._body_left
        body, self._received = self._received[:end], self._received[end:]
        if self._body_left != _ENDLESS:
            self._body_left -= len(body)
        self._feed(body)

    def _feed(self, data: bytes) -> None:
        # a client that offers another protocol is answered in this one
        with suppress(httptools.HttpParserUpgrade):
            self.parser.feed_data(data)

    def _find_body_length(self) -> int:
        for name, value in self.headers:
            if name == b"transfer-encoding":
                return _ENDLESS
            if name == b"content-length":
                return int(value)
        return 0

    def _answer_hot_file(self) -> bool:
        answer = self._hot_files.answer(self._method, self.url, self.headers)
        if answer is None:
            return False
        now = self.loop.time()
        status, fields, body = answer
        head = b"%s%s%s" % (status, _date_line(int(now)), fields)
        self.transport.write(head + body if body else head)
        self._slot.enter(Phase.IDLE, now)
        if self.timeout_keep_alive_task is None:
            self._await_next(self.timeout_keep_alive)
        return True

    def _await_next(self, seconds: float) -> None:
        self.timeout_keep_alive_task = self.loop.call_later(seconds, self.timeout_keep_alive_handler)

    def _ask_application(self, version: str, *, is_kept: bool) -> None:
        raw_path, _, query = restore_target(self.url).partition(b"?")
        self.scope = {
            "type": "http",
            "asgi": {"version": self.asgi_version, "spec_version": "2.3"},
            "http_version": version,
            "server": self.server,
            "client": self.client,
            "scheme": self.scheme or "http",
            "method": self._method.decode("ascii"),
            "root_path": "",
            "path": unquote(raw_path.decode("ascii")),
            "raw_path": raw_path,
            "query_string": query,
            "headers": self.headers,
            "state": {},
        }
        self.cycle = RequestResponseCycle(
            scope=self.scope,
            transport=self.transport,
            flow=self.flow,
            logger=self.logger,
            access_logger=self.access_logger,
            access_log=self.access_log,
            default_headers=self.server_state.default_headers,
            message_event=asyncio.Event(),
            expect_100_continue=self.expect_100_continue,
            keep_alive=is_kept,
            on_response=self.on_response_complete,
        )
        self._start_asgi_task(self.cycle, self.app)

    def _note(self) -> None:
        phase = self._find_phase()
        if phase is not self._slot.phase:
            self._slot.enter(phase, self.loop.time())

    def _linger(self) -> None:
        """Let the client read the answer before its connection ends: closing now could destroy it."""
        self._is_lingering = True
        self._received = b""
        self._unset_keepalive_if_required()
        self.flow.resume_reading()
        self.transport.write_eof()
        self._slot.enter(Phase.LINGER, self.loop.time())

    def _find_phase(self) -> Phase:
        if self._body_left:
            return Phase.BODY
        if self._is_answering():
            return Phase.ANSWER
        is_first = self._slot.phase is Phase.HEAD and self.cycle is None
        return Phase.HEAD if is_first or self._received else Phase.IDLE

    def _is_answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete


@lru_cache(maxsize=1)
def _date_line(_second: int) -> bytes:
    """Return the header ``Date``, made once a second."""
    return b"date: %s\r\n" % formatdate(usegmt=True).encode()
