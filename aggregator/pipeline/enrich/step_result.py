"""What one step of enrichment did."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class StepResult:
    """How many a step dealt with; ``left`` are due still, and wait for the next time.

    ``is_changed`` tells whether anything that is published may have changed, ``again_at`` when articles, by
    their id, are to be looked at again. ``elsewhere`` has the addresses that articles need, by their id, and
    that another process may ask for now: they are looked at again once this one may.
    """

    count: int = 0
    left: int = 0
    is_changed: bool = False
    again_at: Mapping[str, datetime] = field(default_factory=dict)
    elsewhere: Mapping[str, Collection[str]] = field(default_factory=dict)
