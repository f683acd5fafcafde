"""A file on the disk, replaced whole: its bytes are synced under another name before they take its place."""

import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from errno import EBUSY
from io import FileIO
from typing import TypeAlias

Parts: TypeAlias = tuple[bytes | memoryview, ...]
"""The bytes of a file in pieces, which need not be put together to be written."""
Content: TypeAlias = bytes | Parts
UNFINISHED = ".unfinished"
"""What the names of files end with that are not yet in their place."""
_PARTS_AT_ONCE = 1_000
"""The system takes no more than 1,024 (IOV_MAX)."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What tells a file from one that is put in its place later; ``modified_ns`` is its mtime."""

    inode: int
    size_bytes: int
    modified_ns: int


def make_stamp(found: os.stat_result) -> Stamp:
    """Return the stamp of a file that was looked at."""
    return Stamp(found.st_ino, found.st_size, found.st_mtime_ns)


def list_parts(content: Content) -> Parts:
    """Return the bytes of a file in pieces."""
    return (content,) if isinstance(content, bytes) else content


@dataclass(frozen=True, slots=True)
class UnfinishedFile:
    """A file with all of its bytes, under another name, which are on their way to the disk."""

    path: str
    unfinished: str
    file: FileIO


def start_file(path: str, content: Content) -> UnfinishedFile:
    """Write the bytes that a file is to have under another name; raises OSError where that cannot be done.

    The system then begins to bring them to the disk: several files get there sooner than one after another.
    """
    parent, _, base = path.rpartition("/")
    unfinished = f"{parent}/.{base}{UNFINISHED}"
    file = _create_file(unfinished)
    try:
        parts = list_parts(content)
        for start in range(0, len(parts), _PARTS_AT_ONCE):
            _write_parts(file.fileno(), parts[start : start + _PARTS_AT_ONCE])
        _start_syncing(file.fileno())
    except OSError:
        file.close()
        os.unlink(unfinished)
        raise
    return UnfinishedFile(path, unfinished, file)


def finish_file(started: UnfinishedFile) -> Stamp:
    """Put the file in its place once its bytes are on the disk; raises OSError where that cannot be done.

    Also where another process wrote one under the same name: it was taken for gone, and went on.
    """
    try:
        with started.file as file:
            os.fsync(file.fileno())
            stamp = make_stamp(os.fstat(file.fileno()))
        if is_ours := os.stat(started.unfinished).st_ino == stamp.inode:
            os.rename(started.unfinished, started.path)
    except OSError:
        with suppress(FileNotFoundError):
            os.unlink(started.unfinished)
        raise
    if not is_ours:
        raise OSError(EBUSY, "another process was writing it, too")
    return stamp


def discard_file(started: UnfinishedFile) -> None:
    """Leave the file in its place as it is, and remove what was written for it."""
    started.file.close()
    with suppress(OSError):
        os.unlink(started.unfinished)


def replace_file(path: str, content: Content) -> Stamp:
    """Replace a file's bytes in one step; raises OSError where that cannot be done."""
    return finish_file(start_file(path, content))


def _create_file(path: str) -> FileIO:
    """Return a new file, in place of one that a killed writer left."""
    try:
        return open(path, "xb", buffering=0)
    except FileExistsError:
        os.unlink(path)
        return open(path, "xb", buffering=0)


def _start_syncing(descriptor: int) -> None:
    # Linux begins to write what it is told not to keep, and keeps what is not written yet.
    if hasattr(os, "posix_fadvise"):
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)


def _write_parts(descriptor: int, parts: Sequence[bytes | memoryview]) -> None:
    # Putting the parts together first would take as long again as writing them.
    written = os.writev(descriptor, parts)
    if written < sum(map(len, parts)):
        rest = memoryview(b"".join(parts))[written:]
        while rest:
            rest = rest[os.write(descriptor, rest) :]
