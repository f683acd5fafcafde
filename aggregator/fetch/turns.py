"""Whose turn it is with a service: few polls of it at a time, and a pause between their starts."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

FORGET_ABOVE = 10_000


@dataclass(slots=True)
class _Service:
    slots: asyncio.Semaphore
    users: int = 0
    free_at_s: float = float("-inf")
    held_until_s: float = float("-inf")


class Turns:
    """``at_once`` polls of a service at a time, ``delay_s`` between two starts, first come first served."""

    def __init__(self, at_once: int, delay_s: float) -> None:
        self._at_once = at_once
        self._delay_s = delay_s
        self._services: dict[str, _Service] = {}
        self._last_hold_s = float("-inf")

    def __len__(self) -> int:
        """Return the number of services that are remembered."""
        return len(self._services)

    def hold_back(self, service: str, seconds: float) -> None:
        """Let nobody have a turn with ``service`` for so long; also those who wait for one already."""
        entry = self._services.setdefault(service, _Service(asyncio.Semaphore(self._at_once)))
        until_s = asyncio.get_running_loop().time() + seconds
        entry.held_until_s = max(entry.held_until_s, until_s)
        self._last_hold_s = max(self._last_hold_s, entry.held_until_s)

    def is_any_held(self) -> bool:
        """Tell whether any service may be held back now: mostly none is."""
        return self._last_hold_s > asyncio.get_running_loop().time()

    def held(self) -> tuple[str, ...]:
        """Return the services that are held back now."""
        if not self.is_any_held():
            return ()
        now = asyncio.get_running_loop().time()
        return tuple(name for name, entry in self._services.items() if entry.held_until_s > now)

    def is_held(self, service: str) -> bool:
        """Tell whether ``service`` is held back now."""
        entry = self._services.get(service)
        return entry is not None and entry.held_until_s > asyncio.get_running_loop().time()

    @asynccontextmanager
    async def taken(self, service: str) -> AsyncIterator[bool]:
        """Hold a turn with ``service``; waits for it. False where it is held back: it is not to be asked."""
        loop = asyncio.get_running_loop()
        self._forget(loop.time())
        entry = self._services.setdefault(service, _Service(asyncio.Semaphore(self._at_once)))
        entry.users += 1
        try:
            async with entry.slots:
                now = loop.time()
                if entry.held_until_s > now:
                    yield False
                    return
                start = max(now, entry.free_at_s)
                entry.free_at_s = start + self._delay_s
                if start > now:
                    await asyncio.sleep(start - now)
                yield entry.held_until_s <= loop.time()
        finally:
            entry.users -= 1

    def _forget(self, now: float) -> None:
        """Forget services that nobody uses and that may be asked again, once there are many."""
        if len(self._services) > FORGET_ABOVE:
            services = self._services.items()
            idle = [name for name, s in services if not s.users and max(s.free_at_s, s.held_until_s) <= now]
            for name in idle:
                del self._services[name]
