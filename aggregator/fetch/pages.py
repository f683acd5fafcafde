"""Fetching article pages: with leave of robots.txt (RFC 9309), one at a time a host, and with pauses.

A publisher whose service answered 429, be it to a feed or to a page, is asked for neither for a while.
"""

import asyncio
import math
import time
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Self
from urllib.parse import urlsplit
from weakref import WeakValueDictionary

from protego import Protego

from aggregator.errors import (
    FetchError,
    FetchTimeout,
    HttpStatusError,
    PageRefused,
    ServicePaused,
    TurnPassed,
)
from aggregator.fetch.exchange import FetchLimits
from aggregator.fetch.feed import Fetcher
from aggregator.fetch.robots import Robots, RobotsMemory, parse_robots
from aggregator.http_dates import RETRY_AFTER_CAP, parse_retry_after
from aggregator.model import Fetched
from aggregator.model.page_pauses import PagePause, PauseKind
from aggregator.model.robots_files import ROBOTS_FOR, RobotsFile
from aggregator.urls.services import service_of_url

PAGE_ACCEPT = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.1"
ROBOTS_BYTES = 512 * 1024
MAX_ORIGINS = 10_000
MAX_DELAY_S = 30.0
PAUSED_FOR = timedelta(minutes=15)
"""After a 429 that does not say for how long."""
IN_TROUBLE_FOR = timedelta(minutes=5)
"""After a timeout, or a 5xx that does not say for how long."""


