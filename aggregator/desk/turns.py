"""What the desk asks of the store: one thing at a time, in a thread, with a limit of time.

So it takes a thread and a connection at the most, and publishing and readers never wait for it.
"""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from aggregator.machine.threads import start_in_thread

Result = TypeVar("Result")


class DeskTurns:
    """Calls functions one after the other; one that is late is left to end, and others wait for it."""

    def __init__(self) -> None:
        self._turn = asyncio.Semaphore(1)

    async def take(self, function: Callable[[], Result], within_s: float) -> Result:
        """Return what a function returns; raises TimeoutError, and what it raises."""
        async with asyncio.timeout(within_s):
            await self._turn.acquire()
            try:
                done = start_in_thread(function, name="desk")
            except BaseException:
                self._turn.release()
                raise
            waited = asyncio.wrap_future(done)
            loop = asyncio.get_running_loop()
            done.add_done_callback(lambda _: _call(loop, self._turn.release))
            return await waited


def _call(loop: asyncio.AbstractEventLoop, function: Callable[[], None]) -> None:
    if not loop.is_closed():  # the server may have stopped meanwhile
        loop.call_soon_threadsafe(function)
