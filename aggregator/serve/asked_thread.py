"""What is asked in a thread of its own, with a limit of time, whatever else is busy."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, TypeVar

from aggregator.machine.threads import start_in_thread

Answer = TypeVar("Answer")


class AskedThread(Generic[Answer]):
    """Calls ``function``, which must answer within ``within_s`` seconds, in a thread of its own.

    Threads that files and hubs wait for may all be busy. Who asks while an answer is awaited gets the same
    one, so that a function that hangs takes one thread.
    """

    def __init__(self, function: Callable[[], Answer], within_s: float, *, name: str) -> None:
        self._function = function
        self._within_s = within_s
        self._name = name
        self._asked: Future[Answer] | None = None

    async def ask(self) -> Answer:
        """Return the answer; raises TimeoutError, and what the function raises."""
        try:
            async with asyncio.timeout(self._within_s):
                return await asyncio.wrap_future(self._start())
        except TimeoutError as error:
            raise TimeoutError(f"no answer within {self._within_s:g} s") from error

    def _start(self) -> Future[Answer]:
        if self._asked is None or self._asked.done():
            self._asked = start_in_thread(self._function, name=self._name)
        return self._asked
