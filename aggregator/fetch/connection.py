"""Connections: used again only where the next answer on them is the one that is asked for.

The first answer on a connection may break HTTP's letter where its meaning is beyond doubt (``head_repair``):
then it is the last. A server that sends more than it announced would otherwise answer the next request,
which may be another source's, with what is left of this one (RFC 9112 section 9.2: an answer to no request
is no answer).
"""

from asyncio import AbstractEventLoop
from functools import partial
from typing import Any

import aiohttp
from aiohttp.client_proto import ResponseHandler
from aiohttp.connector import Connection
from aiohttp.http_exceptions import HttpProcessingError

from aggregator.fetch.head_repair import MAX_HEAD_BYTES, drop_interim_answers, may_be_completed, mend_head


class CleanRequest(aiohttp.ClientRequest):
    """A request that is not sent on a connection where something came unasked; another one is taken."""

    async def send(self, conn: Connection) -> aiohttp.ClientResponse:
        """Send the request; raises ServerDisconnectedError, which the session takes as "once more"."""
        if conn.protocol is None or conn.protocol.should_close:
            conn.close()
            raise aiohttp.ServerDisconnectedError
        return await super().send(conn)


class BodilessAnswer(aiohttp.ClientResponse):
    """An answer whose connection is given up where a 304 says that it has a body: nobody will read it."""

    async def start(self, connection: Connection) -> aiohttp.ClientResponse:
        """Read the answer's head; raises ServerDisconnectedError, "once more", where it came unasked."""
        protocol = connection.protocol
        reader = protocol if isinstance(protocol, AnswerReader) else None
        try:
            await super().start(connection)
        except aiohttp.ClientResponseError as error:
            if reader is None or not reader.has_answered:
                raise
            raise aiohttp.ServerDisconnectedError from error
        if reader is not None:
            reader.has_answered = True
        has_body = self.headers.get("Content-Length", "0") != "0" or "Transfer-Encoding" in self.headers
        if self.status == 304 and has_body and protocol is not None:
            protocol.close()
        return self


class Connector(aiohttp.TCPConnector):
    """A pool of connections whose first answers are read as ``AnswerReader`` does."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        # The library has no other place to say what reads from a connection.
        self._factory = partial(_make_reader, loop=self._loop)


class AnswerReader(ResponseHandler):
    """Reads answers from a connection; the first one is put right where it is refused, and can be.

    ``has_answered``: what is no answer from now on may be the rest of the last one.
    """

    def __init__(self, loop: AbstractEventLoop) -> None:
        super().__init__(loop)
        self.has_answered = False
        self._given: dict[str, Any] | None = None

    def set_response_params(self, **given: Any) -> None:
        """Prepare for the answer to the next request."""
        is_first, self._given = self._given is None, given
        super().set_response_params(**given)
        if is_first:
            self.switch_parser(_FirstAnswerParser(self, self._parser))

    def switch_parser(self, parser: Any) -> None:
        """Give what comes from now on to this parser."""
        self._parser = parser

    def start_mended_parser(self) -> Any:
        """Return a parser for an answer that was put right, which reads what comes from now on."""
        super().set_response_params(**self._given or {})
        self.force_close()
        return self._parser


def _make_reader(loop: AbstractEventLoop) -> ResponseHandler:
    return AnswerReader(loop)


class _FirstAnswerParser:
    """The parser of a connection until its first answer's head is read."""

    def __init__(self, reader: AnswerReader, strict: Any) -> None:
        self._reader = reader
        self._strict = strict
        self._received = b""
        self._refusal: HttpProcessingError | None = None

    def feed_data(self, data: bytes) -> Any:
        """Return what the strict parser does; where that refuses the head, what it makes of a mended one."""
        self._received += data
        if self._refusal is None:
            try:
                fed = self._strict.feed_data(data)
            except HttpProcessingError as refusal:
                self._refusal = refusal
            else:
                self._note_messages(fed[0])
                return fed
        if may_be_completed(self._received):
            return (), False, b""
        mended = mend_head(self._received)
        if mended is None:
            raise self._refusal
        return self._reader.start_mended_parser().feed_data(mended)

    def _note_messages(self, messages: Any) -> None:
        if len(self._received) > MAX_HEAD_BYTES or any(message.code >= 200 for message, _ in messages):
            self._reader.switch_parser(self._strict)
        elif messages:
            self._received = drop_interim_answers(self._received)

    def __getattr__(self, name: str) -> Any:
        """Return all else of the strict parser."""
        return getattr(self._strict, name)
