"""One fetch from address to decoded body: slots, redirects, validators, limits.

address -> slot of its host -> request -> redirect? the next address, from the start
                                       -> 304, or a 2xx whose body is decoded up to the limit
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http.cookiejar import CookieJar, DefaultCookiePolicy
from itertools import chain
from types import MappingProxyType
from typing import Self

import httpx

from aggregator.errors import FetchError, FetchTimeout, HttpStatusError, TooManyRedirects
from aggregator.fetch.decode import ACCEPT_ENCODING, BodyDecoder, too_large
from aggregator.fetch.exchange import FEED_ACCEPT, Fetched, FetchLimits, status_reason
from aggregator.fetch.redirect import (
    REDIRECTS,
    is_same_origin,
    is_upgrade,
    permanent_target,
    read_address,
    redirect_target,
    shown,
)
from aggregator.fetch.slots import Slots
from aggregator.fetch.transport import LOCATION, AiohttpTransport
from aggregator.fetch.turns import Turns
from aggregator.services import service_of_url

NO_HEADERS: Mapping[str, str] = MappingProxyType({})
# 206 is a part, of use only where its beginning was asked for; 204 and 205 have no body.
UNUSABLE_SUCCESSES = frozenset({204, 205, 206})


@dataclass(frozen=True, kw_only=True, slots=True)
class _Question:
    """What is asked, as configured: ``headers`` and ``validators`` are for the origin of ``start``."""

    url: str
    start: httpx.URL
    accept: str
    headers: Mapping[str, str]
    validators: Mapping[str, str]
    limit_bytes: int
    first_bytes: int | None


@dataclass(slots=True)
class _Trail:
    """What an exchange has done so far: redirects as status and target, seconds it took."""

    hops: list[tuple[int, str]] = field(default_factory=list)
    elapsed_s: float = 0.0


class Fetcher:
    """Fetches feeds within ``limits``; an async context manager, one for the life of a process."""

    def __init__(self, limits: FetchLimits) -> None:
        self._limits = limits
        self._slots = Slots(total=limits.concurrency, per_host=limits.per_host)
        self._turns = Turns(at_once=limits.per_domain, delay_s=limits.domain_delay_s)
        self._client: httpx.AsyncClient

    async def __aenter__(self) -> Self:
        limits = self._limits
        self._client = httpx.AsyncClient(
            transport=AiohttpTransport(
                concurrency=limits.concurrency,
                per_host=limits.per_host,
                connect_timeout_s=limits.connect_timeout_s,
                allow_private_addresses=limits.allow_private_addresses,
            ),
            headers={"User-Agent": limits.user_agent, "Accept-Encoding": ACCEPT_ENCODING},
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
            trust_env=False,
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()

    def turn(self, url: str) -> AbstractAsyncContextManager[bool]:
        """Return a turn to poll the service of ``url``: few at a time, and a pause between two starts.

        Entered it is False where the service is held back, and not to be asked.
        """
        return self._turns.taken(service_of_url(url))

    def hold_back(self, url: str, wait: timedelta) -> None:
        """Give no more turns with the service of ``url`` for so long."""
        self._turns.hold_back(service_of_url(url), wait.total_seconds())

    async def get(
        self,
        url: str,
        *,
        headers: Mapping[str, str] = NO_HEADERS,
        etag: str | None = None,
        last_modified: str | None = None,
        accept: str = FEED_ACCEPT,
        max_body_bytes: int | None = None,
        first_bytes: int | None = None,
    ) -> Fetched:
        """Fetch ``url``, following redirects; waits for its turn first.

        ``headers`` go to the origin (scheme, host, port) of ``url`` only; ``etag`` and
        ``last_modified``, as received before, also to its https upgrade. ``max_body_bytes`` None is
        that of the limits. With ``first_bytes`` only the body's beginning is asked for (RFC 9110,
        section 14.2) and read, however much the server sends: so many bytes, or fewer where there are no
        more. Raises FetchError and its kinds.
        """
        question = _Question(
            url=url,
            start=read_address(url),
            accept=accept,
            headers=headers,
            validators=_validators(etag, last_modified),
            limit_bytes=self._limits.max_body_bytes if max_body_bytes is None else max_body_bytes,
            first_bytes=first_bytes,
        )
        trail = _Trail()
        answer: Fetched | httpx.URL = question.start
        while isinstance(answer, httpx.URL):
            answer = await self._visit(answer, question, trail)
        return answer

    async def _visit(self, address: httpx.URL, question: _Question, trail: _Trail) -> Fetched | httpx.URL:
        """Ask one address; return what it gave, or the address that it redirects to."""
        async with self._slots.taken(address.host), self._timed(address, trail):
            request = self._request(address, question)
            response = await self._client.send(request, stream=True)
            try:
                if response.status_code in REDIRECTS:
                    return self._follow(response, question, trail)
                body = await _read(response, request, question)
            finally:
                await response.aclose()
        return _fetched(response, body, question, trail)

    def _request(self, address: httpx.URL, question: _Question) -> httpx.Request:
        accept = [("Accept", question.accept), *_range(question.first_bytes)]
        is_home = is_same_origin(question.start, address)
        configured = question.headers if is_home else NO_HEADERS
        is_near = is_home or is_upgrade(question.start, address)
        validators = question.validators if is_near else NO_HEADERS
        sent = _headers(chain(accept, configured.items(), validators.items()))
        return self._client.build_request("GET", address, headers=sent)

    def _follow(self, response: httpx.Response, question: _Question, trail: _Trail) -> httpx.URL:
        here = response.request.url
        target = redirect_target(here, response.extensions[LOCATION])
        if shown(target) in {shown(question.start), *(hop for _, hop in trail.hops)}:
            raise TooManyRedirects(shown(here), f"redirects in a loop, back to {shown(target)}")
        if len(trail.hops) >= self._limits.max_redirects:
            raise TooManyRedirects(
                shown(question.start), f"more than the {self._limits.max_redirects} redirects allowed"
            )
        trail.hops.append((response.status_code, shown(target)))
        return target

    @asynccontextmanager
    async def _timed(self, address: httpx.URL, trail: _Trail) -> AsyncIterator[None]:
        """Let what happens within take what is left of the exchange's time, and add it up."""
        loop = asyncio.get_running_loop()
        started = loop.time()
        try:
            async with asyncio.timeout(self._limits.timeout_s - trail.elapsed_s):
                yield
        except TimeoutError as error:
            reason = f"the exchange took longer than {self._limits.timeout_s:g} s"
            raise FetchTimeout(shown(address), reason) from error
        finally:
            trail.elapsed_s += loop.time() - started


