"""The logos job: each publisher's logo, looked for once a month and kept in a record's two sizes.

configured pictures -> icons that its page names -> /favicon.ico: the first that can be used
"""

import asyncio
from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import structlog

from aggregator.enrich.logos import LOGO_SIDES, make_logo_files
from aggregator.errors import AggregatorError, ImageRefused, ServicePaused, TurnPassed
from aggregator.fetch.pages import refuse_late
from aggregator.html import list_icon_links, read_head
from aggregator.model import Article, Provider
from aggregator.parse.documents.encoding import decode_document
from aggregator.pipeline.context import Context
from aggregator.pipeline.enrich.picture_checks import PICTURE_ACCEPT
from aggregator.pipeline.enrich.picture_copies import WRITTEN_WITHIN
from aggregator.pipeline.enrich.step_result import StepResult
from aggregator.pipeline.enrich.waits import PAUSED_AFTER, find_end_of_wait
from aggregator.publish.files import write_files
from aggregator.publish.tree_paths import name_logo
from aggregator.rules import Rules
from aggregator.store import Logo, forget_lost_logos, publish_at_once, read_logos, save_logos
from aggregator.urls import host_of

REFRESH_AFTER = timedelta(days=30)
RETRY_AFTER = timedelta(days=3)
AT_A_TIME = 4
MAX_OF_A_PAGE = 3
log = structlog.get_logger()


async def check_logos(articles: Sequence[Article], context: Context) -> StepResult:
    """Look for the logos of the publishers of ``articles`` that are due, and count those that came out new.

    A publisher without one is logged with the reason, and asked again some days later.
    """
    if not articles:
        return StepResult()
    now = context.clock()
    newest = {article.provider.domain: article for article in reversed(articles)}
    known = await asyncio.to_thread(_read_known, newest, context, now)
    due = [a for domain, a in newest.items() if _find_next_look(a.provider, known.get(domain), now) <= now]
    checks = _LogoChecks(context, known, now)
    count = sum(await asyncio.gather(*map(checks.check, due)))
    looked = [article for article in due if article.id not in checks.elsewhere]
    again_at = await asyncio.to_thread(_find_next_looks, looked, context, now)
    return StepResult(count=count, is_changed=count > 0, again_at=again_at, elsewhere=checks.elsewhere)


@dataclass(slots=True)
class _LogoChecks:
    """Logos that are looked for, so many at a time, beside what is ``known`` of them by domain.

    ``elsewhere`` has the pages of articles that another process may ask for, by the articles' ids.
    """

    context: Context
    known: Mapping[str, Logo]
    now: datetime
    slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_A_TIME))
    elsewhere: dict[str, set[str]] = field(default_factory=dict)

    async def check(self, article: Article) -> bool:
        """Look for the logo of an article's publisher; tell whether files changed."""
        home, domain = _find_home_page(article), article.provider.domain
        if self.context.fetcher.is_paused(home):
            return False
        async with self.slots:
            try:
                with self.context.page_share.read(home) as begin_by_s:
                    refuse_late(home, begin_by_s)
                    return await _check_logo(article, self.known.get(domain), self.context, self.now)
            except TurnPassed:
                self.elsewhere[article.id] = {home}
                return False
            except ServicePaused as error:  # nobody looked, so there may be one
                log.info("logo", provider=domain, problem=str(error))
                return False


def _find_next_looks(articles: Sequence[Article], context: Context, now: datetime) -> dict[str, datetime]:
    """Return when each article's logo is to be looked for again; what is due still could not be."""
    found = read_logos(context.store, [article.provider.domain for article in articles])
    looks = ((a.id, _find_next_look(a.provider, found.get(a.provider.domain), now)) for a in articles)
    return {article_id: at if at > now else now + PAUSED_AFTER for article_id, at in looks}


def _read_known(domains: Iterable[str], context: Context, now: datetime) -> dict[str, Logo]:
    """Return what is known of the publishers' logos, without those whose files are gone."""
    known = dict(read_logos(context.store, domains))
    lost = [d for d, logo in known.items() if logo.problem is None and not _has_files(d, context.rules)]
    forget_lost_logos(context.store, lost, now)
    return {domain: logo for domain, logo in known.items() if domain not in lost}


def _has_files(domain: str, rules: Rules) -> bool:
    return all((rules.feeds_dir / name_logo(domain, side)).is_file() for side in LOGO_SIDES)


def _find_next_look(provider: Provider, known: Logo | None, now: datetime) -> datetime:
    if known is None:
        return now
    configured = [image.url for image in provider.images]
    is_other = bool(configured) and known.url not in configured
    wait = RETRY_AFTER if known.problem is not None or is_other else REFRESH_AFTER
    return find_end_of_wait(wait, known.checked_at, now)


