"""One fetch from address to decoded body: slots, redirects, validators, limits.

address -> slot of its host -> request -> redirect? the next address, from the start
                                       -> 304, or a 2xx whose body is decoded up to the limit
"""

import asyncio
from collections.abc import Iterable, Mapping
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta
from itertools import chain
from types import MappingProxyType
from typing import Self

import httpx

from aggregator.errors import (
    CannotAsk,
    FetchError,
    FetchTimeout,
    NetworkDown,
    ServicePaused,
    TooManyRedirects,
)
from aggregator.fetch.body import read_body
from aggregator.fetch.clock_lag import ClockLag
from aggregator.fetch.cookies import format_cookies, keep_cookies
from aggregator.fetch.decode import ACCEPT_ENCODING
from aggregator.fetch.exchange import FEED_ACCEPT, THEIRS, FetchLimits, Validators, Wanted, explain_address
from aggregator.fetch.fetched_answer import make_fetched
from aggregator.fetch.headers import (
    VALIDATORS,
    make_authorization_headers,
    make_conditional_headers,
    make_range_headers,
)
from aggregator.fetch.outage import ADVICE, PROBES, Outage, Standing
from aggregator.fetch.progress import FetchProgress, FetchRequest
from aggregator.fetch.redirect import (
    REDIRECTS,
    format_address,
    host_name,
    is_same_origin,
    may_receive_validators,
    read_address,
    redirect_target,
)
from aggregator.fetch.resolve import LookUp, look_up
from aggregator.fetch.service_turns import Turns
from aggregator.fetch.slots import Slots
from aggregator.fetch.transport import HttpAnswer, Transport
from aggregator.model import Fetched
from aggregator.urls.services import service_of, service_of_url

NO_HEADERS: Mapping[str, str] = MappingProxyType({})
NO_VALIDATORS = Validators()
SHORTAGE_PAUSE_S = 5.0
"""How long nothing is fetched once this machine lacks descriptors, memory or ports."""
NOT_NOW = "not asked: this machine or its network is in trouble, and it is tried again in a moment"
IN_FLIGHT = 4
"""Sources under way, as a multiple of the exchanges that may be: some wait for the store or the parser."""


