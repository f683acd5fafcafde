"""How memory is taken from the system."""

import platform
import subprocess
import sys

import pytest

from aggregator.machine.memory import ARENAS

USED_BY_MANY = """
import ctypes, sys, threading
from aggregator.machine.memory import share_arenas
if "shared" in sys.argv:
    share_arenas()
together = threading.Barrier(8)
def take():
    together.wait()
    kept.append([bytearray(9_000) for _ in range(300)])
    together.wait()
kept = []
threads = [threading.Thread(target=take) for _ in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
ctypes.CDLL(None).malloc_stats()
"""


def arenas(*words):
    """Return how many arenas the allocator of a process with many threads made."""
    done = subprocess.run(
        [sys.executable, "-c", USED_BY_MANY, *words], capture_output=True, text=True, check=True
    )
    return done.stderr.count("Arena ")


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other C libraries have no arenas")
def test_threads_share_their_arenas():
    """Eight threads take memory from a few arenas, where each would else have one of its own."""
    assert arenas("shared") <= ARENAS < arenas()


SCATTERED = """
from pathlib import Path
from aggregator.machine.memory import return_memory, share_arenas
def measure_kib():
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("RssAnon"))
share_arenas()
held = [bytearray(9_000) for _ in range(8_000)]
del held[:-1]
before = measure_kib()
return_memory()
assert measure_kib() < before - 40_000, (before, measure_kib())
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other C libraries give it back by themselves")
def test_memory_that_is_not_in_use_is_given_back():
    """Also where what stands behind it is in use."""
    subprocess.run([sys.executable, "-c", SCATTERED], check=True)


GARBAGE = """
import gc, weakref
from aggregator.machine.memory import tune_garbage_collection
class Kept: pass
before = Kept()
tune_garbage_collection()
assert gc.get_freeze_count() > 1_000
assert not any(one is before for one in gc.get_objects())
made = Kept()
made.itself = made
gone = weakref.ref(made)
del made
others = [[n] for n in range(10 * gc.get_threshold()[0])]
assert gone() is None
"""


def test_what_is_there_is_left_alone_and_garbage_is_still_found():
    """The collector does not look through what was there, and collects what came since, by itself."""
    subprocess.run([sys.executable, "-c", GARBAGE], check=True)


LARGE_AND_SMALL = """
from pathlib import Path
from aggregator.machine.memory import share_arenas
def measure_kib():
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("RssAnon"))
share_arenas()
bytearray(b"x" * 20_000_000)  # raises what the C library takes for large, left to itself
small, large = [], []
for _ in range(500):
    large.append(bytearray(b"x" * 100_000))
    small.append(bytearray(b"x" * 1_000))
before = measure_kib()
large.clear()
assert measure_kib() < before - 45_000, (before, measure_kib())
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other C libraries give it back by themselves")
def test_large_memory_is_given_back_at_once():
    """Also where small things that are in use were made after it, and where something larger was freed."""
    subprocess.run([sys.executable, "-c", LARGE_AND_SMALL], check=True)