async def _check_logo(article: Article, known: Logo | None, context: Context, now: datetime) -> bool:
    """Keep the first logo that can be used, or why there is none; tell whether files changed.

    Raises ServicePaused where one that may be the first could not be asked for now.
    """
    domain, store = article.provider.domain, context.store
    problem = "its pages name no icon"
    async with aclosing(_candidate_urls(article, context)) as candidates:
        async for url in candidates:
            try:
                files = await _fetch_logo(url, context)
            except ServicePaused as error:
                if context.fetcher.is_paused(_find_home_page(article)):
                    raise  # nothing is asked again before that is over
                problem = str(error)
            except AggregatorError as error:
                problem = str(error)
            else:
                logo = Logo(domain=domain, url=url, checked_at=now)
                return await asyncio.to_thread(_keep_logo, logo, files, context)
    # Many publishers have none, which is no trouble of anybody; one that the operator names should be there.
    tell = log.warning if article.provider.images else log.info
    tell("logo", provider=domain, problem=problem)
    # A logo that was found before stays until there is another.
    none = Logo(domain=domain, checked_at=now, problem=problem)
    kept = replace(known, checked_at=now) if known and known.problem is None else none
    await asyncio.to_thread(save_logos, store, [kept])
    return False


async def _candidate_urls(article: Article, context: Context) -> AsyncGenerator[str, None]:
    """Yield where the publisher's logo may be, the best first; a page is asked for only where needed."""
    for image in sorted(article.provider.images, key=lambda image: -(image.width or 0)):
        yield image.url
    home = _find_home_page(article)
    for page_url in (*_article_pages(article, home, context.rules), home):
        for url in await _read_page_icons(page_url, context):
            yield url
    yield f"{home}favicon.ico"


def _article_pages(article: Article, home: str, rules: Rules) -> tuple[str, ...]:
    """Return the article's page, if it may be read: it has a logo (JSON-LD) more often than the home page."""
    source = rules.carriers.get(article.source_id)
    is_read = rules.enrichment.pages and (source is None or source.page)
    urls = (article.web_url, article.original_url)
    return tuple(url for url in urls if is_read and url and url.startswith(home))[:1]


def _find_home_page(article: Article) -> str:
    """Return the home page of the article's site, of its publisher's domain where it lies elsewhere."""
    domain = article.provider.domain
    for url in (article.web_url, article.original_url, article.canonical_url):
        host = host_of(url or "")
        if url and (host == domain or host.endswith(f".{domain}")):
            parts = urlsplit(url)
            return f"{parts.scheme}://{parts.netloc}/"
    return f"https://{domain}/"


async def _read_page_icons(page_url: str, context: Context) -> Sequence[str]:
    """Return the logo and the icons that a page names; none where it cannot or may not be read.

    Raises ServicePaused where its service is left alone now.
    """
    if context.pages is None:
        return ()
    limit = context.rules.enrichment.max_page_bytes
    try:
        page = await context.pages.get(page_url, max_body_bytes=limit)
    except AggregatorError as error:
        if isinstance(error, ServicePaused) and context.fetcher.is_paused(page_url):
            raise
        log.info("logo", page=page_url, problem=str(error))
        return ()
    return await asyncio.to_thread(_parse_icons, page.body, page.final_url)


def _parse_icons(body: bytes, url: str) -> Sequence[str]:
    html, _ = decode_document(body)
    urls = (read_head(html, url).logo, *list_icon_links(html, url))
    return tuple(dict.fromkeys(url for url in urls if url))[:MAX_OF_A_PAGE]


async def _fetch_logo(url: str, context: Context) -> dict[int, bytes]:
    """Return the logo at ``url`` as a file for each side in pixels; raises FetchError, ImageRefused."""
    limit = context.rules.images.max_bytes
    fetched = await context.fetcher.get(url, accept=PICTURE_ACCEPT, max_body_bytes=limit)
    try:
        return dict(await asyncio.to_thread(make_logo_files, fetched.body))
    except ImageRefused as error:
        raise ImageRefused(f"{url}: {error}") from error


def _keep_logo(logo: Logo, files: dict[int, bytes], context: Context) -> bool:
    # First what is known of it, then its files: without them it is looked for again.
    shown_at = context.clock() + WRITTEN_WITHIN
    if not save_logos(context.store, [logo], shown_at=shown_at):
        return False
    named = {name_logo(logo.domain, side): content for side, content in files.items()}
    written = write_files(context.rules.feeds_dir, named)
    for error in written.errors:
        log.error("logo", error=error)
    publish_at_once(context.store, shown_at)
    return bool(written.changed)
