"""Functions called in threads of their own, which end with the process at the latest."""

from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread
from typing import TypeVar

Result = TypeVar("Result")


def start_in_thread(function: Callable[[], Result], *, name: str) -> "Future[Result]":
    """Call a function in a thread of this name; return what will have its result, and cannot be cancelled.

    Raises RuntimeError where no thread can be started.
    """
    result: Future[Result] = Future()
    result.set_running_or_notify_cancel()  # who gives up waiting must not cancel it for others
    Thread(target=_fill, args=(result, function), name=name, daemon=True).start()
    return result


def _fill(result: "Future[Result]", function: Callable[[], Result]) -> None:
    try:
        result.set_result(function())
    except BaseException as error:
        result.set_exception(error)
