"""Interrupts (Ctrl-C) that come where Python can raise no exception."""

import _thread
import sys
from contextlib import suppress
from threading import Timer

_AGAIN_S = 0.02


def repeat_lost_interrupts() -> None:
    """Have an interrupt raised again where it was lost, as in a callback of the importing of modules.

    Python would print it with a traceback, and the program would go on.
    """
    sys.unraisablehook = _repeat_interrupt


def _repeat_interrupt(lost: "sys.UnraisableHookArgs") -> None:
    if not issubclass(lost.exc_type, KeyboardInterrupt):
        sys.__unraisablehook__(lost)
        return
    again = Timer(_AGAIN_S, _thread.interrupt_main)  # raised at once it would be lost again
    again.daemon = True
    with suppress(RuntimeError):  # the process ends anyway
        again.start()
