"""The bar of commands that take long: on a terminal, and nowhere else."""

import io
import os
import pty
from contextlib import redirect_stderr

from aggregator.cli.terminal.progress_bar import show_progress_bar


def _move_bar():
    with show_progress_bar("importing", stays=True) as bar:
        bar.move(3, 7)
        bar.advance(2)
        bar.note("[bold]a.md")
        bar.tell("[red]b.md: it is no record")


def test_a_terminal_shows_the_bar_and_lines_above_it():
    """How far it is and what is at hand are shown, and nothing that comes from outside is read as markup."""
    ours, theirs = pty.openpty()
    with os.fdopen(theirs, "w") as terminal, redirect_stderr(terminal):
        _move_bar()
    shown = os.read(ours, 100_000).decode()
    os.close(ours)
    assert "importing" in shown
    assert "5/7" in shown
    assert "[bold]a.md" in shown
    assert "[red]b.md: it is no record" in shown


def test_without_a_terminal_nothing_is_shown():
    """A log or a file gets no bar."""
    with redirect_stderr(io.StringIO()) as written:
        _move_bar()
    assert written.getvalue() == ""