class Fetcher:
    """Fetches feeds within ``limits``; an async context manager, one for the life of a process.

    ``look_up`` returns the addresses of a host name; by default it asks the system.
    ``sibling`` fetches other things of the same publishers: a pause of one is one of both.
    """

    def __init__(
        self, limits: FetchLimits, *, look_up: LookUp = look_up, sibling: "Fetcher | None" = None
    ) -> None:
        self._limits = limits
        self._look_up = look_up
        self._slots = Slots(total=limits.concurrency, per_host=limits.per_host)
        self.turns: Turns = sibling.turns if sibling else Turns(limits.per_domain, limits.domain_delay_s)
        self.outage: Outage = sibling.outage if sibling else Outage()
        self.clock_lag: ClockLag = sibling.clock_lag if sibling else ClockLag()
        self._always = (
            ("Accept-Encoding", ACCEPT_ENCODING),
            ("Connection", "keep-alive"),
            ("User-Agent", limits.user_agent),
        )
        self._transport: Transport

    @property
    def in_flight(self) -> int:
        """Return how many sources to poll at a time: enough to keep every exchange busy, few in an outage."""
        return IN_FLIGHT * self._limits.concurrency if self.outage.known is None else PROBES

    async def __aenter__(self) -> Self:
        self._transport = Transport(self._limits, self._look_up)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._transport.close()

    def turn(self, url: str) -> AbstractAsyncContextManager[bool]:
        """Return a turn to poll the service of ``url``; entered it is False where that is paused."""
        return self.turns.hold(service_of_url(url))

    def pause(self, url: str, wait: timedelta) -> None:
        """Ask nothing of the service of ``url`` for so long, save where others' redirects lead there."""
        self.pause_services({service_of_url(url): wait})

    def pause_services(self, waits: Mapping[str, timedelta]) -> None:
        """Ask nothing of these services for so long, as ``pause`` does."""
        for service, wait in waits.items():
            self.turns.pause(service, wait.total_seconds())

    def is_paused(self, url: str) -> bool:
        """Tell whether nothing is to be asked of the service of ``url`` now."""
        return self.turns.is_any_paused() and self.turns.is_paused(service_of_url(url))

    def refuse_paused(self, url: str) -> None:
        """Raise ServicePaused where nothing is to be asked of the service of ``url`` now."""
        if not self.is_paused(url):
            return
        if self.outage.known is not None:
            raise NetworkDown(url, f"not asked: no service is reached: {ADVICE[self.outage.known.trouble]}")
        if self.turns.are_all_paused():
            raise CannotAsk(url, NOT_NOW)
        raise ServicePaused(
            url, "not asked: its service answered 429, or was not reached, and is left alone for now"
        )

    async def get(
        self,
        url: str,
        *,
        headers: Mapping[str, str] = NO_HEADERS,
        validators: Validators = NO_VALIDATORS,
        accept: str = FEED_ACCEPT,
        max_body_bytes: int | None = None,
        first_bytes: int | None = None,
        standing: Standing | None = None,
        wanted: Wanted | None = None,
    ) -> Fetched:
        """Fetch ``url``, following redirects; waits for its turn first.

        ``headers`` go to the origin (scheme, host, port) of ``url`` only, ``validators`` to that of the
        address which gave them, and to its https upgrade. ``max_body_bytes`` None is that of the limits. With
        ``first_bytes`` only so many bytes are asked for (RFC 9110, section 14.2) and read, however much the
        server sends, or fewer where there are no more. ``standing`` is how it stood before, None: unknown.
        ``wanted`` is what advice is for, None: a source's feed, or as ``accept`` says. Raises FetchError and
        its kinds.
        """
        wanted = wanted or ("source" if accept == FEED_ACCEPT else "other")
        start = read_address(url, wanted)
        request = FetchRequest(
            url=url,
            start=start,
            validators_url=start if validators.url is None else read_address(validators.url, wanted),
            accept=accept,
            headers=headers,
            validators=make_conditional_headers(validators),
            limit_bytes=self._limits.max_body_bytes if max_body_bytes is None else max_body_bytes,
            first_bytes=first_bytes,
            standing=standing,
            wanted=wanted,
        )
        return await self._follow(request)

    async def _follow(self, request: FetchRequest) -> Fetched:
        """Return the answer that the redirects of a request lead to; raises FetchError."""
        progress = FetchProgress()
        address = request.start
        while True:
            try:
                answer = await self._visit(address, request, progress)
            except FetchError as error:
                if not await self._is_ours(error, address, request, progress):
                    raise
                raise self.begin_pause(error, address) from error
            if not isinstance(answer, httpx.URL):
                return answer
            address = answer

    async def _is_ours(
        self, error: FetchError, address: httpx.URL, request: FetchRequest, progress: FetchProgress
    ) -> bool:
        """Tell whether it is our network's fault how an address has failed."""
        return error.trouble is not None and await self.outage.is_ours(
            host_name(address), error.trouble, asked_at_s=progress.asked_at_s, standing=request.standing
        )

    def begin_pause(self, error: FetchError, address: httpx.URL) -> NetworkDown:
        """Ask nobody for a while, then others first: where this is no outage, one of them answers."""
        service, known = service_of(host_name(address)), self.outage.known
        self.turns.pause_all(self.outage.pause_s)
        self.turns.rest(service, self.outage.rest_of(service))
        reason = error.reason.removesuffix(f": {THEIRS}")
        advice = f": {ADVICE[known.trouble]}" if known and ADVICE[known.trouble] not in reason else ""
        return NetworkDown(format_address(address), f"{reason}, as most services fail so now{advice}")

    async def _visit(
        self, address: httpx.URL, request: FetchRequest, progress: FetchProgress
    ) -> Fetched | httpx.URL:
        """Ask one address; return what it gave, or the address that it redirects to."""
        async with self._slots.hold(host_name(address)):
            loop = asyncio.get_running_loop()
            started = loop.time()
            try:
                async with asyncio.timeout(self._limits.timeout_s - progress.elapsed_s):
                    answer, found = await self._ask(address, request, progress)
            except TimeoutError as error:
                raise self._make_timeout_error(address) from error
            except MemoryError as error:
                self.turns.pause_all(SHORTAGE_PAUSE_S)
                raise CannotAsk(format_address(address), "the machine lacks memory for the answer") from error
            finally:
                progress.elapsed_s += loop.time() - started
        return found if isinstance(found, httpx.URL) else make_fetched(answer, *found, request, progress)

    async def _ask(
        self, address: httpx.URL, request: FetchRequest, progress: FetchProgress
    ) -> tuple[HttpAnswer, httpx.URL | tuple[bytes, int]]:
        """Return the answer of an address, and where that redirects to or its body and bytes on the wire."""
        if not progress.hops:
            self.refuse_paused(request.url)
        headers = self._choose_headers(address, request)
        configured = headers["cookie"][1] if "cookie" in headers else None
        if sent := progress.cookies and format_cookies(progress.cookies, address, configured):
            headers["cookie"] = ("Cookie", sent)
        progress.asked_at_s = asyncio.get_running_loop().time()
        answer = await self._request_answer(address, headers.values(), is_led=bool(progress.hops))
        try:
            if answer.status in REDIRECTS:
                return answer, self._follow_redirect(address, answer, request, progress)
            progress.was_conditional = not VALIDATORS.isdisjoint(headers)
            return answer, await read_body(
                answer, format_address(address), was_conditional=progress.was_conditional,
                limit_bytes=request.limit_bytes, first_bytes=request.first_bytes,
                wanted=request.wanted,
            )  # fmt: skip
        finally:
            answer.close()

    async def _request_answer(
        self, address: httpx.URL, headers: Iterable[tuple[str, str]], *, is_led: bool
    ) -> HttpAnswer:
        """Return the answer of an address; where this machine lacks something nobody is asked for a while."""
        try:
            answer = await self._transport.ask(address, headers)
        except CannotAsk:
            self.turns.pause_all(SHORTAGE_PAUSE_S)
            raise
        has_tls = address.scheme == "https"
        self.note_answer(address, is_own=(has_tls and not is_led) or answer.status == 304)
        return answer

    def note_answer(self, address: httpx.URL, *, is_own: bool) -> None:
        """Note that an address answered; ``is_own``: that nobody else can have answered for it."""
        if self.outage.note_answer(host_name(address), has_tls=address.scheme == "https", is_own=is_own):
            self.turns.end_rests()

    def _choose_headers(self, address: httpx.URL, request: FetchRequest) -> dict[str, tuple[str, str]]:
        """Return what is sent, by lower-case name: the last of those that differ in letter case only."""
        is_sent = may_receive_validators(address, start=request.start, validators_from=request.validators_url)
        given = chain(
            self._always,
            (("Accept", request.accept), *make_range_headers(request.first_bytes)),
            request.headers.items() if is_same_origin(request.start, address) else (),
            request.validators.items() if is_sent else (),
            make_authorization_headers(address),
        )
        return {name.lower(): (name, value) for name, value in given}

    def _follow_redirect(
        self, here: httpx.URL, answer: HttpAnswer, request: FetchRequest, progress: FetchProgress
    ) -> httpx.URL:
        target = redirect_target(here, answer.header("location"), request.wanted)
        stated = [value for name, value in answer.headers if name == "set-cookie"]
        if stated:
            progress.cookies = keep_cookies(progress.cookies, here, stated, now=datetime.now(UTC))
        visit = format_address(target), format_cookies(progress.cookies, target)
        if visit in progress.visited or visit == (format_address(request.start), ""):
            reason = f"redirects in a loop, back to {format_address(target)}"
            raise TooManyRedirects(format_address(here), explain_address(reason, request.wanted))
        if len(progress.hops) >= self._limits.max_redirects:
            reason = f"more than the {self._limits.max_redirects} redirects allowed"
            raise TooManyRedirects(format_address(request.start), explain_address(reason, request.wanted))
        progress.visited.add(visit)
        progress.hops.append((answer.status, format_address(target)))
        return target

    def _make_timeout_error(self, address: httpx.URL) -> FetchTimeout:
        limit_s = self._limits.timeout_s
        if self._transport.is_looking_up(address):
            reason = f"its name was not looked up within the {limit_s:g} s of fetch.timeout_s: {THEIRS}"
            return FetchTimeout(format_address(address), reason, trouble="silent")
        reason = f"the exchange took longer than the {limit_s:g} s of fetch.timeout_s: {THEIRS}"
        return FetchTimeout(format_address(address), reason, trouble="slow")
