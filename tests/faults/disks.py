"""Small disks that a test can fill and make read-only: file systems in memory, mounted where it says.

Only root can mount. A disk that a killed test left is taken away by the next.
"""

import errno
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_NAME = "faults-of-process-"
_PIECE = bytes(64 * 1024)
_WITHIN_S = 10.0


class Disk:
    """A disk of its own at ``folder``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @contextmanager
    def filled(self) -> Iterator[None]:
        """Leave no room on it for a while."""
        ballast = self.folder / ".ballast"
        try:
            with ballast.open("wb", buffering=0) as file, suppress(OSError):
                while file.write(_PIECE):
                    pass
            yield
        finally:
            ballast.unlink()

    @contextmanager
    def read_only(self) -> Iterator[None]:
        """Let nobody write to it for a while."""
        self._remount("ro")
        try:
            yield
        finally:
            self._remount("rw")

    def _remount(self, how: str) -> None:
        until_s = time.monotonic() + _WITHIN_S
        while True:
            try:
                _run("mount", "-o", f"remount,{how}", str(self.folder))
            except OSError as error:  # somebody is just writing a file
                if error.errno != errno.EBUSY or time.monotonic() > until_s:
                    raise
                time.sleep(0.01)
            else:
                return


def can_mount() -> bool:
    """Tell whether this process may mount disks: as root, where no container forbids it."""
    words = ["unshare", "--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
    return sys.platform == "linux" and subprocess.run(words, capture_output=True, check=False).returncode == 0


@contextmanager
def mounted(folder: Path, size_mib: int) -> Iterator[Disk]:
    """Give a disk at a folder, and take it away at the end."""
    remove_left_disks()
    folder.mkdir(parents=True, exist_ok=True)
    _run("mount", "-t", "tmpfs", "-o", f"size={size_mib}m", f"{_NAME}{os.getpid()}", str(folder))
    try:
        yield Disk(folder)
    finally:
        _run("umount", "--lazy", str(folder))  # who has files open there goes on with them


def remove_left_disks() -> None:
    """Take away the disks of processes that are gone."""
    for line in Path("/proc/mounts").read_text(encoding="utf-8").splitlines():
        name, folder, *_ = line.split(" ")
        if name.startswith(_NAME) and not Path("/proc", name.removeprefix(_NAME)).exists():
            with suppress(OSError):
                _run("umount", "--lazy", folder)


def _run(*words: str) -> None:
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        number = errno.EBUSY if "busy" in done.stderr else errno.EPERM
        raise OSError(number, f"{' '.join(words)}: {done.stderr.strip()}")
