"""Ctrl-C ends the program silently, whatever it is at."""

import subprocess
import sys

import pytest

INTERRUPTED = """
import signal, sys

MODULE, HOW = sys.argv[1:]

class Lost:
    def __del__(self):
        signal.raise_signal(signal.SIGINT)
        sum(range(10))

class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == MODULE:
            Lost() if HOW == "lost" else signal.raise_signal(signal.SIGINT)

sys.meta_path.insert(0, Finder())
from aggregator.cli import main
sys.argv = ["aggregator", "backup", "no.db"]
main()
"""


@pytest.mark.parametrize(
    ("module", "how"),
    [("typer", "raised"), ("sqlalchemy", "raised"), ("sqlalchemy", "lost")],
    ids=["at the start", "as the command is imported", "where no exception can be raised"],
)
def test_an_interrupt_while_modules_are_imported_ends_the_program(tmp_path, module, how):
    """Nothing is printed, and the exit code is 130; what is lost in a callback is raised again."""
    program = [sys.executable, "-c", INTERRUPTED, module, how]
    done = subprocess.run(program, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert (done.returncode, done.stderr, done.stdout) == (130, "", "")
