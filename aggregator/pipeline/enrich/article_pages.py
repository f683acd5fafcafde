"""The page of each new article, read once: what it adds, and whether the article has an AMP page.

due, and may be asked ─► page ─► what it adds ─► AMP page proved ─► judged again ─► stored
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import structlog

from aggregator.cadence import make_page_gone
from aggregator.enrich import make_amp_cache_url
from aggregator.enrich.page import fill_from_page, find_canonical, set_wishes
from aggregator.enrich.reuse_statements import Statements, read_page_statements
from aggregator.enrich.reuse_wishes import parse_wishes
from aggregator.errors import FetchError, FetchTimeout, HttpStatusError, ServicePaused, TurnPassed
from aggregator.fetch.pages import PageFetcher
from aggregator.html import Head
from aggregator.model import Article, Fetched
from aggregator.model.clock_skew import has_elapsed
from aggregator.pipeline.article_page import read_page
from aggregator.pipeline.context import Context
from aggregator.pipeline.enrich.amp_proof import prove_amp
from aggregator.pipeline.enrich.step_result import StepResult
from aggregator.pipeline.enrich.tdm_files import read_tdm_statements
from aggregator.pipeline.page_pauses import keep_page_pauses
from aggregator.pipeline.page_wait import may_read_page
from aggregator.store import Edit, find_articles_to_enrich, note_disappearance, read_carriers, save_enriched
from aggregator.urls import canonical_url

BATCH = 200
MAX_QUERIES = 4
"""Queries for articles that may be asked for; each leaves out the sources that had none, which stay due."""
RETRY_FOR = timedelta(minutes=30)
"""How long after it was first seen an article's page is asked for again where its site is in trouble."""
GONE = 410
"""What a page answers that its publisher removed; 404 alone may be one that is not there yet."""
log = structlog.get_logger()


async def find_unread_articles(context: Context) -> Sequence[Article]:
    """Return articles that are due and whose page may be asked for now, and here, the newest first."""
    now, shards = context.clock(), context.page_share.choose_shards()
    idle = set[str]()
    for _ in range(MAX_QUERIES):
        due = await asyncio.to_thread(
            find_articles_to_enrich, context.store, now, BATCH, without=idle, shards=shards
        )
        askable = [a for a in due if may_read_page(a, context.rules) and not _is_paused(a, context.pages)]
        if askable or len(due) < BATCH:
            return askable
        idle |= {article.source_id for article in due}
    return ()


def _is_paused(article: Article, pages: PageFetcher | None) -> bool:
    return pages is not None and pages.is_paused(_page_of(article))


def _page_of(article: Article) -> str:
    return article.web_url or article.original_url or ""


async def read_article_pages(articles: Sequence[Article], context: Context) -> StepResult:
    """Read the pages of ``articles``, with pauses between those of a host and so many at once.

    Safe to kill and to run twice: an article counts as enriched only once what was found is stored.
    """
    pages = context.pages
    if pages is None:
        return StepResult()
    slots = asyncio.Semaphore(context.rules.enrichment.concurrency)

    async def read_one(article: Article) -> bool:
        async with slots:
            with context.page_share.read(_page_of(article)) as begin_by_s:
                return await _enrich_article(article, context, pages, begin_by_s)

    count = sum(await asyncio.gather(*(read_one(article) for article in articles)))
    return StepResult(count=count, left=len(articles) - count, is_changed=count > 0)


