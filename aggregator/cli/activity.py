"""Saying on a terminal what takes longer than a moment, while it does."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def show_activity(what: str) -> Iterator[None]:
    """Show ``what`` with a spinner on standard error until the block ends, where that is a terminal."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console  # noqa: PLC0415

    with Console(stderr=True).status(what):
        yield
