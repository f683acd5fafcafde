"""The locks of the published tree: one process or thread writes to it, or publishes, after another."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from aggregator.errors import PublishError
from aggregator.publish.lock_holders import Hold, holding
from aggregator.publish.touched_folders import make_folder

if TYPE_CHECKING:
    from filelock import FileLock

_LOCK = ".writing.lock"
PUBLISHING = ".publishing.lock"
UPLOADING = ".uploading.lock"
_WAIT_S = 60
_LOCKS_KEPT = 256
"""Locks that are remembered, more than a process ever has: those of one tree, of which topics have some."""


def lock_publication(folder: Path) -> AbstractContextManager[None]:
    """Hold the lock of whoever publishes to the folder: one after another; raises as ``lock_folder`` does."""
    return lock_folder(folder, PUBLISHING)


def try_to_lock_uploads(folder: Path) -> AbstractContextManager[Hold | None]:
    """Hold the lock of whoever uploads the folder, and give what is noted of it; None: another has it."""
    return try_to_lock(folder, UPLOADING)


@contextmanager
def try_to_lock(folder: Path, name: str) -> Iterator[Hold | None]:
    """Hold one of the folder's locks, and give what is noted of it; None: another has it, or none can."""
    from filelock import Timeout  # noqa: PLC0415

    lock = _get_lock(folder / name)
    try:
        lock.acquire(timeout=0)
    except (Timeout, OSError):
        yield None
        return
    try:
        with holding(folder, name) as hold:
            yield hold
    finally:
        lock.release()


@contextmanager
def lock_folder(folder: Path, name: str = _LOCK) -> Iterator[None]:
    """Hold one of the folder's locks, which the system releases when its holder dies.

    A thread that holds it may ask for it again, as several calls of ``write_files`` do: that costs little.
    Raises PublishError where another process or thread holds it for a minute, or the folder cannot be used.
    """
    from filelock import Timeout  # noqa: PLC0415

    lock = _get_lock(folder / name)
    if lock.is_locked:  # by this thread: each has a state of its own
        yield
        return
    try:
        make_folder(folder)
        lock.acquire()
    except Timeout as error:
        raise PublishError(f"{folder}: another process has been writing for {_WAIT_S} s") from error
    except (FileExistsError, NotADirectoryError) as error:
        raise PublishError(
            f"{error.filename}: a file stands where a folder is to be; move it away"
        ) from error
    except OSError as error:
        raise PublishError(f"{folder}: cannot be written to: {describe_reason(error)}") from error
    try:
        with holding(folder, name):
            yield
    finally:
        lock.release()


def list_locks(folder: Path) -> list[Path]:
    """Return the files of all locks of a folder that anybody ever took."""
    return sorted(folder.glob(".*.lock"))


@lru_cache(_LOCKS_KEPT)
def _get_lock(path: Path) -> "FileLock":
    # Commands that only look at the tree never ask for it.
    from filelock import FileLock  # noqa: PLC0415

    return FileLock(path, timeout=_WAIT_S)


def describe_reason(error: Exception) -> str:
    """Return what an error says to people."""
    return (isinstance(error, OSError) and error.strerror) or str(error)
