"""Whether the machine's clock can be believed: what it shows is compared with the time that passed.

A clock that was set does no harm to polling: what it put off is due at once (``mend_clock``), and what it
made due too early is polled once more. What is removed by its age does not come back, so nothing is
removed before a clock that was set has stood for an hour.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from aggregator.fetch.clock_lag import MANY, NONE, ClockLag
from aggregator.model.clock_skew import SKEW, is_behind
from aggregator.pipeline.clock_faults import mend_clock
from aggregator.pipeline.context import Clock
from aggregator.rules import Rules
from aggregator.store import Store, find_newest_poll, read_note, write_note

MOVED = timedelta(hours=1)
"""By how much a clock moves before it is doubted."""
STANDS_AFTER_S = 3600.0
LONG_STOP = timedelta(days=1)
"""After a pause between two runs that seems to be longer, the clock may have moved as well."""
MEND_EVERY_S = 60.0
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
    """Reads the clock again and again; ``doubted_at_s`` is when it was last found to have moved."""

    store: Store
    clock: Clock
    lag: ClockLag
    last: ClockReading | None = None
    doubted_at_s: float = float("-inf")
    mended_at_s: float = float("-inf")
    was_behind: bool = False
    told_lag: timedelta = NONE

    async def check(self, rules: Rules) -> None:
        """Compare the clock with the time that passed, and mend what it put off; raises StoreError."""
        now = self._read_clock()
        moved = timedelta(0) if self.last is None else measure_clock_change(self.last, now)
        why = (
            _explain_change(moved)
            if self.last
            else await asyncio.to_thread(_explain_start, self.store, now.at)
        )
        if why is not None:
            self.doubted_at_s = now.passed_s
            log.warning("clock", problem=why, consequence="nothing is removed by its age for an hour")
            await asyncio.to_thread(write_note, self.store, DOUBT_NOTE, why)
        elif self.doubted_at_s > float("-inf") and now.passed_s - self.doubted_at_s >= STANDS_AFTER_S:
            self.doubted_at_s = float("-inf")
            await asyncio.to_thread(write_note, self.store, DOUBT_NOTE, "")
        self.last = now
        self._tell_lag()
        if moved < -SKEW or now.passed_s - self.mended_at_s >= MEND_EVERY_S:
            await asyncio.to_thread(mend_clock, rules=rules, store=self.store, now=now.at)
            self.mended_at_s = now.passed_s

    def find_problem(self) -> str | None:
        """Return what is said of a clock that is behind those of others, None where it is not."""
        lag = timedelta(seconds=round(self.lag.find(least_services=MANY).total_seconds()))
        return f"this machine's clock is {lag} behind those of publishers: set it" if lag else None

    def _tell_lag(self) -> None:
        """Log that the clock is behind, and that it is not any more; not every small change of that."""
        lag, problem = self.lag.find(least_services=MANY), self.find_problem()
        if bool(lag) == bool(self.told_lag):
            return
        self.told_lag = lag
        if problem is None:
            log.info("clock", standing="well")
        else:
            consequence = (
                "dates that are not later than theirs count; what is new is dated as first seen then"
            )
            log.error("clock", problem=problem, consequence=consequence)

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
        return has_stood and not has_moved and not is_behind(now.at)

    def _read_clock(self) -> ClockReading:
        return ClockReading(at=self.clock(), passed_s=asyncio.get_running_loop().time())


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
