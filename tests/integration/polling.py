"""Polls at times that a test chooses, over real sockets and a real store."""

import asyncio

from aggregator.config import load_config
from aggregator.fetch import FetchLimits
from aggregator.fetch.feed import Fetcher
from aggregator.pipeline.context import Context
from aggregator.pipeline.poll.round import poll
from aggregator.rules import Rules
from aggregator.store import open_store, read_remembered_sources, read_source_state


def poll_at(site, *times):
    """Poll every source at each of these times; return the source's last state."""

    async def run():
        limits = FetchLimits(allow_private_addresses=True, domain_delay_s=0)
        config = load_config(site.config, {})
        with open_store(config.settings.database_url) as store:
            store.sync_sources(config.sources, now=times[0])
            rules = Rules.of(config, read_remembered_sources(store))
            async with Fetcher(limits) as fetcher:
                for at in times:
                    context = Context(rules=rules, store=store, fetcher=fetcher, clock=lambda at=at: at)
                    await poll(rules.sources, context)
            return read_source_state(store, "daily")

    return asyncio.run(run())
