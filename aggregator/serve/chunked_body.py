"""A long body, sent in pieces: each one only when the client has taken those before it."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from io import FileIO

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from aggregator.serve.byte_range import ByteRange

_PIECE_BYTES = 128 * 1024
_MAX_WHOLE_BYTES = 256 * 1024


def respond(content: bytes | FileIO, length: int, headers: Mapping[str, str]) -> Response:
    """Return an answer of these bytes, or of an open file, which it closes."""
    if isinstance(content, bytes) and length <= _MAX_WHOLE_BYTES:
        return Response(content, headers=dict(headers))
    return _PieceResponse(content, length, headers)


def respond_part(content: bytes | FileIO, part: ByteRange, headers: Mapping[str, str]) -> Response:
    """Return an answer 206 of a part of these bytes, or of an open file, which it closes."""
    if isinstance(content, bytes):
        content = content[part.start : part.start + part.length]
    else:
        content.seek(part.start)
    response = respond(content, part.length, headers)
    response.status_code = 206
    return response


class _PieceResponse(Response):
    """An answer of ``length`` bytes: of a file, which is closed in the end, or of bytes that others share.

    However many clients stall in the middle of it, each holds a piece or two in memory.
    """

    def __init__(self, content: bytes | FileIO, length: int, headers: Mapping[str, str]) -> None:
        super().__init__(headers={**headers, "Content-Length": str(length)})
        self._content = content
        self._length = length

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the head, and the pieces as long as the client is there."""
        try:
            await send(
                {"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers}
            )
            if scope["method"] == "HEAD":
                await send({"type": "http.response.body", "body": b""})
                return
            gone = asyncio.create_task(_wait_until_gone(receive))
            try:
                await self._send_pieces(send, gone)
            finally:
                gone.cancel()
        finally:
            if isinstance(self._content, FileIO):
                self._content.close()

    async def _send_pieces(self, send: Send, gone: asyncio.Task[None]) -> None:
        left = self._length
        async for piece in _read_pieces(self._content, self._length):
            if gone.done():
                return
            left -= len(piece)
            await send({"type": "http.response.body", "body": piece, "more_body": left > 0})


async def _read_pieces(content: bytes | FileIO, length: int) -> AsyncIterator[bytes]:
    """Yield ``length`` bytes, fewer only of a file that somebody shortened meanwhile."""
    if isinstance(content, bytes):
        for start in range(0, length, _PIECE_BYTES):
            yield content[start : start + _PIECE_BYTES]
        return
    left = length
    while left and (piece := await asyncio.to_thread(content.read, min(left, _PIECE_BYTES))):
        left -= len(piece)
        yield piece


async def _wait_until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
