"""How often it was tried to sign in, and failed."""

from collections import deque
from dataclasses import dataclass, field

WITHIN_S = 900.0
MOST_OF_ADDRESS = 5
MOST_OF_ALL = 50
"""Failures within that time, from one address and from all; after these nobody else is heard."""
MOST_ADDRESSES = 1_000


@dataclass(kw_only=True, slots=True)
class Attempts:
    """The times of the last failures, by one clock: of each address, and of all."""

    of_all: deque[float] = field(default_factory=deque)
    of_address: dict[str, deque[float]] = field(default_factory=dict)

    def count_wait_s(self, address: str, now_s: float) -> float:
        """Return the seconds until somebody at an address may try again; 0: now."""
        waits = (
            _count_wait_s(self.of_all, MOST_OF_ALL, now_s),
            _count_wait_s(self.of_address.get(address, deque()), MOST_OF_ADDRESS, now_s),
        )
        return max(waits)

    def note_failure(self, address: str, now_s: float) -> None:
        """Note that somebody at an address had not the token."""
        for known in [name for name, times in self.of_address.items() if now_s - times[-1] >= WITHIN_S]:
            del self.of_address[known]
        if len(self.of_address) >= MOST_ADDRESSES:  # the limit of all holds
            del self.of_address[next(iter(self.of_address))]
        for times, most in (
            (self.of_all, MOST_OF_ALL),
            (self.of_address.setdefault(address, deque()), MOST_OF_ADDRESS),
        ):
            times.append(now_s)
            while len(times) > most:
                times.popleft()


def _count_wait_s(times: deque[float], most: int, now_s: float) -> float:
    if len(times) < most:
        return 0.0
    return max(0.0, times[0] + WITHIN_S - now_s)
