"""Whether our own network is down: said once in the log and in the store, and once more when it is over."""

import asyncio
import os
import socket
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from aggregator.fetch.outage import ADVICE, KnownOutage, Outage, PastOutage
from aggregator.pipeline.context import Clock
from aggregator.store import (
    SAID_EVERY,
    NotedOutage,
    Store,
    end_outage,
    forgive_failures,
    note_outage,
)

BEFORE_S = 120.0
"""What failed so much sooner than the first that was asked in an outage was under way when it began."""
WHAT = {
    "silent": "neither name servers nor services answer",
    "no_name": "no name has an address",
    "refused": "all connections are refused",
    "tls": "no TLS connection comes about",
    "lost": "all connections are lost",
    "slow": "no answer comes in time",
    "proxy": "the proxy cannot be used",
    "portal": "all services answer with one page",
}
"""What is told of each kind of trouble."""

log = structlog.get_logger()


def _name_process() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"


@dataclass(kw_only=True, slots=True)
class NetworkWatch:
    """Follows the ``outage`` that those who fetch share; ``said_at_s`` is when the store was told last."""

    store: Store
    clock: Clock
    outage: Outage
    where: str = field(default_factory=_name_process)
    told: KnownOutage | None = None
    said_at_s: float = float("-inf")

    async def check(self) -> None:
        """Say that an outage began, is there still, or is over; raises StoreError, and says it again then."""
        now_s = asyncio.get_running_loop().time()
        while self.outage.past:
            await self._end(self.outage.past[0], now_s)
            self.outage.past.pop(0)
        known = self.outage.known
        if known is None:
            return
        if self.told != known:
            log.error(
                "network", problem=WHAT[known.trouble], advice=ADVICE[known.trouble],
                consequence="nothing is held against sources; they are polled as soon as it is over",
            )  # fmt: skip
            self.told, self.said_at_s = known, float("-inf")
        if now_s - self.said_at_s >= SAID_EVERY.total_seconds():
            await asyncio.to_thread(note_outage, self.store, self._describe(known, now_s), self.clock())
            self.said_at_s = now_s

    def find_problem(self) -> str | None:
        """Return what ``/healthz`` and ``/readyz`` say of it, None where the network is well."""
        known = self.outage.known
        return None if known is None else f"our own network is down: {describe_trouble(known)}"

    def _describe(self, known: KnownOutage, now_s: float) -> NotedOutage:
        since_at = self._tell_time(known.since_s, now_s)
        return NotedOutage(where=self.where, since_at=since_at, problem=describe_trouble(known))

    def _tell_time(self, at_s: float, now_s: float) -> datetime:
        """Return when it was, by the clock of now: it may have been wrong meanwhile."""
        return self.clock() - timedelta(seconds=now_s - at_s)

    async def _end(self, past: PastOutage, now_s: float) -> None:
        """Take back what was counted before it was known, and say that it is over."""
        since = self._tell_time(past.outage.since_s - BEFORE_S, now_s)
        forgiven = await asyncio.to_thread(forgive_failures, self.store, past.services, since, self.clock())
        await asyncio.to_thread(end_outage, self.store, self.where, self.clock())
        lasted_s = past.ended_at_s - past.outage.since_s
        if self.told == past.outage:
            log.info("network", standing="well", lasted_s=round(lasted_s), taken_back=forgiven)
        self.told = None


def describe_trouble(known: KnownOutage) -> str:
    """Return what is wrong in an outage, and what to do."""
    return f"{WHAT[known.trouble]}: {ADVICE[known.trouble]}"
