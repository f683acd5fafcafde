"""The folders that files are written to or removed from: each is checked once, and synced once at the end."""

import os
from collections.abc import Iterator
from contextlib import suppress
from errno import ENOTDIR
from pathlib import Path
from stat import S_ISLNK, S_ISREG

from aggregator.errors import PublishError


class TouchedFolders:
    """The folders below ``root`` that one writing or removal touches, by name; "" is the root itself.

    Folders that are missing are made where ``is_made``. Names are below the root, with ``/``.
    """

    def __init__(self, root: Path, *, is_made: bool) -> None:
        self._root = os.fspath(root)
        self._is_made = is_made
        self._paths = {"": self._root}
        self._touched: set[str] = set()

    def find_path(self, name: str) -> str:
        """Return the path of a file, whose folder is then there, and is synced with the others.

        Raises PublishError where the name, or a symbolic link on its way, leads out of the root, and OSError
        where its folder cannot be used.
        """
        path = self._find_path(name)
        self._touched.add(name.rpartition("/")[0])
        return path

    def check_link(self, path: str, found: os.stat_result) -> None:
        """Raise PublishError where a symbolic link was found there that leads out of the root."""
        if S_ISLNK(found.st_mode) and not Path(path).resolve().is_relative_to(Path(self._root).resolve()):
            raise PublishError("it is outside of the folder")

    def remove_emptied(self) -> None:
        """Remove those of the folders, but for the root, that have nothing in them any more."""
        for name in sorted(self._paths.keys() - {""}, key=len, reverse=True):
            with suppress(OSError):  # something else is in it
                os.rmdir(self._paths[name])
                del self._paths[name]
                self._touched.discard(name)
                self._touched.add(name.rpartition("/")[0])

    def sync(self) -> Iterator[tuple[str, OSError]]:
        """Wait until the names in the touched folders are on the disk; yield those where that failed."""
        for name in self._touched:
            try:
                _sync(self._paths[name])
            except OSError as error:
                yield name, error

    def _find_path(self, name: str) -> str:
        parent, slash, base = name.rpartition("/")
        if base in ("", ".", "..") or "\0" in name or (slash and not parent):
            raise PublishError("it is outside of the folder")
        return f"{self._paths.get(parent) or self._enter(parent)}/{base}"

    def _enter(self, name: str) -> str:
        path = self._find_path(name)
        try:
            found = os.lstat(path)
            self.check_link(path, found)
            if S_ISREG(found.st_mode):
                raise NotADirectoryError(ENOTDIR, os.strerror(ENOTDIR), path)
        except FileNotFoundError:
            if not self._is_made:
                raise
            os.mkdir(path)
            self._touched.add(name.rpartition("/")[0])
        self._paths[name] = path
        return path


def make_folder(path: Path) -> None:
    """Make a folder, and those above it, where it is missing, and wait until it is on the disk."""
    if not path.is_dir():
        make_folder(path.parent)
        path.mkdir(exist_ok=True)
        _sync(path.parent)


def _sync(path: str | Path) -> None:
    folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
