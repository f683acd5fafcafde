"""Documents read in a process of their own: ``python -P -m aggregator.parse.worker``.

It is given jobs and gives what they become, one after the other and each pickled, over its standard
streams. It ends where there are no more, as when the process that started it is gone.
"""

import os
import pickle
import signal
import sys
from dataclasses import dataclass, replace
from datetime import datetime

from aggregator.errors import ParseError
from aggregator.machine.memory import settle
from aggregator.model import Source
from aggregator.parse.delta import ParseResult, read_news
from aggregator.parse.messages import LOOK

SIZE_BYTES = 8
"""Before each answer stands how long it is."""
LEAST_MEMORY_BYTES = 256 * 1024 * 1024
MEMORY_BY_BYTE = 24
"""Twice what the largest real feeds need; a process that reads nothing has 50 MiB."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ParseJob:
    """A document to be read, as ``read_news`` takes it; ``seen`` is empty where it is new."""

    body: bytes
    source: Source
    now: datetime
    url: str
    content_type: str | None
    seen: bytes
    context: str


def run_parse_job(job: ParseJob) -> ParseResult:
    """Return what a document says; raises ParseError."""
    return read_news(
        job.body, source=job.source, now=job.now, url=job.url, content_type=job.content_type,
        seen=job.seen, context=job.context,
    )  # fmt: skip


def main() -> None:
    """Read what is asked for until there is no more; to be told to end is for who asks."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    settle()
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever prints something does not answer
    while True:
        try:
            job = pickle.load(sys.stdin.buffer)  # noqa: S301  # of the process that started this one
        except EOFError:
            return
        answer = pickle.dumps(_answer(job), pickle.HIGHEST_PROTOCOL)
        try:
            answers.write(len(answer).to_bytes(SIZE_BYTES) + answer)
            answers.flush()
        except BrokenPipeError:  # who asked is gone; what is left in the buffer would be an error at the end
            os._exit(0)


def _answer(job: ParseJob) -> ParseResult | ParseError:
    """Return what a job becomes, but without its entries: to tell them would cost more than all else."""
    most_bytes = LEAST_MEMORY_BYTES + MEMORY_BY_BYTE * len(job.body)
    _bound_memory(most_bytes)
    try:
        reading = run_parse_job(job)
    except ParseError as error:
        return error
    except MemoryError:
        most = f"reading it takes more than {most_bytes >> 20} MiB of memory, which no feed needs"
        return ParseError(job.url, f"{most}: {LOOK}")
    return replace(reading, feed=replace(reading.feed, entries=()))


def _bound_memory(most_bytes: int) -> None:
    """Let this process have so much memory of its own from now on, where the system counts it, as Linux."""
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415  # only POSIX systems have it

    _, most = resource.getrlimit(resource.RLIMIT_DATA)
    bound = most_bytes if most == resource.RLIM_INFINITY else min(most, most_bytes)
    resource.setrlimit(resource.RLIMIT_DATA, (bound, most))
