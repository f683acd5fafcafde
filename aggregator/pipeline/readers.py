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
from aggregator.parse import Paper, Reading, read_paper
from aggregator.pipeline.atonce import AtOnce
from aggregator.pipeline.beside import LARGE_BYTES, ProcessBeside
from aggregator.shortage import shortage_of

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
        self._idle = [ProcessBeside() for _ in range(_free_processors())]
        self._processes = asyncio.Semaphore(len(self._idle))
        self._waiting = 0
        self._at_once = AtOnce()

    async def read(self, paper: Paper) -> Reading:
        """Return what a document says, maybe without its entries; raises ParseError, MachineError."""
        if self._is_for_now(paper):
            return await self._read_now(paper)
        self._waiting += 1
        try:
            if len(paper.body) > LARGE_BYTES or self._is_for_processes(paper):
                return await self._read_beside(paper)
            return await self._read_here(paper)
        finally:
            self._waiting -= 1
            if not self._waiting:
                for process in self._idle:
                    await process.end()

    def _is_for_now(self, paper: Paper) -> bool:
        is_small = self._may_wait and len(paper.body) <= MOST_AT_ONCE_BYTES
        return bool(paper.seen) and is_small and self._at_once.may_be([paper.source.id])

    async def _read_now(self, paper: Paper) -> Reading:
        """Read one document in each round of the loop: what was read is stored before all others are."""
        await self._turn.acquire()
        asyncio.get_running_loop().call_soon(self._turn.release)
        with self._at_once.measured([paper.source.id]):
            return read_paper(paper)

    def _is_for_processes(self, paper: Paper) -> bool:
        return not paper.seen and len(paper.body) >= LEAST_BESIDE_BYTES and self._waiting > MANY_WAITING

    async def _read_here(self, paper: Paper) -> Reading:
        async with self._threads:
            return await asyncio.to_thread(read_paper, paper)

    async def _read_beside(self, paper: Paper) -> Reading:
        async with self._processes:
            process = self._idle.pop()
            try:
                return await process.read(paper)
            except OSError as error:  # no process can be started now
                if len(paper.body) > LARGE_BYTES:
                    reason = f"no process can be started to read it ({shortage_of(error) or error})"
                    raise MachineError(f"{paper.url}: {reason}") from error
                return await self._read_here(paper)
            finally:
                self._idle.append(process)


def _free_processors() -> int:
    """Return how many processors this process may use beside its own, 1 to ``MOST_BESIDE``."""
    mine = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(mine - 1, MOST_BESIDE))
