"""What is asked in a thread of its own, with a limit of time, whatever else is busy."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread
from typing import Generic, TypeVar

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
            asked: Future[Answer] = Future()
            asked.set_running_or_notify_cancel()  # who gives up waiting must not cancel it for others
            Thread(target=_fill_future, args=(asked, self._function), name=self._name, daemon=True).start()
            self._asked = asked  # only now: without a thread nobody would ever settle it
        return self._asked


def _fill_future(asked: Future[Answer], function: Callable[[], Answer]) -> None:
    try:
        asked.set_result(function())
    except Exception as error:
        asked.set_exception(error)
