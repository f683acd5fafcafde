"""Sending a form to an address that somebody else named: guarded, with redirects that keep the form."""

import asyncio
from collections.abc import Callable, Mapping
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Self
from urllib.parse import urlencode

import httpx

from aggregator.errors import FetchError, FetchTimeout, HttpStatusError, TooManyRedirects
from aggregator.fetch.client import LOCATION, GuardedTransport
from aggregator.fetch.exchange import THEIRS, FetchLimits, explain_status
from aggregator.fetch.redirect import format_address, host_name, read_address, redirect_target
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
            address = self._check_redirect(address, answer, hops, may_follow)

    async def _send(
        self, address: httpx.URL, fields: Mapping[str, str], left_s: float
    ) -> tuple[int | httpx.URL, float]:
        """Send the form to one address; return the status, or the address it redirects to, and the seconds.

        Waiting for a turn does not count.
        """
        loop = asyncio.get_running_loop()
        async with self._slots.hold(host_name(address)):
            started_s = loop.time()
            try:
                async with asyncio.timeout(left_s):
                    return await self._exchange(address, fields), loop.time() - started_s
            except TimeoutError as error:
                reason = f"the exchange took longer than the {self._limits.timeout_s:g} s of fetch.timeout_s"
                raise FetchTimeout(format_address(address), f"{reason}: {THEIRS}") from error

    async def _exchange(self, address: httpx.URL, fields: Mapping[str, str]) -> int | httpx.URL:
        headers = {"Host": address.netloc.decode("ascii"), "Content-Type": _FORM}  # httpx raises at symbols
        content = urlencode(fields).encode("ascii")
        request = self._client.build_request("POST", address, content=content, headers=headers)
        response = await self._client.send(request, stream=True)
        try:
            if response.status_code in KEEPING:
                return redirect_target(address, response.extensions[LOCATION])
            if not response.is_success:
                raise await _make_refusal_error(response, address)
            return response.status_code
        finally:
            await response.aclose()

    def _check_redirect(
        self, here: httpx.URL, target: httpx.URL, hops: int, may_follow: Callable[[str], bool]
    ) -> httpx.URL:
        if hops > self._limits.max_redirects:
            reason = f"more than the {self._limits.max_redirects} redirects allowed"
            raise TooManyRedirects(format_address(here), reason)
        if not may_follow(format_address(target)):
            raise FetchError(
                format_address(here), f"redirects to {format_address(target)}, where the form must not go"
            )
        return target


async def _make_refusal_error(response: httpx.Response, address: httpx.URL) -> HttpStatusError:
    status, said = response.status_code, b""
    async for chunk in response.aiter_raw():
        said += chunk
        if len(said) >= MAX_REASON_BYTES:
            break
    text = " ".join(said[:MAX_REASON_BYTES].decode("utf-8", "replace").split())
    reason = explain_status(status, "other") + (f' ("{text}")' if text and text.isprintable() else "")
    return HttpStatusError(format_address(address), status, reason, response.headers.get("retry-after"))
