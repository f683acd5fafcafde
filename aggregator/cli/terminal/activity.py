"""Saying on a terminal what takes longer than a moment, while it does."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def show_activity(what: str) -> Iterator[Callable[[str], None]]:
    """Show ``what`` with a spinner on standard error until the block ends, where that is a terminal.

    What is given shows something else instead from then on.
    """
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    with Console(stderr=True).status(what) as status:
        yield lambda other: status.update(Text(other))  # not as markup: addresses may be anybody's
