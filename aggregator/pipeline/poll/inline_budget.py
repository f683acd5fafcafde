"""Which sources are too slow for work on the event loop's thread, where no other poll goes on meanwhile."""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

SLOW_S = 0.1
FORGET_AFTER_S = 24 * 3600.0
"""The machine may have been slow instead; a source that is slow itself holds up all others once a day."""


class InlineBudget:
    """Remembers the sources whose work was slow: for a day it is done in a thread."""

    def __init__(self) -> None:
        self._slow_until: dict[str, float] = {}

    def allows(self, source_ids: Iterable[str]) -> bool:
        """Tell whether the work of none of these sources was slow lately."""
        now = time.monotonic()
        return all(self._slow_until.get(source_id, now) <= now for source_id in source_ids)

    @contextmanager
    def measure(self, source_ids: Iterable[str]) -> Iterator[None]:
        """Measure the work done for these sources."""
        started = time.monotonic()
        try:
            yield
        finally:
            ended = time.monotonic()
            if ended - started > SLOW_S:
                self._slow_until.update(dict.fromkeys(source_ids, ended + FORGET_AFTER_S))
