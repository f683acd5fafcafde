"""Whether a machine's clock was set: by how much it leads one that nobody sets changes only then."""

import time
from dataclasses import dataclass
from datetime import datetime

from aggregator.machine.processes import describe_own_process


@dataclass(frozen=True, kw_only=True, slots=True)
class ClockLead:
    """By how many ``seconds`` a clock leads the one that began as its machine did, which ``boot`` names."""

    boot: str
    seconds: float


def measure_clock_lead(now: datetime) -> ClockLead | None:
    """Return the lead of this machine's clock, which shows ``now``; None where the system does not tell."""
    own = describe_own_process()
    if own is None:
        return None
    return ClockLead(boot=own.boot, seconds=now.timestamp() - time.clock_gettime(time.CLOCK_BOOTTIME))