async def _enrich_article(article: Article, context: Context, pages: PageFetcher, begin_by_s: float) -> bool:
    """Read the page of ``article``, prove its AMP page, store what was found; False where that is put off."""
    rules, store = context.rules, context.store
    url = _page_of(article)
    urls: dict[str, str] = {}
    try:
        fetched, head = await read_page(url, rules=rules, pages=pages, begin_by_s=begin_by_s)
        enriched, urls = await _enrich_from_page(article, fetched, head, context, pages)
    except TurnPassed:  # who asks there next reads it
        return False
    except ServicePaused as error:  # nothing was asked, and so nothing found or refuted
        log.info("enrich", article=article.id, url=url, refused=error.reason)
        return False
    except FetchError as error:
        log.info("enrich", article=article.id, url=url, refused=error.reason)
        await keep_page_pauses(url, error.url, context=context, pages=pages)
        has_time = not has_elapsed(RETRY_FOR, since=article.first_seen_at, now=context.clock())
        if _is_passing(error) and has_time and article.amp_url is None:
            return False
        enriched = article if _is_passing(error) else _remove_amp(article)  # trouble refutes nothing
        if isinstance(error, HttpStatusError) and error.status == GONE:
            gone = make_page_gone(article.id, article.source_id, now=context.clock())
            await asyncio.to_thread(note_disappearance, store, gone, now=context.clock())
    carriers = (await asyncio.to_thread(read_carriers, store, [article.id])).get(article.id, ())
    now = context.clock()
    after = rules.judge(replace(enriched, enriched_at=now, amp_checked_at=now), carriers, now=now)
    edit = Edit(before=article, after=after, carriers=carriers)
    return await asyncio.to_thread(save_enriched, store, edit, urls)


async def _enrich_from_page(
    article: Article, fetched: Fetched, head: Head, context: Context, pages: PageFetcher
) -> tuple[Article, dict[str, str]]:
    """Return ``article`` with what its page adds and its AMP page, and the addresses that are its own.

    Raises ServicePaused where its own publisher is left alone now.
    """
    rules, now = context.rules, context.clock()
    was_shown = now - article.first_seen_at >= timedelta(seconds=rules.enrichment.wait_s)
    wishes = parse_wishes(head.robots, fetched.headers.get("x-robots-tag", ""), robot=pages.robot)
    wishes = replace(wishes, statements=await _read_statements(fetched, head, context, pages))
    filled = fill_from_page(article, head, now=now, was_shown=was_shown)
    filled = set_wishes(filled, wishes, head, now=now, was_shown=was_shown)
    own = fetched.final_url if head.is_amp else None
    urls = {canonical_url(url): article.id for url in (filled.web_url, find_canonical(article, head)) if url}
    try:
        proofs = await prove_amp(filled, rules=rules, pages=pages, page_link=head.amphtml or own)
    except ServicePaused:
        if _is_paused(article, pages):  # so that nothing is asked again before that is over
            raise
        return filled, urls  # its own publisher was asked, and is not asked again for another's sake
    for proof in proofs:
        if proof.refusal is not None:
            log.info("amp", article=article.id, url=proof.candidate.url, refused=proof.refusal)
    proved = next((proof.candidate for proof in proofs if proof.refusal is None), None)
    if proved is None:
        return _remove_amp(filled), urls
    origins = {**filled.origins, "amp_url": proved.origin}
    amp = replace(filled, amp_url=proved.url, cdn_amp_url=make_amp_cache_url(proved.url), origins=origins)
    return amp, {**urls, canonical_url(proved.url): article.id}


async def _read_statements(fetched: Fetched, head: Head, context: Context, pages: PageFetcher) -> Statements:
    """Return what a page that was read and its site state about reuse."""
    of_page = read_page_statements(head, fetched.headers, fetched.final_url)
    of_site = await read_tdm_statements(fetched.url, context, pages)
    return (*pages.find_statements(fetched.url), *of_site, *of_page)


def _is_passing(error: FetchError) -> bool:
    """Tell whether asking again may go well: the site is in trouble, or wants to be asked later."""
    if not isinstance(error, HttpStatusError):
        return isinstance(error, FetchTimeout)
    is_limited = error.status == 429 or (error.status == 403 and error.retry_after is not None)
    return is_limited or error.status >= 500


def _remove_amp(article: Article) -> Article:
    if article.amp_url is not None:
        log.info("amp", article=article.id, url=article.amp_url, refused="it is not proved any more")
    return replace(article, amp_url=None, cdn_amp_url=None)
