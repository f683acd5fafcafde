"""The time that commands go by which poll, publish or remove: that of the service on the same machine."""

import sys
from datetime import timedelta

from aggregator.cli.options import clock
from aggregator.pipeline.clock_correction import CorrectedClock, read_clock_correction
from aggregator.pipeline.context import Clock
from aggregator.store import Store


def correct_clock(store: Store) -> Clock:
    """Return the machine's clock, corrected where a service found it to be wrong; that is said then."""
    by = read_clock_correction(store, clock())
    if not by:
        return clock
    where = f"{abs(by)} {'behind' if by > timedelta(0) else 'ahead of'}"
    sys.stderr.write(
        f"aggregator: this machine's clock is {where} those of publishers, whose time is gone by: set it\n"
    )
    return CorrectedClock(machine=clock, by=by)
