"""What goes wrong with clients: counted, and logged in one line a minute."""

import asyncio
import logging
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from threading import Lock
from traceback import extract_tb

import structlog

from aggregator.errors import describe_error

_EVERY_S = 60.0
_GRAVE = frozenset({"refused", "made_room", "no_descriptors", "failed_answers", "problems"})
_KINDS = {
    "Invalid HTTP request received.": "bad_requests",
    "Exception in ASGI application": "failed_answers",
    "ASGI callable returned without completing response.": "failed_answers",
}
# a client that offers another protocol is answered in this one
_HARMLESS = ("Unsupported upgrade request.", "No supported WebSocket library detected.")
_MAX_TEXT = 200
log = structlog.get_logger()


class EventCounts:
    """Counts by kind since the last line; may be counted in from any thread."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._last_error = ""
        self._logged_at: float | None = None
        self._lock = Lock()

    def count(self, kind: str, error: str = "") -> None:
        """Count something of ``kind``; the last error goes into the line."""
        with self._lock:
            self._counts[kind] += 1
            self._last_error = error or self._last_error

    def log_counts(self, now: float, *, connections: int, is_last: bool = False) -> None:
        """Write what was counted to the log, unless that was done within the last minute."""
        with self._lock:
            is_early = self._logged_at is not None and now - self._logged_at < _EVERY_S
            if not self._counts or (is_early and not is_last):
                return
            counts, error = dict(sorted(self._counts.items())), self._last_error
            self._counts.clear()
            self._last_error = ""
            self._logged_at = now
        write = log.warning if _GRAVE & counts.keys() else log.info
        with suppress(
            OSError, ValueError
        ):  # a log that cannot be written must not end the server's deadlines
            write("server", **counts, connections=connections, **({"error": error} if error else {}))


class UvicornLog(logging.Handler):
    """Counts what uvicorn logs as warnings and errors, which would be bare lines and tracebacks."""

    def __init__(self, counts: EventCounts) -> None:
        super().__init__(logging.WARNING)
        self._counts = counts

    def emit(self, record: logging.LogRecord) -> None:
        """Count the record."""
        message = record.getMessage().strip()
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, asyncio.CancelledError) or message.startswith(_HARMLESS):
            return  # the first is the server's own stop
        kind = _KINDS.get(message, "problems")
        if error is not None:
            self._counts.count(kind, describe_with_place(error))
        else:
            self._counts.count(kind, message if kind == "problems" else "")


def count_loop_errors(counts: EventCounts) -> None:
    """Count what the running event loop would write to standard error with a traceback."""

    def note(_loop: asyncio.AbstractEventLoop, context: Mapping[str, object]) -> None:
        error = context.get("exception")
        text = (
            describe_with_place(error)
            if isinstance(error, BaseException)
            else str(context.get("message", ""))
        )
        counts.count("problems", text[:_MAX_TEXT])

    asyncio.get_running_loop().set_exception_handler(note)


def describe_with_place(error: BaseException) -> str:
    """Return an error in one line, with the place in the code that raised it."""
    frames = extract_tb(error.__traceback__)
    place = f" ({frames[-1].filename.rpartition('/')[2]}:{frames[-1].lineno})" if frames else ""
    text = describe_error(error)
    return f"{text[:_MAX_TEXT]}{place}"
