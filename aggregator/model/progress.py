"""How far long work has come, for whoever waits for it."""

from collections.abc import Callable

OnProgress = Callable[[int, int], None]
"""Told how much of how much is done: of pages, files or articles, as the function says that calls it."""


def ignore_progress(_done: int, _total: int) -> None:
    """Tell nobody."""
