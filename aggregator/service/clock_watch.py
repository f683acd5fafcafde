"""Whether the machine's clock can be believed: it is compared with the time that passed, and with others.

A clock that was set does no harm to polling: what it put off is due at once (``mend_clock``), and what it
made due too early is polled once more. What is removed by its age does not come back, so nothing is
removed before a clock that was set has stood for an hour.

Where publishers agree on another time, that is gone by: articles, tombstones and due times would be dated in
the future, or wait for nothing. For some seconds after a clock was set they are waited for to say so, and
nothing is published.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from aggregator.fetch.clock_lag import LEAST, NONE, ClockLag
from aggregator.model.clock_skew import SKEW, is_behind
from aggregator.pipeline.clock_correction import CorrectedClock, save_clock_correction
from aggregator.pipeline.clock_faults import mend_clock
from aggregator.pipeline.site import Site
from aggregator.rules import Rules
from aggregator.store import Store, find_newest_poll, read_note, write_note

MOVED = timedelta(hours=1)
"""By how much a clock moves before it is doubted."""
STANDS_AFTER_S = 3600.0
LONG_STOP = timedelta(days=1)
"""After a pause between two runs that seems to be longer, the clock may have moved as well."""
MEND_EVERY_S = 60.0
UNSURE_FOR_S = 20.0
"""How long publishers are waited for to say what time it is, before a clock that was set is gone by."""
DOUBT_NOTE = "clock is doubted"
"""The note in the store while nothing is removed, which outlives a restart."""

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class ClockReading:
    """What the clock showed, and how many seconds had passed by then since some fixed moment."""

    at: datetime
    passed_s: float


def measure_clock_change(before: ClockReading, now: ClockReading) -> timedelta:
    """Return by how much the clock was set forward, or back, between two readings."""
    return now.at - before.at - timedelta(seconds=now.passed_s - before.passed_s)


@dataclass(kw_only=True, slots=True)
class ClockWatch:
    """Reads the clock again and again, and corrects it.

    ``doubted_at_s`` is when it was last found to have moved, or to be wrong; ``kept_by`` the correction that
    this left in the store.
    """

    store: Store
    clock: CorrectedClock
    lag: ClockLag
    last: ClockReading | None = None
    doubted_at_s: float = float("-inf")
    mended_at_s: float = float("-inf")
    kept_by: timedelta = NONE
    was_behind: bool = False

    async def check(self, rules: Rules) -> None:
        """Compare the clock with the time that passed, and mend what it put off; raises StoreError."""
        now = self._read_clock()
        moved = timedelta(0) if self.last is None else measure_clock_change(self.last, now)
        why = (
            _explain_change(moved)
            if self.last
            else await asyncio.to_thread(_explain_start, self.store, now.at)
        )
        if abs(moved) >= LEAST or why is not None:
            self._forget_correction()
        if why is not None:
            log.warning("clock", problem=why, consequence="nothing is removed by its age for an hour")
            await self._doubt(why, now)
        elif self.clock.by:
            self.doubted_at_s = now.passed_s
        elif self.doubted_at_s > float("-inf") and now.passed_s - self.doubted_at_s >= STANDS_AFTER_S:
            self.doubted_at_s = float("-inf")
            await asyncio.to_thread(write_note, self.store, DOUBT_NOTE, "")
        self.last = now
        moved += await self._correct(now)
        await self._keep_correction()
        if moved < -SKEW or now.passed_s - self.mended_at_s >= MEND_EVERY_S:
            await asyncio.to_thread(
                mend_clock, Site(rules=rules, store=self.store, now=now.at + self.clock.by)
            )
            self.mended_at_s = now.passed_s

    def find_problem(self) -> str | None:
        """Return what is said of a clock that is behind those of others, or ahead, None where it is not."""
        by = self.clock.by
        where = f"{abs(by)} {'behind' if by > NONE else 'ahead of'}"
        return f"this machine's clock is {where} those of publishers: set it" if by else None

    def is_unsure(self) -> bool:
        """Tell whether it was set a moment ago, and publishers may soon say that it is wrong."""
        waited_s = asyncio.get_running_loop().time() - self.doubted_at_s
        return waited_s < UNSURE_FOR_S and not self.lag.is_known()

    async def _doubt(self, why: str, now: ClockReading) -> None:
        self.doubted_at_s = now.passed_s
        await asyncio.to_thread(write_note, self.store, DOUBT_NOTE, why)

    async def _correct(self, now: ClockReading) -> timedelta:
        """Go by the time on which publishers agree, and return by how much that is more than before.

        It is logged when the clock is found to be wrong, and when it is not any more.
        """
        lag, before = self.lag.find_agreed(), self.clock.by
        if not lag:
            return NONE
        by = timedelta(seconds=round((before + lag).total_seconds()))
        by = by if abs(by) >= LEAST else NONE
        self.lag.shift(by - before)
        self.clock.by = by
        if by and not before:
            consequence = "the time on which they agree is gone by, and nothing is removed by its age"
            log.error("clock", problem=self.find_problem(), consequence=consequence)
            await self._doubt("publishers agreed on another time", now)
        elif before and not by:
            log.info("clock", standing="well")
        return by - before

    async def _keep_correction(self) -> None:
        """Have commands on this machine go by the same time."""
        by = self.clock.by
        if by != self.kept_by:
            await asyncio.to_thread(save_clock_correction, self.store, by, self.clock.machine())
            self.kept_by = by

    def _forget_correction(self) -> None:
        if self.clock.by:
            log.info("clock", standing="set")
        self.clock.by = NONE
        self.lag.forget()

    def is_behind(self) -> bool:
        """Tell whether the clock shows a time before this program was made; logged once."""
        behind = is_behind(self.clock())
        if behind and not self.was_behind:
            log.error("clock", problem="it is years behind", consequence="nothing is polled until it is set")
        self.was_behind = behind
        return behind

    def is_trusted(self) -> bool:
        """Tell whether the clock has stood for so long that what is old by it may be removed."""
        now = self._read_clock()
        has_stood = now.passed_s - self.doubted_at_s >= STANDS_AFTER_S
        has_moved = self.last is None or abs(measure_clock_change(self.last, now)) > MOVED
        return has_stood and not has_moved and not self.clock.by and not is_behind(now.at)

    def _read_clock(self) -> ClockReading:
        return ClockReading(at=self.clock.machine(), passed_s=asyncio.get_running_loop().time())


def _explain_change(moved: timedelta) -> str | None:
    if abs(moved) <= MOVED:
        return None
    by = timedelta(seconds=round(abs(moved).total_seconds()))
    return f"the clock was set {'forward' if moved > MOVED else 'back'} by {by}"


def _explain_start(store: Store, now: datetime) -> str | None:
    newest = find_newest_poll(store)
    if newest is not None and now - newest > LONG_STOP:
        return f"nothing was polled for more than {LONG_STOP.days} day"
    return "it was doubted when the last run stopped" if read_note(store, DOUBT_NOTE) else None
