"""What commands look up by fetching: an AMP page, the feeds at an address, where sources have gone.

Commands import it only when they come to it, as it imports what fetches and parses, which takes long.
"""

from collections.abc import Callable, Sequence
from functools import partial

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


async def look_up_sources(
    workspace: Workspace, source_ids: Sequence[str], tell: Callable[[str], None]
) -> list[Diagnosis]:
    """Return for each source where it may have gone, and what was tried; ``tell`` says what is asked now."""
    rules = workspace.rules
    async with open_fetchers(workspace.config.settings) as (fetcher, pages):
        context = Context(rules=rules, store=workspace.store, fetcher=fetcher, pages=pages, clock=clock)
        found = []
        for number, source_id in enumerate(source_ids, 1):
            tell_asked = partial(_tell_asked, tell, f"{source_id} ({number} of {len(source_ids)})")
            found.append(await examine(rules.sources[source_id], context, tell_asked))
        return found


def _tell_asked(tell: Callable[[str], None], whose: str, url: str) -> None:
    tell(f"{whose}: asking {url}")
