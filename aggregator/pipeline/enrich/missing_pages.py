"""The pages of articles that disappeared at their source: asked for again, which says whether they are gone.

due ─► page, as any page is asked for ─► gone, there, or neither ─► stored; withdrawn articles judged again
"""

import asyncio
from collections.abc import Sequence
from urllib.parse import urlsplit

import structlog

from aggregator.cadence import note_page, put_off
from aggregator.errors import BodyTooLarge, FetchError, HttpStatusError, ServicePaused, TurnPassed
from aggregator.fetch.pages import PageFetcher
from aggregator.model import Article, Disappearance, PageState
from aggregator.pipeline.context import Context
from aggregator.pipeline.enrich.step_result import StepResult
from aggregator.pipeline.page_pauses import keep_page_pauses
from aggregator.pipeline.page_wait import may_read_page
from aggregator.store import find_article, read_due_checks, save_check

MOST_AT_ONCE = 50
GONE_STATUSES = (404, 410)
log = structlog.get_logger()


async def check_missing_pages(_: Sequence[Article], context: Context) -> StepResult:
    """Ask for the pages of articles that disappeared, those that are due; each of them once.

    Safe to kill and to run twice. What may not be asked for is asked about again later.
    """
    pages = context.pages
    if pages is None:
        return StepResult()
    shards = context.page_share.choose_shards()
    due = await asyncio.to_thread(
        read_due_checks, context.store, now=context.clock(), limit=MOST_AT_ONCE, shards=shards
    )
    by_article: dict[str, list[Disappearance]] = {}
    for one in due:
        by_article.setdefault(one.article_id, []).append(one)
    slots = asyncio.Semaphore(context.rules.enrichment.concurrency)

    async def check(article_id: str, found: list[Disappearance]) -> bool:
        async with slots:
            return await _check(article_id, found, context, pages)

    changed = await asyncio.gather(*(check(id_, found) for id_, found in by_article.items()))
    return StepResult(count=len(by_article), left=0, is_changed=any(changed))


async def _check(
    article_id: str, found: Sequence[Disappearance], context: Context, pages: PageFetcher
) -> bool:
    """Ask for the page of an article, store what that says; tell whether it says anything new."""
    article = await asyncio.to_thread(find_article, context.store, article_id)
    try:
        state = await _ask(article, context, pages) if article else None
    except TurnPassed:
        return False
    now, is_changed = context.clock(), False
    for one in found:
        after = put_off(one, now=now) if state is None else note_page(one, state, now=now)
        await asyncio.to_thread(save_check, context.store, one, after, now=now)
        is_changed |= after is None or after.is_confirmed != one.is_confirmed
    return is_changed


async def _ask(article: Article, context: Context, pages: PageFetcher) -> PageState | None:
    """Return what the page of an article answers, None where it is not asked for now; raises TurnPassed."""
    url = article.web_url or article.original_url or ""
    if not may_read_page(article, context.rules):
        return None
    limit = context.rules.enrichment.max_page_bytes
    try:
        with context.page_share.read(url) as begin_by_s:
            fetched = await pages.get(url, max_body_bytes=limit, begin_by_s=begin_by_s)
    except TurnPassed:
        raise
    except ServicePaused:
        return None
    except BodyTooLarge:
        return PageState.THERE
    except HttpStatusError as error:
        log.info("disappeared", article=article.id, url=url, status=error.status)
        await keep_page_pauses(url, error.url, context=context, pages=pages)
        return PageState.GONE if error.status in GONE_STATUSES else PageState.UNKNOWN
    except FetchError as error:
        log.info("disappeared", article=article.id, url=url, refused=error.reason)
        await keep_page_pauses(url, context=context, pages=pages)
        return PageState.UNKNOWN
    is_front = urlsplit(fetched.final_url).path in ("", "/") and urlsplit(url).path not in ("", "/")
    return PageState.FRONT if is_front else PageState.THERE