def _headers(given: Iterable[tuple[str, str]]) -> list[tuple[bytes, bytes]]:
    """Return the headers as bytes, the last of those that differ in letter case only."""
    sent = {name.lower(): (name, value) for name, value in given}
    return [(name.encode(errors="replace"), value.encode(errors="replace")) for name, value in sent.values()]


def _range(first_bytes: int | None) -> list[tuple[str, str]]:
    """Return the headers that ask for the beginning only, of the file itself and not of a coding of it."""
    if first_bytes is None:
        return []
    return [("Range", f"bytes=0-{first_bytes - 1}"), ("Accept-Encoding", "identity")]


def _validators(etag: str | None, last_modified: str | None) -> dict[str, str]:
    """Return the headers of a conditional GET (RFC 9110, section 13.1).

    A validator that cannot stand in a header (it held control characters) is not sent.
    """
    given = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    return {name: value for name, value in given.items() if value and value.isprintable()}


async def _read(response: httpx.Response, request: httpx.Request, question: _Question) -> bytes:
    """Return the decoded body, empty on a 304; raises for answers and bodies that are no use."""
    url = shown(request.url)
    status = response.status_code
    if status == 304:
        if not request.headers.keys() & {"if-none-match", "if-modified-since"}:
            raise FetchError(url, "answered 304 (not modified) to a request without validators")
        return b""
    is_beginning = question.first_bytes is not None and status == 206 and _starts_at_zero(response)
    if not response.is_success or (status in UNUSABLE_SUCCESSES and not is_beginning):
        retry_after = response.headers.get("retry-after")
        raise HttpStatusError(url, status, status_reason(status), retry_after)
    if question.first_bytes is not None:
        return await _beginning(response, url, question.limit_bytes, question.first_bytes)
    return await _decoded(response, url, question.limit_bytes)


def _starts_at_zero(response: httpx.Response) -> bool:
    unit, _, rest = str(response.headers.get("content-range", "")).strip().lower().partition(" ")
    return unit == "bytes" and rest.lstrip().startswith("0-")


async def _beginning(response: httpx.Response, url: str, limit_bytes: int, first_bytes: int) -> bytes:
    """Return the first decoded bytes; the rest stays unread, and the connection is given up."""
    encoding = response.headers.get("content-encoding")
    decoder = BodyDecoder(url, encoding, limit_bytes=max(limit_bytes, first_bytes))
    async for chunk in response.aiter_raw():
        if decoder.write_until(first_bytes, chunk):
            break
    return decoder.beginning(first_bytes)


async def _decoded(response: httpx.Response, url: str, limit_bytes: int) -> bytes:
    announced = response.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > limit_bytes:
        raise too_large(url, limit_bytes)
    encoding = response.headers.get("content-encoding")
    decoder = BodyDecoder(url, encoding, limit_bytes=limit_bytes)
    async for chunk in response.aiter_raw():
        decoder.write(chunk)
    return decoder.finish()


def _fetched(response: httpx.Response, body: bytes, question: _Question, trail: _Trail) -> Fetched:
    headers = dict(response.headers.multi_items())
    if links := response.headers.get("link"):
        headers["link"] = links
    redirects = tuple(target for _, target in trail.hops)
    return Fetched(
        url=question.url,
        final_url=redirects[-1] if redirects else question.url,
        status=response.status_code,
        body=body,
        content_type=headers.get("content-type"),
        etag=headers.get("etag"),
        last_modified=headers.get("last-modified"),
        headers=MappingProxyType(headers),
        permanent_url=permanent_target(trail.hops),
        redirects=redirects,
        wire_bytes=response.num_bytes_downloaded,
        elapsed_s=trail.elapsed_s,
    )
