"""Whether nobody can be reached: then our own network is at fault, and no publisher.

A name server that does not answer, a network that is unreachable and a connection that never comes about look
the same from here, whoever's fault they are. So they are ours where ``MANY`` services in a row could not be
reached, and nobody answered in between; the first of them wait a moment for how the others fare. A name that
does not exist and a connection that is refused are answers: they are never ours.
"""

import asyncio

MANY = 3
PATIENCE_S = 1.0
REMEMBERED_S = 600.0
_LOOK_EVERY_S = 0.05


class Outage:
    """What requests under way learn of the network; for one event loop."""

    def __init__(self) -> None:
        self._unreached: dict[str, float] = {}
        self._answered_at_s = float("-inf")
        self._is_known = False

    def note_answer(self) -> None:
        """Somebody has answered: the network is well."""
        self._answered_at_s = asyncio.get_running_loop().time()
        self._unreached.clear()
        self._is_known = False

    async def is_ours(self, service: str, *, asked_at_s: float) -> bool:
        """Tell whether it is our network's fault that ``service``, asked at that time, was not reached."""
        loop = asyncio.get_running_loop()
        self._unreached[service] = loop.time()
        until_s = loop.time() + PATIENCE_S
        while self._answered_at_s < asked_at_s and not self._is_known and loop.time() < until_s:
            await asyncio.sleep(_LOOK_EVERY_S)
        if self._answered_at_s >= asked_at_s:
            return False
        since_s = loop.time() - REMEMBERED_S
        self._is_known = sum(at_s >= since_s for at_s in self._unreached.values()) >= MANY
        return self._is_known
