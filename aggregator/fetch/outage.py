"""Whether no service can be reached: then our own network is at fault, and no publisher.

A name server that does not answer, a network that is unreachable and a connection that never comes about look
the same from here, whoever is at fault. So the fault is ours where ``MANY`` services in a row could not be
reached and none answered in between; the first of them wait a moment to see how the others fare. A name that
does not exist and a connection that is refused are answers: they are never ours.
"""

import asyncio

MANY = 3
PATIENCE_S = 1.0
REMEMBERED_S = 600.0
LEAST_PAUSE_S, MOST_PAUSE_S = 30.0, 300.0
_LOOK_EVERY_S = 0.05


class Outage:
    """What requests under way learn of the network; for one event loop."""

    def __init__(self) -> None:
        self._unreached: dict[str, float] = {}
        self._answered_at_s = float("-inf")
        self._known_since_s: float | None = None

    @property
    def pause_s(self) -> float:
        """Return for how long nothing is to be fetched now."""
        now_s = asyncio.get_running_loop().time()
        return choose_pause_s(now_s - (now_s if self._known_since_s is None else self._known_since_s))

    def note_answer(self) -> None:
        """Note that a service has answered: the network is well."""
        self._answered_at_s = asyncio.get_running_loop().time()
        self._unreached.clear()
        self._known_since_s = None

    async def is_ours(self, service: str, *, asked_at_s: float) -> bool:
        """Tell whether it is our network's fault that ``service``, asked at that time, was not reached."""
        loop = asyncio.get_running_loop()
        if self._answered_at_s >= asked_at_s:
            return False
        self._unreached[service] = loop.time()
        until_s = loop.time() + PATIENCE_S
        while self._answered_at_s < asked_at_s and self._known_since_s is None and loop.time() < until_s:
            await asyncio.sleep(_LOOK_EVERY_S)
        if self._answered_at_s >= asked_at_s:
            return False
        since_s = loop.time() - REMEMBERED_S
        if self._known_since_s is None and sum(at_s >= since_s for at_s in self._unreached.values()) >= MANY:
            self._known_since_s = loop.time()
        return self._known_since_s is not None


def choose_pause_s(lasted_s: float) -> float:
    """Return for how many seconds nobody is asked in an outage that has lasted so long: half of that."""
    return min(max(lasted_s / 2, LEAST_PAUSE_S), MOST_PAUSE_S)
