"""By how much a machine's clock is corrected, as the store has it: a service finds out, commands go by it."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from aggregator.fetch.clock_lag import LEAST
from aggregator.machine.clock_lead import measure_clock_lead
from aggregator.pipeline.context import Clock
from aggregator.store import Store, read_note, write_note

NOTE = "clock correction"
"""The note with the correction that was found last, of any machine."""


@dataclass(kw_only=True, slots=True)
class CorrectedClock:
    """What the clock of the machine shows, and ``by`` more: negative where it is ahead."""

    machine: Clock
    by: timedelta = timedelta(0)

    def __call__(self) -> datetime:
        """Return the time to go by."""
        return self.machine() + self.by


def save_clock_correction(store: Store, by: timedelta, now: datetime) -> None:
    """Keep ``by`` how much the clock of this machine, which shows ``now``, is corrected; zero: no more."""
    lead = measure_clock_lead(now)
    if lead is None or not by:
        write_note(store, NOTE, "")
        return
    noted = {"boot": lead.boot, "lead_s": lead.seconds, "by_s": by.total_seconds()}
    write_note(store, NOTE, json.dumps(noted))


def read_clock_correction(store: Store, now: datetime) -> timedelta:
    """Return by how much the clock of this machine, which shows ``now``, is to be corrected.

    Zero where that is not known: it is of another machine, or the clock was set since.
    """
    noted, lead = json.loads(read_note(store, NOTE) or "{}"), measure_clock_lead(now)
    if lead is None or noted.get("boot") != lead.boot:
        return timedelta(0)
    moved = timedelta(seconds=lead.seconds - noted["lead_s"])
    return timedelta(seconds=noted["by_s"]) if abs(moved) < LEAST else timedelta(0)
