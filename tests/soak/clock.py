"""Compressed time, shared by the publishers and the program: it passes as it does, and is skipped at will.

It is the machine's monotonic clock and what was skipped; both live in a small file that every process maps.
"""

import asyncio
import mmap
import struct
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

START = datetime(2026, 3, 2, tzinfo=UTC)
"""A Monday."""
MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0
_FIELDS = {"skew_s": (0, "d"), "skipped_at_s": (8, "d"), "stalled": (16, "q")}
_SIZE = 24


class SharedClock:
    """Seconds since ``START``, in simulated time.

    ``skipped_at_s`` is when time was last skipped: whatever is under way was begun since. ``stalled`` are the
    answers that a publisher keeps somebody waiting for in vain.
    """

    def __init__(self, path: Path) -> None:
        with path.open("r+b") as file:
            self._shared = mmap.mmap(file.fileno(), _SIZE)

    @classmethod
    def made(cls, path: Path) -> Self:
        """Make the file, its clock at zero."""
        path.write_bytes(bytes(_SIZE))
        clock = cls(path)
        clock._set("skew_s", -time.monotonic())
        return clock

    def now_s(self) -> float:
        """Return the time."""
        return time.monotonic() + self._get("skew_s")

    def now(self) -> datetime:
        """Return the time as a date."""
        return date_of(self.now_s())

    def skip(self, seconds: float) -> None:
        """Let so much time have passed."""
        self._set("skew_s", self._get("skew_s") + seconds)
        self._set("skipped_at_s", self.now_s())

    @property
    def skipped_at_s(self) -> float:
        """When time was last skipped."""
        return self._get("skipped_at_s")

    @property
    def stalled(self) -> int:
        """How many answers are kept waiting for in vain."""
        return self._get("stalled")

    @stalled.setter
    def stalled(self, count: int) -> None:
        self._set("stalled", count)

    def _get(self, name: str):
        offset, kind = _FIELDS[name]
        return struct.unpack_from(kind, self._shared, offset)[0]

    def _set(self, name: str, value: float) -> None:
        offset, kind = _FIELDS[name]
        struct.pack_into(kind, self._shared, offset, value)


class CompressedLoop(asyncio.SelectorEventLoop):
    """An event loop whose time is that of a shared clock: what waits for it is woken when time is skipped."""

    def __init__(self, clock: SharedClock) -> None:
        self._compressed = clock
        super().__init__()

    def time(self) -> float:
        """Return the loop's time."""
        return self._compressed.now_s()


def date_of(seconds: float) -> datetime:
    """Return the date that is so many seconds after ``START``."""
    return START + timedelta(seconds=seconds)
