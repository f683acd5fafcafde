"""By how much a machine's clock is corrected, as the store has it: a service finds out, commands go by it."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from aggregator.fetch.clock_lag import LEAST
from aggregator.machine.clock_lead import measure_clock_lead
from aggregator.pipeline.context import Clock
from aggregator.store import Store, read_note, revise_note

NOTE = "clock corrections"
"""The note with the corrections, by what names the boot of each machine; the last one was found last."""
MOST = 100
"""Corrections that are kept: machines that are gone, or were started anew, never take theirs back."""


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
    if lead is None:
        return
    own = {lead.boot: {"lead_s": lead.seconds, "by_s": by.total_seconds()}} if by else {}

    def revise(noted: str | None) -> str:
        kept = {boot: one for boot, one in json.loads(noted or "{}").items() if boot != lead.boot}
        return json.dumps(dict([*kept.items(), *own.items()][-MOST:]))

    revise_note(store, NOTE, revise)


def read_clock_correction(store: Store, now: datetime) -> timedelta:
    """Return by how much the clock of this machine, which shows ``now``, is to be corrected.

    Zero where that is not known: no service on it found that out, or the clock was set since.
    """
    corrections, lead = json.loads(read_note(store, NOTE) or "{}"), measure_clock_lead(now)
    own = corrections.get(lead.boot) if lead is not None else None
    if lead is None or own is None:
        return timedelta(0)
    moved = timedelta(seconds=lead.seconds - own["lead_s"])
    return timedelta(seconds=own["by_s"]) if abs(moved) < LEAST else timedelta(0)
