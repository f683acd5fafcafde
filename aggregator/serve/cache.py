"""A bounded cache, shared by the threads that answer requests."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class BoundedCache(Generic[K, V]):
    """The values used last, as long as their costs together stay within ``limit``."""

    def __init__(self, limit: int, cost: Callable[[V], int]) -> None:
        self._limit = limit
        self._cost = cost
        self._total = 0
        self._lock = Lock()
        self._values: OrderedDict[K, V] = OrderedDict()

    def get(self, key: K) -> V | None:
        """Return the value kept under ``key``, None where there is none (any more)."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
            return self._values.get(key)

    def replace(self, key: K, value: V) -> None:
        """Keep ``value`` in place of what was kept under ``key``."""
        with self._lock:
            if key in self._values:
                self._total -= self._cost(self._values.pop(key))
        self.put(key, value)

    def put(self, key: K, value: V) -> None:
        """Keep ``value``, which is the same whenever the key is; one above the limit is not kept."""
        cost = self._cost(value)
        with self._lock:
            if key in self._values or cost > self._limit:
                return
            self._values[key] = value
            self._total += cost
            while self._total > self._limit:
                self._total -= self._cost(self._values.popitem(last=False)[1])
