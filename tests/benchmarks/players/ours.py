"""This project's polling, as the service does it, with the topics and providers of its configuration."""

import asyncio
import logging
import sys
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import structlog
from measure import play, sources

from aggregator.config import Config, load_config
from aggregator.fetch import FetchLimits
from aggregator.fetch.feed import Fetcher
from aggregator.fetch.transport import KEEPALIVE_S
from aggregator.machine.memory import share_arenas, tune_garbage_collection
from aggregator.model import Source
from aggregator.pipeline.context import Context
from aggregator.pipeline.poll.round import poll
from aggregator.rules import Rules
from aggregator.store import open_store, read_remembered_sources

CONFIG = Path(__file__).parents[3] / "config"
LIMITS = FetchLimits(allow_private_addresses=True, domain_delay_s=0)


def main() -> None:
    """Set up, and play."""
    share_arenas()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    polled = tuple(Source(id=f"s{number}", url=url) for number, url in enumerate(sources()))
    config = replace(load_config(CONFIG, {}), sources=polled)
    with open_store(f"sqlite:///{Path(sys.argv[2]) / 'ours.sqlite'}") as store:
        store.sync_sources(polled, now=_now())
        rules = Rules.of(config, read_remembered_sources(store))

        async def one_round() -> Counter[str]:
            async with Fetcher(LIMITS) as fetcher:
                ids = [source.id for source in polled]
                polls = await poll(ids, Context(rules=rules, store=store, fetcher=fetcher, clock=_now))
            return Counter(done.outcome for done in polls)

        tune_garbage_collection()
        play(_settings(config), lambda: asyncio.run(one_round()))


def _settings(config: Config) -> str:
    return (
        f"{LIMITS.concurrency} exchanges at a time, {LIMITS.per_host} with a host, no pause between them; "
        f"connections kept for {KEEPALIVE_S:g} s, anew in each round; address guard "
        f"{'off, for loopback' if LIMITS.allow_private_addresses else 'on'}; "
        f"robots, pages and pictures off; {len(config.topics)} topics, "
        f"{len(config.providers)} providers; log from warnings up"
    )


def _now() -> datetime:
    return datetime.now(UTC)


if __name__ == "__main__":
    main()
