"""A file on the disk, replaced whole: its bytes are synced under another name before they take its place."""

import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
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


def join_content(content: Content) -> bytes:
    """Return the bytes of a file in one piece."""
    return content if isinstance(content, bytes) else b"".join(content)


def replace_file(path: str, content: Content) -> Stamp:
    """Replace a file's bytes in one step; raises OSError where that cannot be done."""
    parent, _, base = path.rpartition("/")
    unfinished = f"{parent}/.{base}{UNFINISHED}"
    try:
        stamp = _write_synced(unfinished, (content,) if isinstance(content, bytes) else content)
        os.rename(unfinished, path)
    except OSError:
        with suppress(FileNotFoundError):
            os.unlink(unfinished)
        raise
    return stamp


def _write_synced(path: str, parts: Parts) -> Stamp:
    with suppress(FileNotFoundError):  # a killed writer left it
        os.unlink(path)
    with open(path, "xb", buffering=0) as file:
        for start in range(0, len(parts), _PARTS_AT_ONCE):
            _write_parts(file.fileno(), parts[start : start + _PARTS_AT_ONCE])
        os.fsync(file.fileno())
        return make_stamp(os.fstat(file.fileno()))


def _write_parts(descriptor: int, parts: Sequence[bytes | memoryview]) -> None:
    # Putting the parts together first would take as long again as writing them.
    written = os.writev(descriptor, parts)
    if written < sum(map(len, parts)):
        rest = memoryview(b"".join(parts))[written:]
        while rest:
            rest = rest[os.write(descriptor, rest) :]
