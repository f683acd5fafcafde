"""How many exchanges may be in flight: in all, and with one host."""

import asyncio
from dataclasses import dataclass


@dataclass(slots=True)
class _HostSlots:
    slots: asyncio.Semaphore
    users: int = 0


class Slots:
    """``total`` exchanges at a time, ``per_host`` with any one host, first come first served.

    A host is forgotten as soon as nobody uses or awaits it.
    """

    def __init__(self, *, total: int, per_host: int) -> None:
        self._total = asyncio.Semaphore(total)
        self._per_host = per_host
        self._hosts: dict[str, _HostSlots] = {}

    def __len__(self) -> int:
        """Return the number of hosts in use."""
        return len(self._hosts)

    def hold(self, host: str) -> "_HeldSlot":
        """Hold a slot of ``host``, as an async context manager; waits for one.

        The host's slot comes first: those who wait for a busy host hold none of the total.
        """
        return _HeldSlot(self, host)

    async def take(self, host: str) -> None:
        """Wait for a slot of ``host``, to be given back."""
        entry = self._hosts.setdefault(host, _HostSlots(asyncio.Semaphore(self._per_host)))
        entry.users += 1
        try:
            await entry.slots.acquire()
            try:
                await self._total.acquire()
            except BaseException:
                entry.slots.release()
                raise
        except BaseException:
            self._leave(host, entry)
            raise

    def give_back(self, host: str) -> None:
        """Give back a slot of ``host`` that was taken."""
        entry = self._hosts[host]
        self._total.release()
        entry.slots.release()
        self._leave(host, entry)

    def _leave(self, host: str, entry: _HostSlots) -> None:
        entry.users -= 1
        if not entry.users:
            del self._hosts[host]


@dataclass(frozen=True, slots=True)
class _HeldSlot:
    """A slot while it is entered; a class, as a generator would cost as much again as the rest."""

    slots: Slots
    host: str

    async def __aenter__(self) -> None:
        await self.slots.take(self.host)

    async def __aexit__(self, *_: object) -> None:
        self.slots.give_back(self.host)
