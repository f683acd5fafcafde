"""The program in a process of its own, forked from one that has imported it already.

Most of a short command's time is that of importing. Everything else is as when an operator runs it: its own
arguments, environment, working directory, standard streams and exit code.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from multiprocessing import get_context
from pathlib import Path

from aggregator.cli.commands import COMMANDS

TIMEOUT_S = 120
_FORKS = get_context("forkserver")
_FORKS.set_forkserver_preload(
    ["__main__", *sorted({f"aggregator.cli.{module}" for module, _ in COMMANDS.values()})]
)


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
    for number, path, mode in ((0, Path(os.devnull), "rb"), (1, out, "wb"), (2, err, "wb")):
        with path.open(mode) as file:
            os.dup2(file.fileno(), number)
    if cwd is not None:
        os.chdir(cwd)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["aggregator", *words]
    from aggregator.cli import main  # there already, in the process that this one is forked from

    main()
