"""Whether the files of a configuration folder have changed, and are whole by now."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from aggregator.config.files.file_bodies import FILES, list_decision_files

STILL_S = 2.0
"""Seconds that files stand still before they count: a copy, or an editor that writes in place, takes time."""

Stamps = Mapping[str, tuple[int, int, int]]
"""When each of the files changed last, its size and number on the disk; a missing one is left out."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FileWatch:
    """The files as they were ``read`` last, and as they have been ``seen`` since ``since_s``.

    Times are seconds of a clock that is never set; when files say that they changed is only compared, as
    copying keeps it and clocks are wrong.
    """

    read: Stamps
    seen: Stamps
    since_s: float

    @classmethod
    def begin(cls, stamps: Stamps, now_s: float) -> "FileWatch":
        """Return the watch of files that are read now."""
        return cls(read=stamps, seen=stamps, since_s=now_s)

    def update(self, stamps: Stamps, now_s: float) -> "FileWatch":
        """Return the watch with the files as they are now."""
        return self if stamps == self.seen else replace(self, seen=stamps, since_s=now_s)

    def is_due(self, now_s: float) -> bool:
        """Tell whether the files are others than those that were read, and stand still."""
        return self.seen != self.read and now_s - self.since_s >= STILL_S


def read_stamps(folder: Path) -> Stamps:
    """Return the stamps of the files in ``folder``, which differ once one of them has changed."""
    stamps = {}
    for name in (*FILES, *list_decision_files(folder)):
        with suppress(OSError):
            status = (folder / name).stat()
            stamps[name] = (status.st_mtime_ns, status.st_size, status.st_ino)
    return stamps
