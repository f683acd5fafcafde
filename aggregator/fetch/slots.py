"""How many exchanges may be in flight: in all, and with one host."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass


@dataclass(slots=True)
class _Host:
    slots: asyncio.Semaphore
    users: int = 0


class Slots:
    """``total`` exchanges at a time, ``per_host`` with any one host, first come first served.

    A host is forgotten as soon as nobody uses or awaits it.
    """

    def __init__(self, *, total: int, per_host: int) -> None:
        self._total = asyncio.Semaphore(total)
        self._per_host = per_host
        self._hosts: dict[str, _Host] = {}

    def __len__(self) -> int:
        """Return the number of hosts in use."""
        return len(self._hosts)

    @asynccontextmanager
    async def taken(self, host: str) -> AsyncIterator[None]:
        """Hold a slot of ``host``; waits for one.

        The host's slot comes first: those who wait for a busy host hold none of the total.
        """
        entry = self._hosts.setdefault(host, _Host(asyncio.Semaphore(self._per_host)))
        entry.users += 1
        try:
            async with entry.slots, self._total:
                yield
        finally:
            entry.users -= 1
            if not entry.users:
                del self._hosts[host]
