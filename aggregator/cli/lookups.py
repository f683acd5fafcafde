"""What commands look up by fetching: an AMP page, the feeds at an address, where sources have gone.

Commands import it only when they come to it, as it imports what fetches and parses, which takes long.
"""

from collections.abc import Sequence

from aggregator.cli.fetchers import make_page_fetcher, open_fetchers
from aggregator.cli.options import clock
from aggregator.cli.workspace import Workspace
from aggregator.config import Config
from aggregator.model import Source
from aggregator.pipeline.context import Context, FetchContext
from aggregator.pipeline.doctor import Diagnosis, examine
from aggregator.pipeline.enrich.amp_proof import AmpLookup, find_amp
from aggregator.pipeline.feed_search import FeedSearchResult, find_feeds
from aggregator.rules import Rules


async def look_up_amp(url: str, config: Config) -> AmpLookup:
    """Return where the AMP page of an article may be, and what speaks for each address."""
    async with make_page_fetcher(config.settings) as pages:
        return await find_amp(url, rules=Rules.of(config, {}), pages=pages, now=clock())


async def look_up_feeds(addresses: Sequence[str], source: Source, valid: Config) -> FeedSearchResult:
    """Return the feeds at these addresses, or that the pages there name, as those of ``source``."""
    settings = valid.settings
    async with open_fetchers(settings) as (fetcher, pages):
        context = FetchContext(rules=Rules.of(valid, {}), fetcher=fetcher, pages=pages, clock=clock)
        return await find_feeds(addresses, source, context)


async def look_up_sources(workspace: Workspace, source_ids: Sequence[str]) -> list[Diagnosis]:
    """Return for each source where it may have gone, and what was tried."""
    rules = workspace.rules
    async with open_fetchers(workspace.config.settings) as (fetcher, pages):
        context = Context(rules=rules, store=workspace.store, fetcher=fetcher, pages=pages, clock=clock)
        return [await examine(rules.sources[source_id], context) for source_id in source_ids]
