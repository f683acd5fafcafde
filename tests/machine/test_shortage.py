"""Which errors say that this machine lacks something, however deep in others they are."""

import errno
import socket
import sqlite3

import pytest

from aggregator.machine.shortage import describe_shortage


def raised(error, *around):
    """Return the outermost of errors that were each raised from the one before."""
    for outer in around:
        outer.__cause__ = error
        error = outer
    return error


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(errno.EMFILE, "x"), "too many open files: raise the limit of open files (`ulimit -n`)"),
        (
            raised(OSError(errno.ENFILE, "x"), ValueError("y"), KeyError("z")),
            "too many open files in system: ",
        ),
        (OSError(errno.ENOSPC, "x"), "no space left on device: free disk space"),
        (raised(MemoryError(), RuntimeError("y")), "not enough memory: "),
        (RuntimeError("can't start new thread"), "no thread can be started: "),
    ],
)
def test_what_the_machine_lacks_is_reported(error, said):
    """One line says what is missing and what to do."""
    assert describe_shortage(error).startswith(said)


@pytest.mark.parametrize(
    "error",
    [
        ValueError("x"),
        ConnectionRefusedError(errno.ECONNREFUSED, "x"),
        socket.gaierror(socket.EAI_NONAME, "x"),
        socket.gaierror(errno.EMFILE, "of other numbers"),
        RuntimeError("can't"),
        sqlite3.DataError("string or blob too big"),
        FileNotFoundError(errno.ENOENT, "x"),
    ],
)
def test_other_errors_are_none_of_it(error):
    """What a source answers, and what we do wrong, is not the machine's."""
    assert describe_shortage(error) is None


def test_a_circle_of_errors_ends():
    """Errors may each be raised while the other was handled."""
    one, other = ValueError("one"), ValueError("other")
    one.__context__, other.__context__ = other, one
    assert describe_shortage(one) is None
