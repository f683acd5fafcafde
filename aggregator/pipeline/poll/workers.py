"""Where documents are parsed: small known ones at once, few in threads, many new or large ones in processes.

Of a known document only what is new is parsed, which takes less time than switching to a thread and back. A
thread takes the interpreter from everything else. A process takes half a second to start, and some time to
send a document to and get the articles from: where many new documents wait, as when hundreds of sources are
added, the other processors parse them while this one fetches and stores. The processes end when nothing is
left to parse.

A large document may be made to cost much more than its bytes. It is always parsed in a process, which has
bounded memory and time and dies alone.
"""

import asyncio
import os
import time
from collections.abc import Callable

from aggregator.errors import MachineError
from aggregator.machine.shortage import describe_shortage
from aggregator.parse import ParseJob, ParseResult, read_news
from aggregator.parse.worker.worker_process import LARGE_BYTES, WorkerProcess
from aggregator.pipeline.poll.inline_budget import InlineBudget

MAX_THREADS = 2
"""More threads only take the interpreter from each other, which costs a quarter more time."""
MANY_WAITING = 4
MAX_INLINE_BYTES = 64 * 1024
"""The worst document of that size takes a second: once, then its source gets a thread."""
MIN_PROCESS_BYTES = 8 * 1024
MAX_PROCESSES = 4
"""Each may take a hundred MiB, and one thread stores what they parse."""


class ParserPool:
    """Parses documents for one event loop, which waits for small known ones where ``may_block_loop``.

    ``on_done`` is called with the seconds that each document took, with those that it waited for its turn.
    """

    def __init__(
        self, *, may_block_loop: bool = False, on_done: Callable[[float], None] = lambda _: None
    ) -> None:
        self._on_done = on_done
        self._may_block_loop = may_block_loop
        self._turn = asyncio.Lock()
        self._threads = asyncio.Semaphore(MAX_THREADS)
        self._idle = [WorkerProcess() for _ in range(_count_free_processors())]
        self._processes = asyncio.Semaphore(len(self._idle))
        self._waiting = 0
        self._budget = InlineBudget()

    async def parse(self, job: ParseJob) -> ParseResult:
        """Return what a document says, perhaps without its entries; raises ParseError, MachineError."""
        started = time.perf_counter()
        try:
            return await self._parse(job)
        finally:
            self._on_done(time.perf_counter() - started)

    async def _parse(self, job: ParseJob) -> ParseResult:
        is_small = self._may_block_loop and len(job.body) <= MAX_INLINE_BYTES
        if job.seen and is_small and self._budget.allows([job.source.id]):
            return await self._parse_at_once(job)
        self._waiting += 1
        is_new = not job.seen and len(job.body) >= MIN_PROCESS_BYTES
        try:
            if len(job.body) > LARGE_BYTES or (is_new and self._waiting > MANY_WAITING):
                return await self._parse_in_process(job)
            return await self._parse_in_thread(job)
        finally:
            self._waiting -= 1
            if not self._waiting:
                for process in self._idle:
                    await process.end()

    async def _parse_at_once(self, job: ParseJob) -> ParseResult:
        """Parse one document in each round of the loop, so that it is stored before all others are parsed."""
        await self._turn.acquire()
        asyncio.get_running_loop().call_soon(self._turn.release)
        with self._budget.measure([job.source.id]):
            return read_news(job)

    async def _parse_in_thread(self, job: ParseJob) -> ParseResult:
        async with self._threads:
            return await asyncio.to_thread(read_news, job)

    async def _parse_in_process(self, job: ParseJob) -> ParseResult:
        async with self._processes:
            process = self._idle.pop()
            try:
                return await process.read(job)
            except OSError as error:  # no process can be started now
                if len(job.body) > LARGE_BYTES:
                    reason = f"no process can be started to read it ({describe_shortage(error) or error})"
                    raise MachineError(f"{job.url}: {reason}") from error
                return await self._parse_in_thread(job)
            finally:
                self._idle.append(process)


def _count_free_processors() -> int:
    """Return how many processors this process may use beside its own, 1 to ``MAX_PROCESSES``."""
    mine = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(mine - 1, MAX_PROCESSES))
