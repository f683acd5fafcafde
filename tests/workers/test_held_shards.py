"""Which shards a worker takes, and leaves to others."""

import asyncio
from datetime import UTC, datetime

from aggregator.config import Config
from aggregator.fetch import FetchLimits
from aggregator.fetch.feed import Fetcher
from aggregator.fetch.outage import KnownOutage
from aggregator.pipeline.context import Context
from aggregator.rules import Rules
from aggregator.service import ServiceState
from aggregator.service.workers.held_shards import HeldShards
from aggregator.store import open_store


def test_a_worker_that_is_cut_off_leaves_its_shards_to_others(tmp_path):
    """But for one, by which it finds out when its network is back."""

    async def run(store):
        async with Fetcher(FetchLimits()) as fetcher:
            rules = Rules.of(Config.default(), {})
            context = Context(rules=rules, store=store, fetcher=fetcher, clock=lambda: datetime.now(UTC))
            held = HeldShards(state=ServiceState(context=context), count=4, sure_for_s=60)
            fetcher.outage.known = KnownOutage(trouble="silent", known_at_s=0, since_s=0)
            tasks = [asyncio.create_task(held.hold(number)) for number in range(4)]
            await asyncio.sleep(0.01)
            cut_off = sorted(held.held)
            fetcher.outage.known = None
            tasks += [asyncio.create_task(held.hold(number)) for number in range(1, 4)]
            await asyncio.sleep(0.01)
            back = sorted(held.held)
            held.leaving.set()
            await asyncio.gather(*tasks)
            return cut_off, back

    with open_store(f"sqlite:///{tmp_path}/store.db") as store:
        assert asyncio.run(run(store)) == ([0], [0, 1, 2, 3])
