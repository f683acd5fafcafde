"""What is started when: sources whose time has come, in the order in which it came."""

import asyncio
from datetime import UTC, datetime, timedelta

from aggregator.config import Config, Settings
from aggregator.fetch import FetchLimits
from aggregator.fetch.feed import Fetcher
from aggregator.fetch.pages import PageFetcher
from aggregator.model import Source
from aggregator.pipeline.context import Context
from aggregator.rules import Rules
from aggregator.service.polls_under_way import PollsUnderWay
from aggregator.store import open_store, read_remembered_sources
from tests.empty_store import put_empty_store
from tests.integration.site import item, rss
from tests.loopback import Answer

LIMITS = FetchLimits(allow_private_addresses=True)


def now():
    return datetime.now(UTC)


def test_sources_that_are_left_alone_keep_nobody_out(tmp_path, loopback):
    """Hundreds of services that answered 429 to pages, long due, and one source that is due since a moment."""
    paused = [Source(id=f"paused-{n}", url=f"https://paused-{n}.example/feed") for n in range(2 * 256)]
    free = Source(
        id="free", url=loopback.route("/feed", Answer(body=rss(item(1, "Sun, 01 Mar 2026 13:00:00 GMT"))))
    )
    done = []

    async def tick(rules, store):
        async with (
            Fetcher(LIMITS) as feeds,
            PageFetcher(LIMITS, host_delay_s=0, robot="aggregator", sibling=feeds) as pages,
        ):
            assert feeds.in_flight <= len(paused)
            for source in paused:
                feeds.pause(source.url, timedelta(days=1))  # as a page of each would have it
            polls = PollsUnderWay(store=store, on_done=done.append)
            await polls.start_due(Context(rules=rules, store=store, fetcher=feeds, pages=pages, clock=now))
            await asyncio.gather(*polls.under_way.values())

    with open_store(put_empty_store(tmp_path / "aggregator.db")) as store:
        store.sync_sources(paused, now=now() - timedelta(hours=1))
        config = Config(folder=tmp_path, settings=Settings(), sources=(*paused, free))
        store.sync_sources(config.sources, now=now())
        asyncio.run(tick(Rules.of(config, read_remembered_sources(store)), store))
    assert [(poll.source_id, poll.outcome) for poll in done] == [("free", "updated")]
