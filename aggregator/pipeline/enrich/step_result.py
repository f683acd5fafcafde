"""What one step of enrichment did."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class StepResult:
    """How many a step dealt with; ``left`` are due still, and wait for the next time.

    ``is_changed`` tells whether anything that is published may have changed.
    """

    count: int = 0
    left: int = 0
    is_changed: bool = False
