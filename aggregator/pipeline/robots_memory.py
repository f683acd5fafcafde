"""What workers read of robots.txt, in the store that they share."""

import asyncio
from dataclasses import dataclass

from aggregator.model.robots_files import RobotsFile
from aggregator.pipeline.context import Clock
from aggregator.store import Store, read_robots_file, save_robots_file


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredRobots:
    """Keeps it there, and finds it; both raise StoreError."""

    store: Store
    clock: Clock

    async def find(self, origin: str) -> RobotsFile | None:
        """Return what was read of a site and still counts; None: it is to be read."""
        return await asyncio.to_thread(read_robots_file, self.store, origin, self.clock())

    async def keep(self, origin: str, text: str | None) -> None:
        """Keep what was read of a site now; None: it could not be had."""
        await asyncio.to_thread(save_robots_file, self.store, origin, text, self.clock())
