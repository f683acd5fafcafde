"""Connections that are used again only where the next answer on them is the one that is asked for.

A server that sends more than it announced would otherwise answer the next request, which may be another
source's, with what is left of this one (RFC 9112 section 9.2: an answer to no request is no answer).
"""

from weakref import WeakSet

import aiohttp
from aiohttp.client_proto import ResponseHandler
from aiohttp.connector import Connection

_ANSWERED: WeakSet[ResponseHandler] = WeakSet()
"""Connections that have brought an answer: what is no answer on one of these may be the rest of the last."""


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
        try:
            await super().start(connection)
        except aiohttp.ClientResponseError as error:
            if protocol is None or protocol not in _ANSWERED:
                raise
            raise aiohttp.ServerDisconnectedError from error
        if protocol is not None:
            _ANSWERED.add(protocol)
        has_body = self.headers.get("Content-Length", "0") != "0" or "Transfer-Encoding" in self.headers
        if self.status == 304 and has_body and protocol is not None:
            protocol.close()
        return self
