"""How services and workers end, whatever is under way."""

import os
import signal
import threading

import structlog

STOP_WITHIN_S = 8

log = structlog.get_logger()


def stop_in_time() -> None:
    """End the process even where a thread still reads a huge document; what is stored is whole."""
    timer = threading.Timer(STOP_WITHIN_S, os._exit, args=(0,))
    timer.daemon = True
    timer.start()


def stop_for_another(why: str) -> None:
    """End the service, as at SIGTERM, where another one took over its store while the database was away."""
    log.error("stop", error=why)
    os.kill(os.getpid(), signal.SIGTERM)
