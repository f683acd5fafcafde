"""Processes of this machine: told from each other for good, asked which files they have locked, and ended.

All of it is known by Linux alone; elsewhere no process is found to be here.
"""

import os
import signal
import socket
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_BOOT = Path("/proc/sys/kernel/random/boot_id")
_NAMESPACE = Path("/proc/self/ns/pid")
_STARTED = 19
"""Where the time of the start stands in ``/proc/PID/stat``, behind the name in brackets."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Process:
    """A process: no other one was or will be the same.

    ``host`` is the name of its machine, ``boot`` tells when that was started, ``space`` which numbers of
    processes are meant: those of a container are its own. ``started`` is by the clock of the machine's boot.
    """

    host: str
    boot: str
    space: str
    pid: int
    started: str


def describe_own_process() -> Process | None:
    """Return what this process is known by, None where the system does not tell."""
    try:
        boot, space = _BOOT.read_text(encoding="ascii").strip(), str(_NAMESPACE.readlink())
    except OSError:
        return None
    pid, host = os.getpid(), socket.gethostname()
    return Process(host=host, boot=boot, space=space, pid=pid, started=_read_start(pid) or "")


def is_elsewhere(process: Process) -> bool:
    """Tell whether nothing can be known of a process from here: it is of another machine, or container."""
    own = describe_own_process()
    if own is None or process.host != own.host:
        return True
    return process.boot == own.boot and process.space != own.space


def is_running(process: Process) -> bool:
    """Tell whether a process that is not elsewhere has not ended yet."""
    own = describe_own_process()
    return own is not None and own.boot == process.boot and _read_start(process.pid) == process.started


def has_locked(process: Process, paths: Iterable[Path]) -> bool:
    """Tell whether a running process has locked any of these files; False where that cannot be asked."""
    locks = []
    for path in paths:
        with suppress(OSError):
            locks.append(path.stat())
    try:
        descriptors = list(Path(f"/proc/{process.pid}/fd").iterdir())
    except OSError:
        return False
    return any(_is_lock(descriptor, locks) for descriptor in descriptors)


def end_process(process: Process) -> None:
    """End a running process at once, one that is stopped, too; raises OSError where that is not allowed."""
    with suppress(ProcessLookupError):
        os.kill(process.pid, signal.SIGKILL)


def _is_lock(descriptor: Path, locks: Iterable[os.stat_result]) -> bool:
    with suppress(OSError):  # closed meanwhile
        found = descriptor.stat()
        if any(os.path.samestat(found, lock) for lock in locks):
            return "FLOCK" in (descriptor.parents[1] / "fdinfo" / descriptor.name).read_text(encoding="ascii")
    return False


def _read_start(pid: int) -> str | None:
    """Return when a process was started, None where there is none, or only its exit status is left."""
    try:
        told = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    state, *fields = told.rpartition(")")[2].split()
    return None if state in {"Z", "X"} else fields[_STARTED - 1]
