"""Who has a lock of a tree to which workers write, noted beside it and compared before each file changes.

A process that was stopped while it had a lock may go on when that is another's by now: others replaced the
lock (``break_lock``), or a file server gave it up. It finds another holder noted then, and changes nothing.
"""

__all__ = ["Hold", "break_lock", "check_holds", "find_holder", "holding", "name_holder"]

import os
import secrets
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path

from aggregator.errors import PublishError

HOLDERS = ".holders"
"""The folder in the tree with a file for each lock; where no worker ever published there is none."""
_BYTES = 16
"""Each file has as many for the process and for this hold of it: a full disk takes those, too."""


@dataclass(frozen=True, slots=True)
class Hold:
    """What is noted of a lock that a thread has, for others that do some of its work; nothing by default."""

    path: str = ""
    noted: bytes = b""

    def is_lost(self) -> bool:
        """Tell whether the lock is another's by now."""
        return bool(self.path) and _read(self.path) != self.noted

    def check(self) -> None:
        """Raise PublishError where the lock is another's by now: nothing may be changed then."""
        if self.is_lost():
            raise PublishError("another process publishes by now: this one was taken for gone")

    @contextmanager
    def carried(self) -> Iterator[None]:
        """Have this thread compare it, too, while this lasts."""
        if not self.path:
            yield
            return
        _holds.noted[self.path] = self
        try:
            yield
        finally:
            _holds.noted.pop(self.path, None)


@dataclass(slots=True)
class _Holds(threading.local):
    """What is noted of the locks of this thread, by file."""

    noted: dict[str, Hold] = field(default_factory=dict)


_holds = _Holds()


def name_holder(host: str, pid: int) -> bytes:
    """Return what a process is noted by."""
    return blake2b(f"{host}-{pid}".encode("utf-8", "replace"), digest_size=_BYTES).digest()


@contextmanager
def holding(folder: Path, name: str) -> Iterator[Hold]:
    """Note that this thread has a lock while this lasts, and had it last; raises as ``check_holds`` does.

    Gives what is noted. Where nothing can be noted, as without the folder for it, nothing is compared.
    """
    check_holds()
    path = f"{folder}/{HOLDERS}/{name}"
    noted = name_holder(socket.gethostname(), os.getpid()) + secrets.token_bytes(_BYTES)
    hold = Hold()
    with suppress(OSError):
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o666)
        try:
            os.pwrite(descriptor, noted, 0)
        finally:
            os.close(descriptor)
        hold = Hold(path, noted)
    with hold.carried():
        yield hold


def check_holds() -> None:
    """Raise PublishError where any lock of this thread is another's by now: nothing may be changed then."""
    for hold in _holds.noted.values():
        hold.check()


def find_holder(folder: Path, name: str) -> bytes | None:
    """Return by what the process is noted that has a lock, or had it last; None where none is."""
    return _read(f"{folder}/{HOLDERS}/{name}")[:_BYTES] or None


def break_lock(folder: Path, name: str, holder: bytes) -> bool:
    """Give a lock to whoever asks for it next, if this holder had it last; tell whether it had.

    Who waits for it gets the new one. Raises OSError.
    """
    if find_holder(folder, name) != holder:
        return False
    Path(folder, HOLDERS, name).unlink()
    (folder / name).unlink(missing_ok=True)
    return True


def _read(path: str) -> bytes:
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError:
        return b""
    try:
        return os.pread(descriptor, 2 * _BYTES, 0)
    finally:
        os.close(descriptor)
