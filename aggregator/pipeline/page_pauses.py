"""Who is to be left alone, for those who ask for pages next: told to the store, and read there."""

import asyncio
from collections.abc import Collection

from aggregator.fetch.pages import PageFetcher
from aggregator.pipeline.context import Context
from aggregator.store import read_page_pauses, save_page_pauses, shard_of
from aggregator.urls.services import service_of_url


async def keep_page_pauses(*urls: str, context: Context, pages: PageFetcher) -> None:
    """Store what holds up asking for these pages from now on, where others ask for them next."""
    if context.page_share.is_partial:
        now = context.clock()
        pauses = {pause for url in urls for pause in pages.find_pauses(url, now)}
        await asyncio.to_thread(save_page_pauses, context.store, pauses, now)


async def keep_site_pauses(shards: Collection[int], context: Context) -> None:
    """Store of which sites of these shards a page was asked for a moment ago."""
    if context.pages is not None:
        now = context.clock()
        found = context.pages.find_site_pauses(now)
        theirs = [pause for pause in found if shard_of(service_of_url(pause.name)) in shards]
        await asyncio.to_thread(save_page_pauses, context.store, theirs, now)


async def take_up_pauses(shards: Collection[int], context: Context) -> None:
    """Leave alone who is to be left alone of these shards, as others found out."""
    now = context.clock()
    for pause in await asyncio.to_thread(read_page_pauses, context.store, shards, now):
        if context.pages is not None:
            context.pages.keep_pause(pause, now)
