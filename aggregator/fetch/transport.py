"""httpx over one aiohttp session: the guard at every socket, bodies raw, addresses as given.

No cookies, no proxies from the environment, no redirects, no decoding; every error is one of ours.
"""

import ssl
from collections.abc import AsyncIterator
from functools import cache, partial

import aiohttp
import httpx
import yarl

from aggregator.fetch.connection import BodilessAnswer, CleanRequest
from aggregator.fetch.failure import LIBRARY_ERRORS, fetch_error
from aggregator.fetch.guard import Network, guarded_socket
from aggregator.fetch.resolve import LookUp, Resolver

KEEPALIVE_S = 15.0
# Real sites send policies and links of more than aiohttp's 8 KiB in one field.
MAX_FIELD_BYTES = 32 * 1024
MAX_RESOLVER_THREADS = 32
# Where an answer's Location is found: among the extensions of the response. As a header httpx would
# read it even though it is told to follow nothing, and fail in its own way on what it cannot read.
LOCATION = "location"
_SET_BY_US = ("Accept", "Accept-Encoding", "Content-Type", "User-Agent")


class AiohttpTransport(httpx.AsyncBaseTransport):
    """Sends each request over a connection of its pool; made and closed within one event loop."""

    def __init__(
        self,
        *,
        concurrency: int,
        per_host: int,
        connect_timeout_s: float,
        allow_private_addresses: bool,
        allowed_networks: tuple[Network, ...],
        look_up: LookUp,
    ) -> None:
        self._connect_timeout_s = connect_timeout_s
        self._resolver = Resolver(min(concurrency, MAX_RESOLVER_THREADS), look_up)
        guarded = partial(guarded_socket, allowed_networks=allowed_networks)
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                ssl=_tls_context(),
                limit=concurrency,
                limit_per_host=per_host,
                keepalive_timeout=KEEPALIVE_S,
                resolver=self._resolver,
                socket_factory=None if allow_private_addresses else guarded,
            ),
            request_class=CleanRequest,
            response_class=BodilessAnswer,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trust_env=False,
            skip_auto_headers=_SET_BY_US,
            timeout=aiohttp.ClientTimeout(total=None, connect=connect_timeout_s),
            max_line_size=MAX_FIELD_BYTES,
            max_field_size=MAX_FIELD_BYTES,
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send ``request`` and return its answer with an unread body; raises FetchError's kinds."""
        url = _sent_as(request.url)
        try:
            answer = await self._session.request(
                request.method,
                yarl.URL(url, encoded=True),
                headers=request.headers.multi_items(),
                data=await request.aread() or None,
                allow_redirects=False,
            )
        except LIBRARY_ERRORS as error:
            raise fetch_error(url, error, connect_timeout_s=self._connect_timeout_s) from error
        headers = httpx.Headers(list(answer.raw_headers))
        return httpx.Response(
            answer.status,
            headers=headers,
            stream=_Body(url, answer, self._connect_timeout_s),
            extensions={LOCATION: _take_location(headers)},
        )

    async def aclose(self) -> None:
        """Close every connection."""
        await self._session.close()
        await self._resolver.close()


class _Body(httpx.AsyncByteStream):
    """An answer's body as it comes over the wire."""

    def __init__(self, url: str, answer: aiohttp.ClientResponse, connect_timeout_s: float) -> None:
        self._url = url
        self._answer = answer
        self._connect_timeout_s = connect_timeout_s

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for chunk in self._answer.content.iter_any():
                yield chunk
        except LIBRARY_ERRORS as error:
            raise fetch_error(self._url, error, connect_timeout_s=self._connect_timeout_s) from error

    async def aclose(self) -> None:
        """End the connection, unless the whole body was read: then it is back in the pool."""
        self._answer.close()


def _sent_as(url: httpx.URL) -> str:
    """Return the address without credentials, which httpx turned into a header."""
    return f"{url.scheme}://{url.netloc.decode('ascii')}{url.raw_path.decode('ascii')}"


def _take_location(headers: httpx.Headers) -> str | None:
    """Take the Location, the first of several, out of ``headers``; None without one."""
    locations = headers.get_list("location")
    headers.pop("location", None)
    return locations[0] if locations else None


@cache
def _tls_context() -> ssl.SSLContext:
    # Reading the certificates takes 50 ms, and every fetcher of a process trusts the same.
    context = httpx.create_ssl_context()
    context.set_alpn_protocols(["http/1.1"])
    return context
