"""One article page, fetched and read; and links to AMP pages, replaced by their articles' addresses."""

import asyncio
import math
import re
from collections.abc import Sequence

import structlog

from aggregator.enrich import set_own_address
from aggregator.errors import FetchError
from aggregator.fetch.pages import PageFetcher
from aggregator.html import Head, read_head
from aggregator.model import Article, Fetched
from aggregator.parse.documents.encoding import decode_document
from aggregator.pipeline.context import Context
from aggregator.rules import Rules
from aggregator.store import read_known
from aggregator.urls import host_of, registrable_domain, strip_tracking

MAX_FOLLOWED = 50
"""AMP links of one document that are followed before it is stored."""

_LOOKS_AMP = re.compile(
    r"https?://(?:amp\.[^?#]+|[^?#]*/(?:google-)?amp(?:/[^?#]*)?|[^?#]*\.amp(?:\.html?)?)(?:[?#].*)?"
    r"|https?://[^?#]+\?(?:.*&)?(?:amp|outputType=amp)(?:[=&#].*)?",
    re.IGNORECASE,
)
log = structlog.get_logger()


async def read_page(
    url: str, *, rules: Rules, pages: PageFetcher, begin_by_s: float = math.inf
) -> tuple[Fetched, Head]:
    """Fetch a page and read its head; raises FetchError, also where it is no HTML page.

    It is asked for before ``begin_by_s``, by ``time.monotonic``, or not at all.
    """
    limit = rules.enrichment.max_page_bytes
    fetched = await pages.get(url, max_body_bytes=limit, begin_by_s=begin_by_s)
    if "html" not in (fetched.content_type or "html"):
        raise FetchError(url, f"it is no HTML page but {fetched.content_type}")
    head = await asyncio.to_thread(_read_head, fetched)
    return fetched, head


def _read_head(fetched: Fetched) -> Head:
    text, _ = decode_document(fetched.body, fetched.content_type)
    return read_head(text, fetched.final_url)


async def replace_amp_links(articles: Sequence[Article], context: Context) -> tuple[Article, ...]:
    """Return ``articles`` with the article's own address where a link is that of an AMP page.

    The page must be AMP and name an article of its own registrable domain. Links that do not look like AMP,
    that are known, or whose page cannot be had stay as they are; so do all without ``pages``.
    """
    rules, pages = context.rules, context.pages
    suspects = [a for a in articles if a.canonical_url and _LOOKS_AMP.fullmatch(a.web_url or "")]
    if pages is None or not suspects or not rules.enrichment.pages:
        return tuple(articles)
    known = await asyncio.to_thread(read_known, context.store, suspects[0].source_id, suspects)
    unknown = [article for article in suspects if article.canonical_url not in known.urls][:MAX_FOLLOWED]
    replaced = await asyncio.gather(*(_replace_amp_link(article, rules, pages) for article in unknown))
    by_id = dict(zip((article.id for article in unknown), replaced, strict=True))
    return tuple(by_id.get(article.id, article) for article in articles)


async def _replace_amp_link(article: Article, rules: Rules, pages: PageFetcher) -> Article:
    url = article.web_url or ""
    try:
        _, head = await read_page(url, rules=rules, pages=pages)
    except FetchError as error:
        log.info("amp", url=url, refused=error.reason)
        return article
    own = registrable_domain(host_of(url))
    if not head.is_amp or head.canonical is None or registrable_domain(host_of(head.canonical)) != own:
        return article
    return set_own_address(article, strip_tracking(head.canonical), origin="page")
