"""What commands import: each is run by a process of its own, forked from one that has what all of them import.

As a program it reads commands from its input, a line of JSON each, and answers each with another line.
"""

import json
import os
import subprocess
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stdout, suppress
from io import StringIO
from pathlib import Path
from typing import NamedTuple, Self

ROOT = Path(__file__).parents[2]


class EndedCommand(NamedTuple):
    """How a command ended, what it printed, and which packages there were when it had ended."""

    status: int
    output: str
    packages: list[str]


class CommandImports:
    """A process that has imported what all commands import, and is asked to fork for one after the other."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    @classmethod
    @contextmanager
    def start(cls, folder: Path) -> Iterator[Self]:
        """Start it in a folder, and end it afterwards."""
        paths = os.pathsep.join((str(ROOT), os.environ.get("PYTHONPATH", "")))
        with subprocess.Popen(
            [sys.executable, "-m", "tests.integration.command_imports"], cwd=folder, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": paths},
        ) as process:  # fmt: skip
            yield cls(process)
            process.stdin.close()

    def find(self, words: Sequence[str]) -> set[str]:
        """Return the packages that a command imports, which must succeed."""
        self._process.stdin.write(json.dumps(words) + "\n")
        self._process.stdin.flush()
        done = EndedCommand(*json.loads(self._process.stdout.readline()))
        assert done.status == 0, done.output[-2000:]
        return set(done.packages)


def _answer_all() -> None:
    # What shows help, and what describes the configuration: a command that imports too much imports it still.
    with suppress(SystemExit), redirect_stdout(StringIO()):
        _run_main(["check", "--help"])
    for line in sys.stdin:
        print(json.dumps(_fork(json.loads(line))), flush=True)


def _fork(words: list[str]) -> EndedCommand:
    reading, writing = os.pipe()
    output = os.memfd_create("output")
    child = os.fork()
    if not child:
        _run(words, output, writing)
    os.close(writing)
    with os.fdopen(reading) as names, os.fdopen(output) as printed:
        packages = names.read().split()
        _, ended = os.waitpid(child, 0)
        printed.seek(0)
        return EndedCommand(os.waitstatus_to_exitcode(ended), printed.read(), packages)


def _run(words: list[str], output: int, writing: int) -> None:
    os.dup2(output, 1)
    os.dup2(output, 2)
    status = 1
    try:
        _run_main(words)
        status = 0
    except SystemExit as end:
        status = end.code or 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os.write(writing, " ".join({name.partition(".")[0] for name in sys.modules}).encode())
        os._exit(status if isinstance(status, int) else 1)


def _run_main(words: list[str]) -> None:
    from aggregator.cli import main  # as `python -m aggregator` does

    sys.argv = ["aggregator", *words]
    main()


if __name__ == "__main__":
    _answer_all()
