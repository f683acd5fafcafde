"""Whose turn it is with a service: few polls of it at a time, and a pause between their starts.

Pauses are kept here in memory only; ``cadence.outcome`` says what a 429 means and who else keeps its pause.
"""

import asyncio
from dataclasses import dataclass

FORGET_ABOVE = 10_000


@dataclass(slots=True)
class _ServiceTurns:
    slots: asyncio.Semaphore
    users: int = 0
    free_at_s: float = float("-inf")
    paused_until_s: float = float("-inf")
    rests_until_s: float = float("-inf")


class Turns:
    """``at_once`` polls of a service at a time, ``delay_s`` between two starts, first come first served."""

    def __init__(self, at_once: int, delay_s: float) -> None:
        self._at_once = at_once
        self.delay_s = delay_s
        self._services: dict[str, _ServiceTurns] = {}
        self._last_pause_s = float("-inf")
        self._all_paused_until_s = float("-inf")

    def __len__(self) -> int:
        """Return the number of services that are remembered."""
        return len(self._services)

    def pause(self, service: str, seconds: float) -> None:
        """Give no turn with ``service`` for this long, not even to those who wait for one already."""
        entry = self._services.setdefault(service, _ServiceTurns(asyncio.Semaphore(self._at_once)))
        until_s = asyncio.get_running_loop().time() + seconds
        entry.paused_until_s = max(entry.paused_until_s, until_s)
        self._last_pause_s = max(self._last_pause_s, entry.paused_until_s)

    def pause_all(self, seconds: float) -> None:
        """Give no turn with any service for this long: none could be asked."""
        self._all_paused_until_s = asyncio.get_running_loop().time() + seconds
        self._last_pause_s = max(self._last_pause_s, self._all_paused_until_s)

    def rest(self, service: str, seconds: float) -> None:
        """Give no turn with ``service`` for this long, or until ``end_rests``: others are asked first."""
        entry = self._services.setdefault(service, _ServiceTurns(asyncio.Semaphore(self._at_once)))
        entry.rests_until_s = asyncio.get_running_loop().time() + seconds
        self._last_pause_s = max(self._last_pause_s, entry.rests_until_s)

    def end_rests(self) -> None:
        """Let all be asked again that rest, and that were paused together."""
        self._all_paused_until_s = float("-inf")
        for entry in self._services.values():
            entry.rests_until_s = float("-inf")

    def are_all_paused(self) -> bool:
        """Tell whether no service may be asked now, for a reason of our own."""
        return self._all_paused_until_s > asyncio.get_running_loop().time()

    def count_pause_s(self, service: str) -> float:
        """Return for how many seconds more ``service`` is paused, 0 where it is not."""
        entry = self._services.get(service)
        until_s = float("-inf") if entry is None else entry.paused_until_s
        return max(0.0, until_s - asyncio.get_running_loop().time())

    def is_any_paused(self) -> bool:
        """Tell whether any service may be paused now: mostly none is."""
        return self._last_pause_s > asyncio.get_running_loop().time()

    def list_paused(self) -> tuple[str, ...]:
        """Return the services that are paused now."""
        if not self.is_any_paused():
            return ()
        now = asyncio.get_running_loop().time()
        return tuple(name for name, entry in self._services.items() if _free_at_s(entry) > now)

    def is_paused(self, service: str) -> bool:
        """Tell whether ``service`` is paused now."""
        entry = self._services.get(service)
        is_itself = entry is not None and _free_at_s(entry) > asyncio.get_running_loop().time()
        return is_itself or self.are_all_paused()

    def hold(self, service: str) -> "_Turn":
        """Hold a turn with ``service``, as an async context manager; waits for it.

        Entered it is False where the service is paused: it is not to be asked.
        """
        self._forget(asyncio.get_running_loop().time())
        entry = self._services.setdefault(service, _ServiceTurns(asyncio.Semaphore(self._at_once)))
        return _Turn(entry, self)

    def _forget(self, now: float) -> None:
        """Once there are many, forget services that are not in use and may be asked again."""
        if len(self._services) > FORGET_ABOVE:
            services = self._services.items()
            idle = [n for n, s in services if not s.users and max(s.free_at_s, _free_at_s(s)) <= now]
            for name in idle:
                del self._services[name]


@dataclass(frozen=True, slots=True)
class _Turn:
    """A turn while it is entered; a class, as a generator would cost as much again as the rest."""

    service: _ServiceTurns
    turns: Turns

    async def __aenter__(self) -> bool:
        self.service.users += 1
        try:
            await self.service.slots.acquire()
            try:
                return await self._begin()
            except BaseException:
                self.service.slots.release()
                raise
        except BaseException:
            self.service.users -= 1
            raise

    async def __aexit__(self, *_: object) -> None:
        self.service.slots.release()
        self.service.users -= 1

    async def _begin(self) -> bool:
        """Wait for the pause since the last start to end; tell whether the service may be asked then."""
        service, loop = self.service, asyncio.get_running_loop()
        now = loop.time()
        if _free_at_s(service) > now or self.turns.are_all_paused():
            return False
        start = max(now, service.free_at_s)
        service.free_at_s = start + self.turns.delay_s
        if start > now:
            await asyncio.sleep(start - now)
        return _free_at_s(service) <= loop.time() and not self.turns.are_all_paused()


def _free_at_s(service: _ServiceTurns) -> float:
    """Return when a service may be asked again, by its pause and its rest."""
    return max(service.paused_until_s, service.rests_until_s)
