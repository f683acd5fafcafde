"""A bar on a terminal for what takes longer than a moment and tells how much of it is done."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class ProgressBar:
    """A bar on standard error; where that is no terminal it shows nothing.

    ``update``  changes the fields of the bar
    ``tell``    prints a line above it
    """

    update: Callable[..., None] = lambda **_fields: None
    tell: Callable[[str], None] = lambda _line: None

    def advance(self, count: int = 1) -> None:
        """Count that much more as done."""
        self.update(advance=count)

    def move(self, done: int, total: int) -> None:
        """Show how much is done, and of how much."""
        self.update(completed=done, total=total)

    def note(self, text: str) -> None:
        """Show beside the bar what is at hand."""
        self.update(note=text)


@contextmanager
def show_progress_bar(what: str, total: int | None = None, *, stays: bool = False) -> Iterator[ProgressBar]:
    """Give a bar for ``what``; ``total`` is None until it is known. One that ``stays`` is left to be read."""
    if not sys.stderr.isatty():
        yield ProgressBar()
        return
    # Loaded for a terminal alone: no other command waits for it.
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import (  # noqa: PLC0415
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
    )

    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
        TextColumn("{task.fields[note]}", markup=False),
    )  # fmt: skip
    with Progress(*columns, console=Console(stderr=True), transient=not stays) as progress:
        task = progress.add_task(what, total=total, note="")
        yield ProgressBar(
            update=lambda **fields: progress.update(task, **fields),
            tell=lambda line: progress.console.print(line, markup=False, highlight=False),
        )
