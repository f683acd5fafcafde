"""One aiohttp session: the guard at every socket, bodies raw, addresses as given.

No cookies but those that are given, no proxies but the configured ones, no redirects, no decoding; every
error is one of ours.
"""

import asyncio
import socket
import ssl
from base64 import b64encode
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, partial

import aiohttp
import httpx
import yarl

from aggregator.fetch.connection import BodilessAnswer, CleanRequest, Connector
from aggregator.fetch.exchange import FetchLimits
from aggregator.fetch.failure import LIBRARY_ERRORS, explain_proxy_status, translate_error
from aggregator.fetch.guard import check_address, make_guarded_socket
from aggregator.fetch.proxies import NO_PROXIES, Proxy
from aggregator.fetch.redirect import host_name
from aggregator.fetch.resolve import LookUp, Resolver
from aggregator.urls.literals import is_literal

KEEPALIVE_S = 15.0
# Real sites send policies and links of more than aiohttp's 8 KiB in one field.
MAX_FIELD_BYTES = 32 * 1024
MAX_RESOLVER_THREADS = 32
_SET_BY_US = ("Accept", "Accept-Encoding", "Content-Type", "User-Agent")


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """An answer whose body was not read yet.

    ``headers`` are pairs of lower-case name and value, in order; ``close`` ends the connection, unless the
    whole body was read: then it is back in the pool.
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    _received: aiohttp.ClientResponse
    _url: str
    _connect_timeout_s: float

    def header(self, name: str) -> str | None:
        """Return the first value of a header, by its lower-case name; None without one."""
        return next((value for given, value in self.headers if given == name), None)

    async def pieces(self) -> AsyncIterator[bytes]:
        """Yield the body as it comes over the wire; raises FetchError's kinds."""
        try:
            async for piece in self._received.content.iter_any():
                yield piece
        except LIBRARY_ERRORS as error:
            raise translate_error(self._url, error, connect_timeout_s=self._connect_timeout_s) from error

    def close(self) -> None:
        """Give the connection back, or up."""
        self._received.close()


class Transport:
    """Sends requests over the connections of its pool; made and closed within one event loop."""

    def __init__(self, limits: FetchLimits, look_up: LookUp) -> None:
        self._connect_timeout_s = limits.connect_timeout_s
        self._resolver = Resolver(min(limits.concurrency, MAX_RESOLVER_THREADS), look_up)
        guarded = partial(make_guarded_socket, allowed_networks=limits.allowed_networks)
        self._limits = limits
        self._session = self._open_session(None if limits.allow_private_addresses else guarded)
        # All its connections are to the proxy, which is the operator's: what is asked for is checked before.
        self._proxied = None if limits.proxies == NO_PROXIES else self._open_session(None)

    def _open_session(self, socket_factory: Callable[..., socket.socket] | None) -> aiohttp.ClientSession:
        limits = self._limits
        return aiohttp.ClientSession(
            connector=Connector(
                ssl=_tls_context(),
                limit=limits.concurrency,
                limit_per_host=limits.per_host,
                keepalive_timeout=KEEPALIVE_S,
                resolver=self._resolver,
                socket_factory=socket_factory,
            ),
            request_class=CleanRequest,
            response_class=BodilessAnswer,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trust_env=False,
            skip_auto_headers=_SET_BY_US,
            timeout=aiohttp.ClientTimeout(total=None, connect=limits.connect_timeout_s),
            max_line_size=MAX_FIELD_BYTES,
            max_field_size=MAX_FIELD_BYTES,
        )

    async def ask(
        self,
        address: httpx.URL,
        headers: Iterable[tuple[str, str]],
        *,
        method: str = "GET",
        body: bytes | None = None,
    ) -> HttpAnswer:
        """Send a request and return its answer; raises FetchError's kinds."""
        url = _make_wire_url(address)
        proxy = self._choose_proxy(address)
        try:
            if proxy is None or self._proxied is None:
                received = await self._session.request(
                    method, url, headers=headers, data=body, allow_redirects=False
                )
            else:
                received = await self._ask_through(
                    proxy, self._proxied, address, method=method, headers=headers, body=body
                )
        except LIBRARY_ERRORS as error:
            raise translate_error(str(url), error, connect_timeout_s=self._connect_timeout_s) from error
        if proxy is not None and received.status == 407:
            received.close()
            raise explain_proxy_status(str(url), received.status)
        return HttpAnswer(
            received.status,
            _decode_headers(received.raw_headers),
            received,
            str(url),
            self._connect_timeout_s,
        )

    def is_looking_up(self, address: httpx.URL) -> bool:
        """Tell whether the name of an address is being looked up now."""
        return self._resolver.is_asking(host_name(address))

    def _choose_proxy(self, address: httpx.URL) -> Proxy | None:
        if self._proxied is None:
            return None
        return self._limits.proxies.choose(address.scheme, host_name(address), address.port)

    async def _ask_through(
        self,
        proxy: Proxy,
        session: aiohttp.ClientSession,
        address: httpx.URL,
        *,
        method: str,
        headers: Iterable[tuple[str, str]],
        body: bytes | None,
    ) -> aiohttp.ClientResponse:
        """Send a request through a proxy: what is for it alone goes with CONNECT, if there is a tunnel."""
        await self._check_target(address)
        credentials = _credentials(proxy)
        sent = headers if address.scheme == "https" else [*headers, *credentials.items()]
        return await session.request(
            method,
            _make_wire_url(address),
            headers=sent,
            data=body,
            allow_redirects=False,
            proxy=proxy.url,
            proxy_headers={"User-Agent": self._limits.user_agent, **credentials},
        )

    async def _check_target(self, address: httpx.URL) -> None:
        """Raise what a direct connection would, were the address one that may not be connected to.

        A proxy looks names up itself; the next best is that every address which the name has here must pass.
        """
        if self._limits.allow_private_addresses:
            return
        host = host_name(address)
        async with asyncio.timeout(self._connect_timeout_s):
            found = (
                [host] if is_literal(host) else [one["host"] for one in await self._resolver.resolve(host)]
            )
        for ip in found:
            check_address(ip, self._limits.allowed_networks)

    async def close(self) -> None:
        """Close every connection."""
        await self._session.close()
        if self._proxied is not None:
            await self._proxied.close()
        await self._resolver.close()


def _credentials(proxy: Proxy) -> Mapping[str, str]:
    """Return the header that a proxy wants, none where it has no credentials."""
    if proxy.user is None:
        return {}
    pair = b64encode(f"{proxy.user}:{proxy.password}".encode()).decode()
    return {"Proxy-Authorization": f"Basic {pair}"}


def _make_wire_url(address: httpx.URL) -> yarl.URL:
    """Return the address without credentials, which are sent in a header."""
    sent = f"{address.scheme}://{address.netloc.decode('ascii')}{address.raw_path.decode('ascii')}"
    return yarl.URL(sent, encoded=True)


def _decode_headers(raw: Iterable[tuple[bytes, bytes]]) -> tuple[tuple[str, str], ...]:
    """Return headers as text: all of them are UTF-8, or else read byte by byte."""
    try:
        return tuple((name.decode().lower(), value.decode()) for name, value in raw)
    except UnicodeDecodeError:
        return tuple((name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in raw)


@cache
def _tls_context() -> ssl.SSLContext:
    # Reading the certificates takes 50 ms, and every fetcher of a process trusts the same.
    context = httpx.create_ssl_context()
    context.set_alpn_protocols(["http/1.1"])
    return context