class PageFetcher:
    """Fetches pages as robots.txt allows; an async context manager, one for the life of a process.

    ``host_delay_s`` passes between two requests to a host, more where its robots.txt asks for more (at
    most ``MAX_DELAY_S``). ``robot`` is the name that robots.txt is read for, ``sibling`` fetches the feeds,
    a Retry-After is obeyed up to ``retry_after_cap``. ``memory`` is where several that ask the same sites
    keep what they read of robots.txt, None: nobody else does.
    """

    def __init__(
        self,
        limits: FetchLimits,
        *,
        host_delay_s: float,
        robot: str,
        sibling: Fetcher | None = None,
        retry_after_cap: timedelta = RETRY_AFTER_CAP,
    ) -> None:
        self._fetcher = Fetcher(limits, sibling=sibling)
        self._host_delay_s = host_delay_s
        self._retry_after_cap = retry_after_cap
        self.robot = robot
        self.memory: RobotsMemory | None = None
        self._robots: OrderedDict[str, Robots] = OrderedDict()
        self._turns: OrderedDict[str, float] = OrderedDict()
        self._locks: dict[str, asyncio.Lock] = {}
        self._site_locks = WeakValueDictionary[str, asyncio.Lock]()
        self._page_pauses: OrderedDict[str, float] = OrderedDict()

    async def __aenter__(self) -> Self:
        await self._fetcher.__aenter__()
        return self

    async def __aexit__(self, *parts: object) -> None:
        await self._fetcher.__aexit__(*parts)

    async def get(
        self, url: str, *, max_body_bytes: int, accept: str = PAGE_ACCEPT, begin_by_s: float = math.inf
    ) -> Fetched:
        """Fetch a page; raises PageRefused where robots.txt forbids it, and FetchError as feeds do.

        Raises ServicePaused where nothing is asked, since the publisher wants to be left alone or the page
        was in trouble a moment ago; TurnPassed where its turn is later than ``begin_by_s``, by
        ``time.monotonic``.
        """
        refuse_late(url, begin_by_s)
        self._fetcher.refuse_paused(url)
        if self._is_page_paused(url):
            raise ServicePaused(url, "not asked: it was in trouble a moment ago and is left alone for now")
        origin = _origin_of(url)
        rules = (await self._get_robots(origin)).rules
        if rules is None:
            raise PageRefused(url, "robots.txt cannot be read now, which counts as forbidding")
        if not rules.can_fetch(url, self.robot):
            raise PageRefused(url, "robots.txt forbids it")
        await self._await_turn(url, rules, begin_by_s)
        try:
            return await self._fetcher.get(url, accept=accept, max_body_bytes=max_body_bytes)
        except FetchError as error:
            self._pause_page(url, self._choose_pause(error))
            raise

    def hold_site(self, origin: str) -> asyncio.Lock:
        """Return a lock for whoever asks a site for something that one answer is enough for."""
        return self._site_locks.setdefault(origin, asyncio.Lock())

    def find_statements(self, url: str) -> tuple[tuple[str, str], ...]:
        """Return what the robots.txt of an address that was fetched states about reuse of what is there.

        They are pairs of where and what; nothing is asked for.
        """
        known = self._robots.get(_origin_of(url))
        return known.statements.find(url) if known else ()

    async def find_sitemaps(self, url: str) -> tuple[str, ...]:
        """Return the sitemaps that the robots.txt of the site of ``url`` names, in its order.

        Raises FetchError where nothing is asked now.
        """
        return (await self._get_robots(_origin_of(url))).sitemaps

    def is_paused(self, url: str) -> bool:
        """Tell whether a page is not to be asked for now, as ``get`` would refuse to."""
        return self._fetcher.is_paused(url) or self._is_page_paused(url)

    def find_pauses(self, url: str, now: datetime) -> Sequence[PagePause]:
        """Return what holds up asking for a page: its own pause, its site's, and that of its service."""
        now_s, service, origin = time.monotonic(), service_of_url(url), _origin_of(url)
        found = (
            (PauseKind.PAGE, url, self._page_pauses.get(url, 0.0) - now_s),
            (PauseKind.SITE, origin, self._turns.get(origin, 0.0) - now_s),
            (PauseKind.SERVICE, service, self._fetcher.turns.count_pause_s(service)),
        )
        return _list_pauses(found, now)

    def find_site_pauses(self, now: datetime) -> Sequence[PagePause]:
        """Return the sites of which a page was asked for a moment ago."""
        now_s = time.monotonic()
        return _list_pauses(((PauseKind.SITE, o, at_s - now_s) for o, at_s in self._turns.items()), now)

    def keep_pause(self, pause: PagePause, now: datetime) -> None:
        """Leave alone what another process was to leave alone."""
        wait_s = (pause.until_at - now).total_seconds()
        if pause.kind is PauseKind.SERVICE:
            self._fetcher.turns.pause(pause.name, wait_s)
        elif pause.kind is PauseKind.PAGE:
            self._pause_page(pause.name, timedelta(seconds=wait_s))
        else:
            at_s = time.monotonic() + min(wait_s, MAX_DELAY_S)
            self._turns[pause.name] = max(at_s, self._turns.get(pause.name, 0.0))

    def _is_page_paused(self, url: str) -> bool:
        return self._page_pauses.get(url, 0.0) > time.monotonic()

    def _choose_pause(self, error: FetchError) -> timedelta:
        """Return for how long a page is left alone; who answered 429, maybe after redirects, is whole."""
        if not isinstance(error, HttpStatusError):
            return IN_TROUBLE_FOR if isinstance(error, FetchTimeout) else timedelta(0)
        asked = parse_retry_after(error.retry_after, now=datetime.now(UTC), cap=self._retry_after_cap)
        if error.status == 429:
            self._fetcher.pause(error.url, asked or PAUSED_FOR)
            return asked or PAUSED_FOR
        if error.status == 403:
            return asked or timedelta(0)
        return asked or IN_TROUBLE_FOR if error.status >= 500 else timedelta(0)

    def _pause_page(self, url: str, wait: timedelta) -> None:
        if wait:
            self._page_pauses[url] = time.monotonic() + wait.total_seconds()
            self._page_pauses.move_to_end(url)
        while len(self._page_pauses) > MAX_ORIGINS:
            self._page_pauses.popitem(last=False)

    async def _get_robots(self, origin: str) -> Robots:
        async with self._locks.setdefault(origin, asyncio.Lock()):
            robots = self._robots.get(origin)
            if robots is None or robots.until_s < time.monotonic():
                file = await self._find_robots(origin)
                until_s = time.monotonic() + (ROBOTS_FOR - file.age).total_seconds()
                robots = parse_robots(file.text, origin=origin, robot=self.robot, until_s=until_s)
                self._robots[origin] = robots
                self._forget_oldest()
        return robots

    async def _find_robots(self, origin: str) -> RobotsFile:
        """Return the robots.txt that another has read a while ago, or what is there now."""
        memory = self.memory
        known = await memory.find(origin) if memory is not None else None
        if known is not None:
            return known
        text = await self._read_robots(origin)
        if memory is not None:
            await memory.keep(origin, text)
        return RobotsFile(text=text)

    async def _read_robots(self, origin: str) -> str | None:
        """Return what a site's robots.txt says, None where it cannot be had; raises ServicePaused."""
        try:
            fetched = await self._fetcher.get(
                f"{origin}/robots.txt", accept="text/plain,*/*;q=0.1", max_body_bytes=ROBOTS_BYTES
            )
        except ServicePaused:
            raise
        except HttpStatusError as error:
            self._choose_pause(error)
            self._fetcher.refuse_paused(origin)  # which is soon over: nothing that lasts follows from it
            # What is not there forbids nothing (section 2.3.1.3); a server in trouble is left alone.
            is_absent = error.status < 500 and error.status != 429
            return "" if is_absent else None
        except FetchError:
            return None
        return fetched.body.decode("utf-8", "replace")

    async def _await_turn(self, url: str, rules: Protego, begin_by_s: float) -> None:
        origin = _origin_of(url)
        asked = rules.crawl_delay(self.robot) or 0.0
        delay = max(self._host_delay_s, min(float(asked), MAX_DELAY_S))
        now = time.monotonic()
        turn = max(now, self._turns.get(origin, now))
        refuse_late(url, begin_by_s, turn)
        self._turns[origin] = turn + delay
        await asyncio.sleep(turn - now)
        refuse_late(url, begin_by_s)  # the process may have been stopped meanwhile

    def _forget_oldest(self) -> None:
        while len(self._robots) > MAX_ORIGINS:
            origin, _ = self._robots.popitem(last=False)
            self._turns.pop(origin, None)
            lock = self._locks.get(origin)
            if lock is not None and not lock.locked():
                del self._locks[origin]


def refuse_late(url: str, begin_by_s: float, at_s: float | None = None) -> None:
    """Raise TurnPassed where ``at_s``, now where it is None, is later than ``begin_by_s``."""
    if (time.monotonic() if at_s is None else at_s) > begin_by_s:
        raise TurnPassed(url, "not asked: its turn comes when another process asks there")


def _list_pauses(waits_s: Iterable[tuple[PauseKind, str, float]], now: datetime) -> Sequence[PagePause]:
    return [
        PagePause(kind=kind, name=name, until_at=now + timedelta(seconds=wait_s))
        for kind, name, wait_s in waits_s
        if wait_s > 0
    ]


def _origin_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
