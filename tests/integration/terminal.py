"""The program on a terminal, where somebody types."""

import os
import pty
import subprocess
import sys
from pathlib import Path


def run_on_terminal(*words: str, typed: str, cwd: Path | None = None) -> tuple[str, int]:
    """Return what is shown on a terminal where this is typed while the program runs, and its exit code."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "aggregator", *words]
    with subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, close_fds=True, cwd=cwd
    ) as program:
        os.close(theirs)
        os.write(ours, typed.encode())
        shown = b""
        try:
            while chunk := os.read(ours, 4096):
                shown += chunk
        except OSError:  # as Linux says that the other side is closed
            pass
        program.wait(60)
    os.close(ours)
    return shown.decode(), program.returncode
