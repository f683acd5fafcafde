"""From a request's path to the bytes of a file of the published tree."""

import os
import re
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from aggregator.serve.cache import BoundedCache

_INDEX = "index.html"
# hidden and unfinished files, locks, editors' leftovers, and characters that file systems read differently
_NEVER_SERVED = re.compile(
    r"\.|.*[\x00-\x1f\x7f\\]|.*(?:~|\.(?:tmp|temp|part|partial|unfinished|lock|swp|bak))\Z",
    re.DOTALL | re.IGNORECASE,
)
# a file replaced twice within the file system's clock tick keeps its time of change, perhaps its size too
_SETTLED_AFTER_NS = 2_000_000_000
_MAX_DIGESTS = 20_000
_DIGEST_LENGTH = 32


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """A file as it was at one moment; ``name`` is below the tree's root, with ``/``."""

    name: str
    body: bytes
    digest: str
    modified_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Folder:
    """A folder with an index page that was asked for without the slash at the end."""


class Tree:
    """The files below ``folder``; a folder that is missing or replaced meanwhile is no error."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._digests: BoundedCache[tuple[str, int, int, int], str] = BoundedCache(_MAX_DIGESTS, lambda _: 1)

    def find(self, path: str) -> Document | Folder | None:
        """Return what a decoded request path leads to, None where nothing of the tree is served.

        The file is read whole from one open file, so that its bytes are those of one version even
        while it is replaced. Raises OSError where the disk fails.
        """
        names = served_names(path)
        if names is None:
            return None
        found = self._real(names)
        if found and found[1].is_dir():
            return Folder() if self._real((*names, _INDEX)) else None
        return self._read(*found) if found else None

    def _real(self, names: tuple[str, ...]) -> tuple[str, Path] | None:
        """Return the file's name and its path without symbolic links, None if they lead out of the tree."""
        try:
            root = self._folder.resolve(strict=True)
            path = root.joinpath(*names).resolve(strict=True)
        except (OSError, RuntimeError):  # no such file, a name too long, links in a circle
            return None
        if not path.is_relative_to(root) or any(map(_NEVER_SERVED.match, path.relative_to(root).parts)):
            return None
        return "/".join(names), path

    def _read(self, name: str, path: Path) -> Document | None:
        if not path.is_file():  # opening a pipe would wait for its writer
            return None
        try:
            with path.open("rb") as file:
                state = os.fstat(file.fileno())
                body = file.read()
        except (FileNotFoundError, PermissionError):
            return None
        return Document(
            name=name,
            body=body,
            digest=self._digest(path, state, body),
            modified_at=datetime.fromtimestamp(state.st_mtime, UTC),
        )

    def _digest(self, path: Path, state: os.stat_result, body: bytes) -> str:
        key = (str(path), state.st_ino, state.st_mtime_ns, len(body))
        known = self._digests.get(key)
        if known:
            return known
        digest = sha256(body).hexdigest()[:_DIGEST_LENGTH]
        if time.time_ns() - state.st_mtime_ns > _SETTLED_AFTER_NS:
            self._digests.put(key, digest)
        return digest


def served_names(path: str) -> tuple[str, ...] | None:
    """Return the names a decoded request path is made of, None where it may lead to no file.

    A path that ends with a slash means the folder's index page. Nothing is decoded here, so that
    what was encoded twice stays a name that no file has.
    """
    root, *names = path.split("/")
    if root or not names:
        return None
    if not names[-1]:
        names[-1] = _INDEX
    return None if any(not name or _NEVER_SERVED.match(name) for name in names) else tuple(names)
