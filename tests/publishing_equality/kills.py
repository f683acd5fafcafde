"""Ends that come at any moment: work done by a process that dies between two of its steps."""

import os
import signal
import sqlite3
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

from sqlalchemy import Engine, event

from aggregator.publish import folder_locks

FILE_STEPS = frozenset({
    "open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "socket.connect",
})  # fmt: skip
"""What the interpreter tells before a file or folder is opened, made, moved or removed, and before it connects."""


class CountdownToKill:
    """Kills the process at once when so many steps were begun."""

    def __init__(self, steps: int) -> None:
        self.left = steps

    def count(self, *_: object) -> None:
        self.left -= 1
        if self.left <= 0:
            os.kill(os.getpid(), signal.SIGKILL)


def run_and_die(work: Callable[[], object], after: int) -> bool:
    """Do some work in a process that dies after so many steps of files and of the database.

    Whoever calls this has no database open. Returns whether the work was done before.
    """
    child = os.fork()
    if child == 0:
        try:
            folder_locks._get_lock.cache_clear()  # a lock of another process cannot be used
            die_after(after)
            work()
            os._exit(0)
        except BaseException:
            sys.excepthook(*sys.exc_info())
        finally:
            os._exit(2)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if code not in {0, -signal.SIGKILL}:
        raise AssertionError(f"the process that was to be killed ended with {code}")
    return code == 0


def die_after(steps: int) -> CountdownToKill:
    """Have this process killed after so many steps of files and of the database; return what counts them."""
    countdown = CountdownToKill(steps)
    sys.addaudithook(partial(_count_files, countdown))
    event.listen(Engine, "connect", partial(_trace, countdown))
    return countdown


def _count_files(countdown: CountdownToKill, name: str, details: tuple[Any, ...]) -> None:
    if name in FILE_STEPS and not (name == "open" and _is_import(details)):
        countdown.count()


def _is_import(details: tuple[Any, ...]) -> bool:
    return str(details[0]).endswith((".py", ".pyc", ".so"))


def _trace(countdown: CountdownToKill, connection: Any, _: object) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.set_trace_callback(countdown.count)
    else:
        connection.cursor_factory = _count_calls(countdown, connection.cursor_factory)


def _count_calls(countdown: CountdownToKill, cursors: type[Any]) -> type[Any]:
    """Return the cursors of PostgreSQL's driver that count what they are asked to do."""

    class CountingCursor(cursors):  # type: ignore[misc]  # the driver's class is known at run time
        def execute(self, *details: Any, **more: Any) -> Any:
            countdown.count()
            return super().execute(*details, **more)

        def executemany(self, *details: Any, **more: Any) -> None:
            countdown.count()
            super().executemany(*details, **more)

    return CountingCursor
