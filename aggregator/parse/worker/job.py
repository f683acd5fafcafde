"""Parse jobs, and the process that runs them: ``python -P -m aggregator.parse.worker``.

It reads pickled jobs from its standard input, one after the other, and writes the pickled result of each to
its standard output. It ends when its input ends, so also when the process that started it is gone.
"""

import os
import pickle
import signal
import sys
from dataclasses import replace

from aggregator.errors import ParseError
from aggregator.machine.memory import tune_garbage_collection
from aggregator.parse.delta import ParseResult, read_news
from aggregator.parse.documents.messages import LOOK
from aggregator.parse.job import ParseJob

SIZE_BYTES = 8
"""Before each result stands its length in so many bytes."""
LEAST_MEMORY_BYTES = 256 * 1024 * 1024
MEMORY_BY_BYTE = 24
"""Twice what the largest real feeds need; a process that reads nothing has 50 MiB."""


def main() -> None:
    """Run the jobs from standard input until it ends."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # which a service gets with all its processes: it decides
    tune_garbage_collection()
    results = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what prints must not write results
    while True:
        try:
            job = pickle.load(sys.stdin.buffer)  # noqa: S301  # of the process that started this one
        except EOFError:
            return
        result = pickle.dumps(_run_bounded(job), pickle.HIGHEST_PROTOCOL)
        try:
            results.write(len(result).to_bytes(SIZE_BYTES) + result)
            results.flush()
        except BrokenPipeError:  # the reader is gone; flushing the rest at exit would fail
            os._exit(0)


def _run_bounded(job: ParseJob) -> ParseResult | ParseError:
    """Return what a document says, or why it cannot be read, in bounded memory.

    Without its entries: they are not needed, and pickling them would cost more than everything else.
    """
    most_bytes = LEAST_MEMORY_BYTES + MEMORY_BY_BYTE * len(job.body)
    _bound_memory(most_bytes)
    try:
        result = read_news(job)
    except ParseError as error:
        return error
    except MemoryError:
        most = f"reading it takes more than {most_bytes >> 20} MiB of memory, which no feed needs"
        return ParseError(job.url, f"{most}: {LOOK}")
    return replace(result, feed=replace(result.feed, entries=()))


def _bound_memory(most_bytes: int) -> None:
    """Give this process so much memory of its own from now on, where the system counts it, as Linux does."""
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415  # only POSIX systems have it

    _, most = resource.getrlimit(resource.RLIMIT_DATA)
    bound = most_bytes if most == resource.RLIM_INFINITY else min(most, most_bytes)
    resource.setrlimit(resource.RLIMIT_DATA, (bound, most))
