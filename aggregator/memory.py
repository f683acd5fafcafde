"""How this process takes memory from the system."""

import ctypes
import sys

ARENAS = 2
_M_ARENA_MAX = -8


def share_arenas() -> None:
    """Let all threads take memory from ``ARENAS`` arenas, where the C library is glibc (mallopt(3)).

    Else each gets one of its own, and keeps in it the most that it ever needed. Python's threads hardly ever
    wait for an arena, as they wait for the interpreter.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, ARENAS)
