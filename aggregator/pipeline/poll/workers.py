"""Where documents are read: small known ones at once, few others in threads, many new and large in processes.

Of a document that is known only what is new is read, in less time than it takes to change threads twice. A
thread takes the interpreter from everything else. A process takes half a second to start and some time to be
told and to tell: where many new documents wait, as when sources are added by the hundred, other processors
read them while this one fetches and stores. The processes end when nothing is left to read.

A large document may be made to cost much more than its bytes. It is always read in a process, which has so
much memory and time for it and no more, and dies alone.
"""

import asyncio
import os

from aggregator.errors import MachineError
from aggregator.machine.shortage import shortage_of
from aggregator.parse import ParseResult
from aggregator.parse.worker import ParseJob, run_parse_job
from aggregator.parse.worker.worker_process import LARGE_BYTES, WorkerProcess
from aggregator.pipeline.poll.inline_budget import InlineBudget

IN_THREADS = 2
"""Documents; more threads only take the interpreter from each other, which costs a quarter more time."""
MANY_WAITING = 4
MOST_AT_ONCE_BYTES = 64 * 1024
"""The worst that can be in a document of that size takes a second: once, then its source gets a thread."""
LEAST_BESIDE_BYTES = 8 * 1024
MOST_BESIDE = 4
"""Processes; each may take a hundred MiB, and one thread stores what they read."""


class Readers:
    """Those who read documents; for one event loop, which waits for small known ones where ``may_wait``."""

    def __init__(self, *, may_wait: bool = False) -> None:
        self._may_wait = may_wait
        self._turn = asyncio.Lock()
        self._threads = asyncio.Semaphore(IN_THREADS)
        self._idle = [WorkerProcess() for _ in range(_free_processors())]
        self._processes = asyncio.Semaphore(len(self._idle))
        self._waiting = 0
        self._at_once = InlineBudget()

    async def read(self, job: ParseJob) -> ParseResult:
        """Return what a document says, maybe without its entries; raises ParseError, MachineError."""
        if self._is_for_now(job):
            return await self._read_now(job)
        self._waiting += 1
        try:
            if len(job.body) > LARGE_BYTES or self._is_for_processes(job):
                return await self._read_beside(job)
            return await self._read_here(job)
        finally:
            self._waiting -= 1
            if not self._waiting:
                for process in self._idle:
                    await process.end()

    def _is_for_now(self, job: ParseJob) -> bool:
        is_small = self._may_wait and len(job.body) <= MOST_AT_ONCE_BYTES
        return bool(job.seen) and is_small and self._at_once.may_be([job.source.id])

    async def _read_now(self, job: ParseJob) -> ParseResult:
        """Read one document in each round of the loop: what was read is stored before all others are."""
        await self._turn.acquire()
        asyncio.get_running_loop().call_soon(self._turn.release)
        with self._at_once.measured([job.source.id]):
            return run_parse_job(job)

    def _is_for_processes(self, job: ParseJob) -> bool:
        return not job.seen and len(job.body) >= LEAST_BESIDE_BYTES and self._waiting > MANY_WAITING

    async def _read_here(self, job: ParseJob) -> ParseResult:
        async with self._threads:
            return await asyncio.to_thread(run_parse_job, job)

    async def _read_beside(self, job: ParseJob) -> ParseResult:
        async with self._processes:
            process = self._idle.pop()
            try:
                return await process.read(job)
            except OSError as error:  # no process can be started now
                if len(job.body) > LARGE_BYTES:
                    reason = f"no process can be started to read it ({shortage_of(error) or error})"
                    raise MachineError(f"{job.url}: {reason}") from error
                return await self._read_here(job)
            finally:
                self._idle.append(process)


def _free_processors() -> int:
    """Return how many processors this process may use beside its own, 1 to ``MOST_BESIDE``."""
    mine = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(mine - 1, MOST_BESIDE))
