"""The clock that a service goes by: that of its machine, corrected while it is known to be wrong."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from aggregator.pipeline.context import Clock


@dataclass(kw_only=True, slots=True)
class CorrectedClock:
    """What the clock of the machine shows, and ``by`` more: negative where it is ahead."""

    machine: Clock
    by: timedelta = timedelta(0)

    def __call__(self) -> datetime:
        """Return the time to go by."""
        return self.machine() + self.by
