"""One process that runs parse jobs, started and ended from here.

The standard library's pool would import the whole program into each process, and the interrupt that Ctrl-C
sends to all processes of a terminal would end them. This process is not in the terminal's group, imports what
reads documents and nothing else, and can be ended in the middle of a document.
"""

import asyncio
import os
import pickle
import sys
from pathlib import Path

import aggregator
from aggregator.errors import ParseError
from aggregator.parse.delta import ParseResult
from aggregator.parse.documents.messages import LOOK, REPORT
from aggregator.parse.job import ParseJob
from aggregator.parse.worker.job import SIZE_BYTES

LONGEST_S = 60.0
"""Ten MiB of a feed take two seconds, and the slowest document that could be made takes twenty."""
LARGE_BYTES = 1024 * 1024
"""A process that has read a larger document is ended: it would keep much of the memory that it took."""
_COMMAND = (sys.executable, "-P", "-m", "aggregator.parse.worker")
_PACKAGES = (str(Path(aggregator.__file__).parents[1]), os.environ.get("PYTHONPATH"))
_BUFFER_BYTES = 1024 * 1024


class WorkerProcess:
    """Reads one document at a time; started by the first, and again after it was ended."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None

    async def read(self, job: ParseJob) -> ParseResult:
        """Return what a document says, without its entries; raises ParseError, OSError if it cannot start."""
        try:
            async with asyncio.timeout(LONGEST_S):
                result = await self._run(pickle.dumps(job, pickle.HIGHEST_PROTOCOL))
        except TimeoutError as error:
            await self.end()
            reason = f"reading it takes longer than {LONGEST_S:g} s, which no feed needs: {LOOK}"
            raise ParseError(job.url, reason) from error
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            await self.end()
            reason = f"the process that read it was ended, maybe for want of memory; if not, {REPORT}"
            raise ParseError(job.url, reason) from error
        except BaseException:  # the result of a job that was given up must not be read as that of the next
            await self.end()
            raise
        if len(job.body) > LARGE_BYTES:
            await self.end()
        if isinstance(result, ParseError):
            raise result
        return result

    async def end(self) -> None:
        """End the process, whatever it does."""
        process, self._process = self._process, None
        if process is not None:
            if process.returncode is None:
                process.kill()
            await process.communicate()

    async def _run(self, pickled_job: bytes) -> ParseResult | ParseError:
        process = self._process
        if process is None or process.returncode is not None:  # something else ended it, not this document
            process = self._process = await _start_process()
        jobs, results = process.stdin, process.stdout
        if jobs is None or results is None:  # never: it was started with both
            raise ConnectionError
        jobs.write(pickled_job)
        await jobs.drain()
        size = int.from_bytes(await results.readexactly(SIZE_BYTES))
        result: ParseResult | ParseError = pickle.loads(await results.readexactly(size))  # noqa: S301  # of our own
        return result


async def _start_process() -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *_COMMAND,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, _PACKAGES))},
        process_group=0,
        limit=_BUFFER_BYTES,
    )
