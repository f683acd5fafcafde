"""Sending a form to an address that somebody else named: guarded, with redirects that keep the form."""

import asyncio
from collections.abc import Callable, Mapping
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Self
from urllib.parse import urlencode

import httpx

from aggregator.errors import FetchError, FetchTimeout, HttpStatusError, TooManyRedirects
from aggregator.fetch.client import LOCATION, GuardedTransport
from aggregator.fetch.exchange import NEW_ADDRESS, THEIRS, FetchLimits, status_reason
from aggregator.fetch.redirect import host_name, read_address, redirect_target, shown
from aggregator.fetch.resolve import LookUp, look_up
from aggregator.fetch.slots import Slots
from aggregator.fetch.transport import Transport

KEEPING = frozenset({307, 308})
"""The redirects that a form is sent on through; others would make a GET of it (RFC 9110 section 15.4)."""
MAX_REASON_BYTES = 500
_FORM = "application/x-www-form-urlencoded"


class FormPoster:
    """Posts forms within ``limits``; an async context manager, one for the life of a process."""

    def __init__(self, limits: FetchLimits, *, look_up: LookUp = look_up) -> None:
        self._limits = limits
        self._look_up = look_up
        self._slots = Slots(total=limits.concurrency, per_host=limits.per_host)
        self._client: httpx.AsyncClient

    async def __aenter__(self) -> Self:
        self._client = httpx.AsyncClient(
            transport=GuardedTransport(Transport(self._limits, self._look_up)),
            headers={"User-Agent": self._limits.user_agent, "Accept-Encoding": "identity"},
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
            trust_env=False,
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()

    async def post(
        self, url: str, fields: Mapping[str, str], *, may_follow: Callable[[str], bool] = lambda _: True
    ) -> int:
        """Send ``fields`` and return the status, a 2xx; nothing of the answer's body is kept.

        ``may_follow`` says of each address that a redirect leads to whether the form may go there. Raises
        FetchError and its kinds; HttpStatusError has the beginning of what the server said.
        """
        address, hops, left_s = read_address(url), 0, self._limits.timeout_s
        while True:
            answer, took_s = await self._send(address, fields, left_s)
            if isinstance(answer, int):
                return answer
            hops, left_s = hops + 1, left_s - took_s
            address = self._checked(address, answer, hops, may_follow)

    async def _send(
        self, address: httpx.URL, fields: Mapping[str, str], left_s: float
    ) -> tuple[int | httpx.URL, float]:
        """Send the form to one address; return the status, or the address it redirects to, and the seconds.

        Waiting for a turn does not count.
        """
        loop = asyncio.get_running_loop()
        async with self._slots.taken(host_name(address)):
            started_s = loop.time()
            try:
                async with asyncio.timeout(left_s):
                    return await self._exchange(address, fields), loop.time() - started_s
            except TimeoutError as error:
                reason = f"the exchange took longer than the {self._limits.timeout_s:g} s of fetch.timeout_s"
                raise FetchTimeout(shown(address), f"{reason}: {THEIRS}") from error

    async def _exchange(self, address: httpx.URL, fields: Mapping[str, str]) -> int | httpx.URL:
        headers = {"Host": address.netloc.decode("ascii"), "Content-Type": _FORM}  # httpx raises at symbols
        content = urlencode(fields).encode("ascii")
        request = self._client.build_request("POST", address, content=content, headers=headers)
        response = await self._client.send(request, stream=True)
        try:
            if response.status_code in KEEPING:
                return redirect_target(address, response.extensions[LOCATION])
            if not response.is_success:
                raise await _refusal(response, address)
            return response.status_code
        finally:
            await response.aclose()

    def _checked(
        self, here: httpx.URL, target: httpx.URL, hops: int, may_follow: Callable[[str], bool]
    ) -> httpx.URL:
        if hops > self._limits.max_redirects:
            reason = f"more than the {self._limits.max_redirects} redirects allowed: {NEW_ADDRESS}"
            raise TooManyRedirects(shown(here), reason)
        if not may_follow(shown(target)):
            raise FetchError(shown(here), f"redirects to {shown(target)}, where the form must not go")
        return target


async def _refusal(response: httpx.Response, address: httpx.URL) -> HttpStatusError:
    status, said = response.status_code, b""
    async for chunk in response.aiter_raw():
        said += chunk
        if len(said) >= MAX_REASON_BYTES:
            break
    text = " ".join(said[:MAX_REASON_BYTES].decode("utf-8", "replace").split())
    reason = status_reason(status) + (f' ("{text}")' if text and text.isprintable() else "")
    return HttpStatusError(shown(address), status, reason, response.headers.get("retry-after"))
