"""What is done on the polls' own thread: little, as nothing else is polled meanwhile."""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

LONG_S = 0.1
FORGIVEN_AFTER_S = 24 * 3600.0
"""It may have been the machine: whoever sends what takes long can make everybody wait once a day."""


class InlineBudget:
    """Remembers for which sources it took long: for them it is not done at once again for a day."""

    def __init__(self) -> None:
        self._slow_until: dict[str, float] = {}

    def may_be(self, source_ids: Iterable[str]) -> bool:
        """Tell whether it took long for none of these sources lately."""
        now = time.monotonic()
        return all(self._slow_until.get(source_id, now) <= now for source_id in source_ids)

    @contextmanager
    def measured(self, source_ids: Iterable[str]) -> Iterator[None]:
        """Measure what is done for these sources."""
        started = time.monotonic()
        try:
            yield
        finally:
            ended = time.monotonic()
            if ended - started > LONG_S:
                self._slow_until.update(dict.fromkeys(source_ids, ended + FORGIVEN_AFTER_S))
