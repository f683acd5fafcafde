"""From a request's path to the bytes of a file of the published tree."""

import hashlib
import os
import re
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from io import FileIO
from pathlib import Path

from aggregator.publish.tree_paths import is_hidden
from aggregator.serve.cache import BoundedCache

_INDEX = "index.html"
# what publishing keeps compressed for other servers: here a document's own address has every coding
_COMPRESSED = re.compile(
    r".*\.(?:html|css|js|json|opml|xml|xsl|txt|md|svg)\.(?:gz|br|zst)\Z", re.DOTALL | re.IGNORECASE
)
# a file replaced twice within the file system's clock tick keeps its time of change, perhaps its size too
_SETTLED_AFTER_NS = 2_000_000_000
_MAX_DIGESTS = 20_000
_MAX_READ_BYTES = 256 * 1024
"""Longer files are not read before they are sent, and stay open instead."""
_DIGEST_LENGTH = 32
Stamp = tuple[int, int, int, int, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class ServedFile:
    """A file as it was at one moment; ``name`` is below the tree's root, with ``/``.

    ``content`` is the open file, at its start, where it is long: it is to be closed.
    """

    name: str
    content: bytes | FileIO
    size_bytes: int
    digest: str
    modified_at: datetime
    path: Path
    stamp: Stamp | None
    """None where the file may change again without a trace in its state."""

    def read(self) -> bytes:
        """Return the whole content, once."""
        return self.content if isinstance(self.content, bytes) else self.content.readall()

    def close(self) -> None:
        """Close the file, if it is open."""
        if isinstance(self.content, FileIO):
            self.content.close()


@dataclass(frozen=True, kw_only=True, slots=True)
class Folder:
    """A folder with an index page that was asked for without the slash at the end."""


class Tree:
    """The files below ``folder``; a folder that is missing or replaced meanwhile is no error."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._digests: BoundedCache[tuple[str, int, int, int], str] = BoundedCache(_MAX_DIGESTS, lambda _: 1)

    def find(self, path: str) -> ServedFile | Folder | None:
        """Return what a decoded request path leads to, None where nothing of the tree is served.

        All is read from one open file, so that its bytes are those of one version even while it is
        replaced. Raises OSError where the disk fails.
        """
        names = list_served_names(path)
        if names is None:
            return None
        found = self._resolve(names)
        if found and found[1].is_dir():
            return Folder() if self._resolve((*names, _INDEX)) else None
        return self._read(*found) if found else None

    def _resolve(self, names: tuple[str, ...]) -> tuple[str, Path] | None:
        """Return the file's name and its path without symbolic links, None if they lead out of the tree."""
        try:
            root = self._folder.resolve(strict=True)
            path = root.joinpath(*names).resolve(strict=True)
        except (OSError, RuntimeError):  # no such file, a name too long, links in a circle
            return None
        if not path.is_relative_to(root) or any(map(_is_never_served, path.relative_to(root).parts)):
            return None
        return "/".join(names), path

    def _read(self, name: str, path: Path) -> ServedFile | None:
        if not path.is_file():  # opening a pipe would wait for its writer
            return None
        try:
            file = FileIO(path)
        except (FileNotFoundError, PermissionError):
            return None
        try:
            return self._read_open_file(name, path, file)
        except BaseException:
            file.close()
            raise

    def _read_open_file(self, name: str, path: Path, file: FileIO) -> ServedFile:
        """Return what is in an open file, which stays open only where it is long."""
        state = os.fstat(file.fileno())
        content: bytes | FileIO = file
        size = state.st_size
        if size <= _MAX_READ_BYTES:
            with file:
                content = file.readall()
            size = len(content)
        is_settled = time.time_ns() - state.st_mtime_ns > _SETTLED_AFTER_NS
        return ServedFile(
            path=path,
            stamp=read_stamp_of(state) if is_settled and size == state.st_size else None,
            name=name,
            content=content,
            size_bytes=size,
            digest=self._digest_content(path, state, content, size),
            modified_at=datetime.fromtimestamp(state.st_mtime, UTC),
        )

    def _digest_content(self, path: Path, state: os.stat_result, content: bytes | FileIO, size: int) -> str:
        key = (str(path), state.st_ino, state.st_mtime_ns, size)
        known = self._digests.get(key)
        if known:
            return known
        digest = _hash_content(content)[:_DIGEST_LENGTH]
        if time.time_ns() - state.st_mtime_ns > _SETTLED_AFTER_NS:
            self._digests.put(key, digest)
        return digest


def read_stamp_of(state: os.stat_result) -> Stamp:
    """Return what is another for every version of a file that was not changed just now."""
    return state.st_dev, state.st_ino, state.st_size, state.st_mtime_ns, state.st_ctime_ns


def _hash_content(content: bytes | FileIO) -> str:
    if isinstance(content, bytes):
        return hashlib.sha256(content).hexdigest()
    digest = hashlib.file_digest(content, "sha256").hexdigest()
    content.seek(0)
    return digest


def list_served_names(path: str) -> tuple[str, ...] | None:
    """Return the names a decoded request path is made of, None where it may lead to no file.

    A path that ends with a slash means the folder's index page. Nothing is decoded here, so that
    what was encoded twice stays a name that no file has.
    """
    root, *names = path.split("/")
    if root or not names:
        return None
    if not names[-1]:
        names[-1] = _INDEX
    return None if any(not name or _is_never_served(name) for name in names) else tuple(names)


def _is_never_served(part: str) -> bool:
    return is_hidden(part) or _COMPRESSED.match(part) is not None
