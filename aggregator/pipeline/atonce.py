"""What is done on the polls' own thread: little, as nothing else is polled meanwhile."""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

LONG_S = 0.1


class AtOnce:
    """Remembers for which sources it took long: for them it is not done at once again."""

    def __init__(self) -> None:
        self._slow: set[str] = set()

    def may_be(self, source_ids: Iterable[str]) -> bool:
        """Tell whether it took long for none of these sources."""
        return self._slow.isdisjoint(source_ids)

    @contextmanager
    def measured(self, source_ids: Iterable[str]) -> Iterator[None]:
        """Measure what is done for these sources."""
        started = time.perf_counter()
        try:
            yield
        finally:
            if time.perf_counter() - started > LONG_S:
                self._slow.update(source_ids)
