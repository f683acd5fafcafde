"""From stored articles to their pages, and what the pages prove and add."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from aggregator.enrich import AmpCandidate, amp_cache_url, amp_candidates, amp_refusal
from aggregator.enrich.page import canonical_of, fill_from_page
from aggregator.errors import FetchError, FetchTimeout, HttpStatusError, ServicePaused
from aggregator.fetch.pages import PageFetcher
from aggregator.html import Head
from aggregator.machine.clock_skew import has_elapsed
from aggregator.model import Article, Fetched, Provider, Source
from aggregator.pipeline.article_page import read_page
from aggregator.pipeline.context import Clock
from aggregator.pipeline.page_wait import may_read_page
from aggregator.rules import Rules
from aggregator.store import Edit, Store, find_articles_to_enrich, read_carriers, save_enriched
from aggregator.urls import canonical_url, unwrap_amp

BATCH = 200
LOOKS = 4
"""For who may be read now, each without the sources of which the one before found nothing: they stay due."""
TRIES = timedelta(minutes=30)
"""How long after it was first seen an article's page is asked for again where its site is in trouble."""
log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class Proof:
    """What came of one candidate: ``refusal`` says why it is not the AMP page, None if it is."""

    candidate: AmpCandidate
    refusal: str | None


async def enrich_due(*, rules: Rules, store: Store, pages: PageFetcher, clock: Clock) -> int:
    """Enrich what is to be enriched, with pauses a host and so many at once, and return how many were.

    Safe to kill and to run twice: an article counts as enriched only once what was found is stored.
    """
    if not rules.enrichment.pages:
        return 0
    wanted = await _wanted(rules, store, pages, clock())
    slots = asyncio.Semaphore(rules.enrichment.concurrency)

    async def one(article: Article) -> bool:
        async with slots:
            return await enrich_article(article, rules=rules, store=store, pages=pages, clock=clock)

    return sum(await asyncio.gather(*(one(article) for article in wanted)))


async def _wanted(rules: Rules, store: Store, pages: PageFetcher, now: datetime) -> Sequence[Article]:
    """Return articles that are due and whose page may be asked for now, the newest first."""
    wanted, idle = list[Article](), set[str]()
    for _ in range(LOOKS):
        due = await asyncio.to_thread(find_articles_to_enrich, store, now, BATCH, without=idle)
        wanted = [a for a in due if may_read_page(a, rules) and not _is_paused(a, pages)]
        if wanted or len(due) < BATCH:
            break
        idle |= {article.source_id for article in due}
    return wanted


def _is_paused(article: Article, pages: PageFetcher) -> bool:
    return pages.is_paused(article.web_url or article.original_url or "")


async def enrich_article(
    article: Article, *, rules: Rules, store: Store, pages: PageFetcher, clock: Clock
) -> bool:
    """Read the page of ``article``, prove its AMP page, store what was found; False where that is put off."""
    url = article.web_url or article.original_url or ""
    urls: dict[str, str] = {}
    try:
        fetched, head = await read_page(url, rules=rules, pages=pages)
        found, urls = await _found(article, fetched=fetched, head=head, rules=rules, pages=pages, now=clock())
    except ServicePaused as error:  # nothing was asked, and so nothing found or refuted
        log.info("enrich", article=article.id, url=url, refused=error.reason)
        return False
    except FetchError as error:
        log.info("enrich", article=article.id, url=url, refused=error.reason)
        has_time = not has_elapsed(TRIES, since=article.first_seen_at, now=clock())
        if _is_passing(error) and has_time and article.amp_url is None:
            return False
        found = article if _is_passing(error) else _without_amp(article)  # trouble refutes nothing
    carriers = (await asyncio.to_thread(read_carriers, store, [article.id])).get(article.id, ())
    now = clock()
    after = rules.judge(replace(found, enriched_at=now, amp_checked_at=now), carriers)
    edit = Edit(before=article, after=after, carriers=carriers)
    return await asyncio.to_thread(save_enriched, store, edit, urls)


async def _found(
    article: Article, *, fetched: Fetched, head: Head, rules: Rules, pages: PageFetcher, now: datetime
) -> tuple[Article, dict[str, str]]:
    wait = timedelta(seconds=rules.enrichment.wait_s)
    filled = fill_from_page(article, head, now=now, was_shown=now - article.first_seen_at >= wait)
    own = fetched.final_url if head.is_amp else None
    urls = {canonical_url(url): article.id for url in (filled.web_url, canonical_of(article, head)) if url}
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
        return _without_amp(filled), urls
    origins = {**filled.origins, "amp_url": proved.origin}
    amp = replace(filled, amp_url=proved.url, cdn_amp_url=amp_cache_url(proved.url), origins=origins)
    return amp, {**urls, canonical_url(proved.url): article.id}


async def prove_amp(
    article: Article, *, rules: Rules, pages: PageFetcher, page_link: str | None
) -> tuple[Proof, ...]:
    """Return what came of each place where the AMP page of ``article`` may be, up to the first proved one.

    Raises ServicePaused where one of them cannot be asked for now.
    """
    proofs = []
    for candidate in amp_candidates(article, entry_link=article.amp_link, page_link=page_link):
        proofs.append(Proof(candidate=candidate, refusal=await _refusal(article, candidate, rules, pages)))
        if proofs[-1].refusal is None:
            break
    return tuple(proofs)


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """What was found of an article's AMP page: the article's own address, and each proof."""

    article_url: str
    proofs: tuple[Proof, ...]


async def find_amp(url: str, *, rules: Rules, pages: PageFetcher, now: datetime) -> Found:
    """Return what is found of the AMP page of the article at ``url``; stores nothing, raises FetchError."""
    _, head = await read_page(unwrap_amp(url), rules=rules, pages=pages)
    own = (head.canonical if head.is_amp else None) or unwrap_amp(url)
    if head.is_amp and own != url:
        _, head = await read_page(own, rules=rules, pages=pages)
    article = Article(
        id="", source_id="", provider=Provider(domain=""), title="", published_at=now,
        first_seen_at=now, updated_at=now, web_url=own, canonical_url=canonical_url(own),
    )  # fmt: skip
    article = rules.registry.resolve(article, Source(id="", url=own), site_url=own, title=None)
    proofs = await prove_amp(article, rules=rules, pages=pages, page_link=head.amphtml)
    return Found(article_url=article.web_url or own, proofs=proofs)


async def _refusal(article: Article, candidate: AmpCandidate, rules: Rules, pages: PageFetcher) -> str | None:
    try:
        _, head = await read_page(candidate.url, rules=rules, pages=pages)
    except ServicePaused:
        raise
    except FetchError as error:
        return error.reason
    own = (article.web_url, article.original_url, article.canonical_url)
    return amp_refusal(own, is_amp=head.is_amp, canonical=head.canonical)


def _is_passing(error: FetchError) -> bool:
    if not isinstance(error, HttpStatusError):
        return isinstance(error, FetchTimeout)
    is_limited = error.status == 429 or (error.status == 403 and error.retry_after is not None)
    return is_limited or error.status >= 500


def _without_amp(article: Article) -> Article:
    if article.amp_url is not None:
        log.info("amp", article=article.id, url=article.amp_url, refused="it is not proved any more")
    return replace(article, amp_url=None, cdn_amp_url=None)
