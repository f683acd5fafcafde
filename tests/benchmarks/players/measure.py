"""What a round of polling costs this process; for players, in whatever environment they run.

A player sets itself up, calls ``play``, and is then told to do a round by each line on its standard input.
What a round cost is written to standard output as a line of JSON.
"""

import json
import resource
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path


def play(settings: str, poll: Callable[[], Mapping[str, int]]) -> None:
    """Tell ``settings``, then do a round at every line until there are no more; ``poll`` counts outcomes."""
    _tell({"settings": settings})
    for _ in sys.stdin:
        cpu_s, started_s = _cpu_s(), time.perf_counter()
        outcomes = poll()
        wall_s = time.perf_counter() - started_s
        _tell({"cpu_s": _cpu_s() - cpu_s, "wall_s": wall_s, "peak_mib": _peak_mib(), "outcomes": outcomes})


def sources() -> list[str]:
    """Return the addresses to poll: the lines of the file that the first argument names."""
    return Path(sys.argv[1]).read_text().split()


def _cpu_s() -> float:
    """Return user and system seconds of this process and of its children that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _peak_mib() -> float:
    """Return the most memory that this process itself ever had."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def _tell(what: Mapping[str, object]) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()
