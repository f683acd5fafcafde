"""How this process takes memory from the system, and how often it collects garbage."""

import ctypes
import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager

ARENAS = 2
COLLECT_AFTER_OBJECTS = 5_000
"""Objects, seven times as many as by default: hardly any of what polls make is part of a cycle."""
MAPPED_FROM_BYTES = 65_536
"""Memory of that size is taken for itself, and given back when it is not in use any more: feeds and pages.

Else the C library raises the size up to 32 MiB as it goes, and what small things stand behind stays in use.
"""
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8


def share_arenas() -> None:
    """Let all threads take memory from ``ARENAS`` arenas, where the C library is glibc (mallopt(3)).

    Else each gets one of its own, and keeps in it the most that it ever needed. Python's threads hardly ever
    wait for an arena, as they wait for the interpreter. What is large is taken from none.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, ARENAS)
        mallopt(_M_MMAP_THRESHOLD, MAPPED_FROM_BYTES)
        mallopt(_M_TRIM_THRESHOLD, 2 * MAPPED_FROM_BYTES)


def return_memory() -> None:
    """Give memory back to the system that is not in use, where the C library is glibc (malloc_trim(3)).

    It does so by itself only at the end of an arena. Takes some milliseconds.
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    if trim is not None:
        trim(0)


@contextmanager
def pause_garbage_collection() -> Iterator[None]:
    """Collect no garbage meanwhile, and never among what there is at the end: for imports, which stay.

    A tenth of the time of imports was spent on it, and as much again after them and when the program ended.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


@contextmanager
def defer_garbage_collection() -> Iterator[None]:
    """Collect no garbage meanwhile, but afterwards: for many objects at once, none part of a cycle.

    Else Python looks through all of them again and again while they are made, which takes longer.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def tune_garbage_collection() -> None:
    """Never collect among what is there now again, and less often among what comes.

    For when all is imported and configured. Python would look through half a million objects that stay for as
    long as the process, again and again: a seventh of what a poll costs where nothing is new.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER_OBJECTS, 10, 10)
