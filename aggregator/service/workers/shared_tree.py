"""Whether the workers that publish write to one tree, and whether any publishes at all."""

import asyncio
import socket
import time
from dataclasses import dataclass
from pathlib import Path

import structlog

from aggregator.errors import PublishError
from aggregator.publish.tree_writers import name_tree
from aggregator.service.workers.queue import Queue

TOLD_AFTER_S = 60.0
"""How long nobody publishes before that is told: workers are started one after another."""

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class SharedTree:
    """The published tree in a ``folder``, as workers of a ``queue`` share it."""

    queue: Queue
    folder: Path

    async def check(self) -> None:
        """Raise PublishError where a worker publishes to another tree, StoreError or OSError as usual."""
        name = await asyncio.to_thread(name_tree, self.folder)
        other = await self.queue.find_other_tree(name)
        if other is not None:
            raise PublishError(
                f"{self.folder}: another worker publishes to another tree, {other}: storage.feeds_dir has to"
                " be one folder for all workers with --publish: share it, or start this one without --publish"
            )

    async def claim(self, worker_id: int) -> None:
        """Note that a worker publishes to the tree; raises as ``check`` does.

        Nobody waits for who writes to the store. Of two that begin at once at least one finds the other.
        """
        name = await asyncio.to_thread(name_tree, self.folder)
        await self.queue.claim_tree(worker_id, name, f"{socket.gethostname()}:{self.folder}")
        await self.check()


@dataclass(kw_only=True, slots=True)
class PublisherWatch:
    """Since when no worker publishes, by ``time.monotonic``, and whether that was told."""

    since_s: float | None = None
    is_told: bool = False

    def note(self, *, is_published: bool) -> None:
        """Note whether a worker publishes now, and log it once where none did for a while."""
        if is_published:
            self.since_s, self.is_told = None, False
            return
        now_s = time.monotonic()
        self.since_s = now_s if self.since_s is None else self.since_s
        if not self.is_told and now_s - self.since_s >= TOLD_AFTER_S:
            self.is_told = True
            problem = "no worker publishes: start one with --publish, where the published tree is"
            log.error("workers", problem=problem)
