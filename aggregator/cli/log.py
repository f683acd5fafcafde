"""Events on standard error."""

import logging
import sys


def log_to_stderr(level: int = logging.INFO) -> None:
    """Write events of at least ``level`` to standard error, a line each."""
    # Commands import this module also where they only print their help.
    import structlog  # noqa: PLC0415

    renderer = (
        structlog.dev.ConsoleRenderer(pad_event_to=0)
        if sys.stderr.isatty()
        else structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"])
    )
    # It logs every start that finds the job still at work, which is as it should be.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="%Y-%m-%dT%H:%M:%SZ", utc=True),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
