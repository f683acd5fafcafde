"""httpx's client over our own connections: for what is asked rarely, where its comfort costs nothing."""

from collections.abc import AsyncIterator

import httpx

from aggregator.fetch.transport import HttpAnswer, Transport

LOCATION = "location"
"""The extension of an answer that has its Location, None without one: httpx would fail on a broken one."""


class GuardedTransport(httpx.AsyncBaseTransport):
    """Sends each request of a client through ``transport``, and closes that with itself."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send ``request`` and return its answer with an unread body; raises FetchError's kinds."""
        answer = await self._transport.ask(
            request.url,
            request.headers.multi_items(),
            method=request.method,
            body=await request.aread() or None,
        )
        return httpx.Response(
            answer.status,
            headers=[(name, value) for name, value in answer.headers if name != LOCATION],
            stream=_Body(answer),
            extensions={LOCATION: answer.header(LOCATION)},
        )

    async def aclose(self) -> None:
        """Close every connection."""
        await self._transport.close()


class _Body(httpx.AsyncByteStream):
    """An answer's body as it comes over the wire."""

    def __init__(self, answer: HttpAnswer) -> None:
        self._answer = answer

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for piece in self._answer.pieces():
            yield piece

    async def aclose(self) -> None:
        """End the connection, unless the whole body was read: then it is back in the pool."""
        self._answer.close()
