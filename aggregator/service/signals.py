"""What the system's signals mean to the service."""

import asyncio
import signal
import sys

from aggregator.service.live_config import LiveConfig


def stop_on_signals() -> asyncio.Event:
    """Return an event that is set by SIGTERM and Ctrl-C."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    return stop


def reload_on_signal(live: LiveConfig, stop: asyncio.Event) -> None:
    """Let SIGHUP reload the configuration, but stop where it says that our terminal was closed."""
    has_terminal = sys.stderr.isatty()

    def take_hangup() -> None:
        if has_terminal and not sys.stderr.isatty():
            stop.set()
        else:
            live.request_reload()

    asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, take_hangup)
