"""A clock that is set while a program runs: its own time of day, and pauses of its event loop that are skipped.

Both are numbers in a file that every process maps. The time of day is what a small library shifts that is
loaded before the system's, as on a machine whose clock somebody sets.
"""

import mmap
import struct
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Self

_SOURCE = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>

static const volatile long *shift;

__attribute__((constructor)) static void map_shift(void) {
    int file = open(getenv("SHIFT_FILE"), O_RDONLY | O_CLOEXEC);
    void *found = file < 0 ? MAP_FAILED : mmap(NULL, 16, PROT_READ, MAP_SHARED, file, 0);
    if (found != MAP_FAILED) shift = found;
}

int clock_gettime(clockid_t id, struct timespec *at) {
    static int (*real)(clockid_t, struct timespec *);
    if (!real) real = dlsym(RTLD_NEXT, "clock_gettime");
    int failed = real(id, at);
    if (id == CLOCK_REALTIME && !failed && shift) at->tv_sec += *shift;
    return failed;
}
"""
_FORM = "qd"


class SetClock:
    """By how many seconds a program's time of day is shifted, and how many its pauses have skipped."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with path.open("r+b") as file:
            self._shared = mmap.mmap(file.fileno(), struct.calcsize(_FORM))

    @classmethod
    def make(cls, path: Path) -> Self:
        """Make the file: nothing is shifted, nothing skipped."""
        path.write_bytes(struct.pack(_FORM, 0, 0.0))
        return cls(path)

    @property
    def shift_s(self) -> int:
        """By how much the time of day is ahead."""
        return int(self._read()[0])

    @shift_s.setter
    def shift_s(self, seconds: int) -> None:
        struct.pack_into(_FORM, self._shared, 0, seconds, self.skipped_s)

    @property
    def skipped_s(self) -> float:
        """How much of pauses was skipped."""
        return self._read()[1]

    def skip(self, seconds: float) -> None:
        """Let pauses that are under way have lasted so much longer."""
        struct.pack_into(_FORM, self._shared, 0, self.shift_s, self.skipped_s + seconds)

    def environment(self) -> Mapping[str, str]:
        """Build the library beside the file, and return what a program has to be started with."""
        library, source = self.path.with_suffix(".so"), self.path.with_suffix(".c")
        source.write_text(_SOURCE)
        subprocess.run(["cc", "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
        return {"LD_PRELOAD": str(library), "SHIFT_FILE": str(self.path)}

    def _read(self) -> tuple[int, float]:
        shift_s, skipped_s = struct.unpack_from(_FORM, self._shared, 0)
        return shift_s, skipped_s
