"""What a site's /.well-known/tdmrep.json states about text and data mining: asked for once a day at most."""

import asyncio
from urllib.parse import urljoin

import structlog

from aggregator.enrich.reuse_statements import (
    TDM_FILE,
    Statements,
    TdmRules,
    find_tdm_statements,
    parse_tdm_file,
)
from aggregator.errors import FetchError, ServicePaused
from aggregator.fetch.pages import PageFetcher
from aggregator.pipeline.context import Context
from aggregator.store.tdm_files import read_tdm_file, save_tdm_file

MAX_BYTES = 65_536
ACCEPT = "application/json,*/*;q=0.1"
log = structlog.get_logger()


async def read_tdm_statements(url: str, context: Context, pages: PageFetcher) -> Statements:
    """Return what the site of ``url``, a page that was read, states of it; nothing where it cannot be had."""
    origin = urljoin(url, "/")
    async with pages.hold_site(origin):
        rules = await asyncio.to_thread(read_tdm_file, context.store, origin, context.clock())
        if rules is None:
            rules = await _fetch_rules(urljoin(origin, TDM_FILE), pages)
            if rules is None:
                return ()
            await asyncio.to_thread(save_tdm_file, context.store, origin, rules, context.clock())
    return find_tdm_statements(rules, url)


async def _fetch_rules(url: str, pages: PageFetcher) -> TdmRules | None:
    """Return the rules of a file, none where there is none; None: it was not asked for."""
    try:
        fetched = await pages.get(url, max_body_bytes=MAX_BYTES, accept=ACCEPT)
    except ServicePaused:
        return None
    except FetchError as error:
        log.debug("enrich", url=url, refused=error.reason)
        return ()
    return parse_tdm_file(fetched.body)
