"""The callbacks that hubs call: their questions, and what they push (W3C WebSub sections 5 and 7)."""

import asyncio
import re
from collections.abc import Mapping
from typing import Protocol
from urllib.parse import parse_qsl

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from aggregator.errors import AggregatorError
from aggregator.serve.file_headers import SECURITY
from aggregator.serve.request_body import read_body

_TOKEN = re.compile(r"[A-Za-z0-9_-]{20,100}")
_HEADERS = {"Cache-Control": "no-store", **SECURITY}
_BODY_WITHIN_S = 30.0
_AT_ONCE = 8
"""Bodies held in memory at a time; other hubs wait for their turn, within the time for a body."""
_MAX_FIELDS = 50
log = structlog.get_logger()


class PushReceiver(Protocol):
    """What decides about what hubs say; called in threads."""

    @property
    def max_body_bytes(self) -> int:
        """The longest body that is taken."""

    def knows(self, token: str) -> bool:
        """Tell whether pushes to a callback are wanted."""

    def answer(self, token: str, asked: Mapping[str, str]) -> str | None:
        """Return the answer to a hub's question, None for 404."""

    def receive(self, token: str, body: bytes, *, signature: str | None, content_type: str | None) -> None:
        """Take what a hub pushed."""


class HubCallback:
    """The ASGI application of every callback; its path ends in the subscription's token.

    A body must be here within ``body_within_s`` seconds.
    """

    def __init__(self, hubs: PushReceiver, *, body_within_s: float = _BODY_WITHIN_S) -> None:
        self._hubs = hubs
        self._body_within_s = body_within_s
        self._turns = asyncio.Semaphore(_AT_ONCE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        token = scope["path"].rpartition("/")[2]
        try:
            response = await self._respond(request, token)
        except AggregatorError as error:  # the hub is to try again once the store works
            log.error("push", error=str(error))  # noqa: TRY400  # the line says it all
            response = _plain_response(503)
        await response(scope, receive, send)

    async def _respond(self, request: Request, token: str) -> Response:
        if request.method not in {"GET", "HEAD", "POST"}:
            return _plain_response(405, Allow="GET, POST")
        if not _TOKEN.fullmatch(token):
            return _plain_response(404)
        if request.method == "POST":
            return await self._take(request, token)
        return await self._answer(request, token)

    async def _answer(self, request: Request, token: str) -> Response:
        if request.method == "HEAD":
            return _plain_response(404)
        asked = dict(reversed(_parse_fields(request.url.query)))
        answer = await asyncio.to_thread(self._hubs.answer, token, asked)
        return _plain_response(404) if answer is None else _plain_response(200, answer)

    async def _take(self, request: Request, token: str) -> Response:
        """Read a push and hand it on; 202 whatever it is worth, which is the hub's concern no more."""
        if not await asyncio.to_thread(self._hubs.knows, token):
            return _plain_response(410)
        if request.headers.get("content-encoding", "identity").strip().lower() != "identity":
            return _plain_response(415, **{"Accept-Encoding": "identity"})
        try:
            async with asyncio.timeout(self._body_within_s), self._turns:
                body = await read_body(request, self._hubs.max_body_bytes)
                if body is None:
                    return _plain_response(413, Connection="close")
                await asyncio.shield(self._hand_on(request, token, body))
        except (TimeoutError, ClientDisconnect):
            return _plain_response(408, Connection="close")
        return _plain_response(202)

    async def _hand_on(self, request: Request, token: str, body: bytes) -> None:
        signature = request.headers.get("x-hub-signature")
        content_type = request.headers.get("content-type")
        await asyncio.to_thread(
            self._hubs.receive, token, body, signature=signature, content_type=content_type
        )


def _parse_fields(query: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(query, keep_blank_values=True, errors="replace", max_num_fields=_MAX_FIELDS)
    except ValueError:
        return []


def _plain_response(status: int, text: str = "", **headers: str) -> Response:
    return Response(text, status, {"Content-Type": "text/plain; charset=utf-8", **_HEADERS, **headers})
