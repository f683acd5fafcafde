"""What commands look up by fetching: an AMP page, the feeds at an address, where sources have gone.

Commands import it when they come to it: it brings what fetches and parses, which takes long to import.
"""

from collections.abc import Sequence

from aggregator.cli.fetchers import make_page_fetcher, open_fetchers
from aggregator.cli.options import clock
from aggregator.cli.workspace import Workspace
from aggregator.config import Config
from aggregator.model import Source
from aggregator.pipeline.doctor import Desk, Diagnosis, examine
from aggregator.pipeline.enrich.article_pages import Found, find_amp
from aggregator.pipeline.feed_search import Finding, Search, find_feeds
from aggregator.rules import Rules


async def look_up_amp(url: str, config: Config) -> Found:
    """Return where the AMP page of an article may be, and what speaks for each address."""
    async with make_page_fetcher(config.settings) as pages:
        return await find_amp(url, rules=Rules.of(config, {}), pages=pages, now=clock())


async def look_up_feeds(addresses: Sequence[str], source: Source, valid: Config) -> Finding:
    """Return the feeds at these addresses, or that the pages there name, as those of ``source``."""
    settings = valid.settings
    async with open_fetchers(settings) as (fetcher, pages):
        search = Search(rules=Rules.of(valid, {}), fetcher=fetcher, pages=pages, clock=clock)
        return await find_feeds(addresses, source, search)


async def look_up_sources(workspace: Workspace, source_ids: Sequence[str]) -> list[Diagnosis]:
    """Return for each source what was found out about where it has gone."""
    settings = workspace.config.settings
    async with open_fetchers(settings) as (fetcher, pages):
        at = Desk(rules=workspace.rules, store=workspace.store, fetcher=fetcher, pages=pages, clock=clock)
        return [await examine(workspace.rules.sources[source_id], at) for source_id in source_ids]
