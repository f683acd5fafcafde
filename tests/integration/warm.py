"""The program in a process of its own, forked from one that has imported and rehearsed it already.

Most of a short command's time is that of its start. Everything else is as when an operator runs it: its own
arguments, environment, working directory, standard streams and exit code.
"""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Thread

TIMEOUT_S = 120
_FORKS = get_context("forkserver")
_FORKS.set_forkserver_preload(["__main__", "tests.integration.rehearsal"])


class WarmProgram:
    """A program that runs, with what tests need of a ``Popen``: it prints to ``stdout``, line by line."""

    def __init__(self, words: Sequence[str], *, cwd: Path | None, environment: Mapping[str, str]) -> None:
        ours, theirs = _FORKS.Pipe(duplex=False)
        with ours, theirs:
            self._process = _FORKS.Process(target=_print_to, args=(theirs, words, cwd, dict(environment)))
            self._process.start()
            self.stdout = os.fdopen(os.dup(ours.fileno()), encoding="utf-8")

    @property
    def pid(self) -> int:
        """Its number."""
        assert self._process.pid is not None
        return self._process.pid

    @property
    def returncode(self) -> int | None:
        """Its exit code, the signal's with a minus where one killed it, None while it runs."""
        return self._process.exitcode

    def poll(self) -> int | None:
        """Return its exit code, None while it runs."""
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end and return its exit code; raises TimeoutExpired."""
        self._process.join(timeout)
        if self.returncode is None:
            raise subprocess.TimeoutExpired("aggregator", timeout or 0)
        return self.returncode

    def communicate(self, timeout: float | None = None) -> tuple[str, None]:
        """Wait for its end and return what it had still to print; killed before it raises TimeoutExpired."""
        if self.stdout.closed:
            self.wait(timeout)
            return "", None
        read: list[str] = []
        reader = Thread(target=lambda: read.append(self.stdout.read()))
        reader.start()
        try:
            self.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
            raise
        finally:
            reader.join()
            self.stdout.close()
        return read[0], None

    def send_signal(self, number: int) -> None:
        """Send a signal, unless it ended."""
        if self.returncode is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """Kill it, unless it ended."""
        self.send_signal(signal.SIGKILL)


def run_warm(
    words: Sequence[str], *, cwd: Path | None, environment: Mapping[str, str], text: bool
) -> subprocess.CompletedProcess:
    """Run ``aggregator WORDS`` to its end; raises TimeoutExpired."""
    with tempfile.TemporaryDirectory() as folder:
        out, err = Path(folder, "out"), Path(folder, "err")
        program = _FORKS.Process(target=_play, args=(words, cwd, dict(environment), out, err))
        program.start()
        program.join(TIMEOUT_S)
        is_late = program.exitcode is None
        program.kill()
        program.join()
        said = [stream.read_text(encoding="utf-8") if text else stream.read_bytes() for stream in (out, err)]
    if is_late:
        raise subprocess.TimeoutExpired(words, TIMEOUT_S, *said)
    return subprocess.CompletedProcess(words, program.exitcode, *said)


def _play(
    words: Sequence[str], cwd: Path | None, environment: Mapping[str, str], out: Path, err: Path
) -> None:
    with out.open("wb") as out_file, err.open("wb") as err_file:
        _run_main(words, cwd, environment, out_file.fileno(), err_file.fileno())


def _print_to(
    sender: Connection, words: Sequence[str], cwd: Path | None, environment: Mapping[str, str]
) -> None:
    with sender:
        sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]  # it is a text file
        _run_main(words, cwd, environment, sender.fileno(), sender.fileno())


def _run_main(
    words: Sequence[str], cwd: Path | None, environment: Mapping[str, str], out: int, err: int
) -> None:
    with Path(os.devnull).open("rb") as nothing:
        for number, file in ((0, nothing.fileno()), (1, out), (2, err)):
            os.dup2(file, number)
    if cwd is not None:
        os.chdir(cwd)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["aggregator", *words]
    from aggregator.cli import main  # there already, in the process that this one is forked from

    main()
