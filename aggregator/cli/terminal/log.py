"""Events on standard error, and nothing else: what libraries say there becomes events, too.

``AGGREGATOR_LOG`` chooses the form: ``logfmt`` (key=value), ``json``, or ``console`` for people. Without it
events are for people on a terminal, and else in logfmt.
"""

import logging
import os
import sys
import threading
from collections.abc import Mapping
from typing import Any

from aggregator.errors import ConfigError

VARIABLE = "AGGREGATOR_LOG"
FORMS = ("logfmt", "json", "console")
LIBRARY_EVENT = "library"


def log_to_stderr(level: int = logging.INFO) -> None:
    """Write events of at least ``level`` to standard error, a line each; raises ConfigError for another form.

    Only for people, errors that nobody expected have more lines than one.
    """
    # Commands import this module also where they only print their help.
    import structlog  # noqa: PLC0415

    form = choose_form(os.environ, is_terminal=sys.stderr.isatty())
    # It logs every start that finds the job still at work, which is as it should be.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="%Y-%m-%dT%H:%M:%SZ", utc=True),
            *_make_renderers(form),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    _take_over_libraries()


def choose_form(environ: Mapping[str, str], *, is_terminal: bool) -> str:
    """Return one of ``FORMS``; raises ConfigError where the environment names another."""
    form = environ.get(VARIABLE, "").strip().lower()
    if form and form not in FORMS:
        raise ConfigError([f"{VARIABLE}: {form!r} is no form of the log, allowed: {', '.join(FORMS)}"])
    return form or ("console" if is_terminal else "logfmt")


def _make_renderers(form: str) -> list[Any]:
    import structlog  # noqa: PLC0415

    if form == "console":
        # The other kinds of tracebacks show what is in variables, which may be secret.
        plain = structlog.dev.plain_traceback
        return [
            structlog.dev.ConsoleRenderer(
                pad_event_to=0, colors=sys.stderr.isatty(), exception_formatter=plain
            )
        ]
    # Else of an error nobody expected only its text would be there, and no place in the code.
    traceback = structlog.processors.format_exc_info
    if form == "json":
        return [traceback, structlog.processors.JSONRenderer()]
    return [traceback, structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"])]


class LibraryLog(logging.Handler):
    """Makes events of what libraries log, which would be bare lines and tracebacks."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)

    def emit(self, record: logging.LogRecord) -> None:
        """Log the record as an event; the built-in server counts what uvicorn says by itself."""
        import structlog  # noqa: PLC0415

        if record.name.startswith("uvicorn") and logging.getLogger("uvicorn.error").handlers:
            return
        error = {"exc_info": record.exc_info} if record.exc_info else {}
        logger = structlog.get_logger()
        logger.log(record.levelno, LIBRARY_EVENT, logger=record.name, problem=record.getMessage(), **error)


def _take_over_libraries() -> None:
    """Have records, warnings and errors of threads logged as events, once."""
    root = logging.getLogger()
    if not any(isinstance(handler, LibraryLog) for handler in root.handlers):
        root.addHandler(LibraryLog())
    logging.captureWarnings(True)
    threading.excepthook = _log_thread_error


def _log_thread_error(failed: threading.ExceptHookArgs) -> None:
    import structlog  # noqa: PLC0415

    if failed.exc_value is not None and not isinstance(failed.exc_value, SystemExit):
        name = failed.thread.name if failed.thread else ""
        structlog.get_logger().error("unexpected", thread=name, exc_info=failed.exc_value)
