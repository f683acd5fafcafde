"""Feeds where an operator's address leads: the one that is there, else those that its site names.

    the address ─► feeds that the page there names ─► those that the site's first page names ─► usual places
        ─► sitemaps of news that the site's robots.txt names

Every step asks as polling does: guarded, bounded, in turn; pages as robots.txt allows. Nothing is stored.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from aggregator.cadence import common_addresses, is_comment_feed, site_pages
from aggregator.errors import (
    AggregatorError,
    FetchError,
    FetchTimeout,
    HttpStatusError,
    ParseError,
    ServicePaused,
)
from aggregator.html import feed_links
from aggregator.model import Source
from aggregator.parse import ParseJob, ParseResult
from aggregator.parse.documents.sitemap import find_sitemap_kind
from aggregator.pipeline.context import FetchContext
from aggregator.pipeline.poll.decide import assign_providers
from aggregator.pipeline.poll.workers import ParserPool
from aggregator.pipeline.sitemap_lists import follow_sitemap_list
from aggregator.urls import host_of

MAX_ASKED = 16
"""Addresses asked in one search: they may be anybody's."""
MAX_NAMED = 6
"""Feeds of one page that are read."""

_USUAL_PLACE = "feeds are usually there"


@dataclass(frozen=True, kw_only=True, slots=True)
class FeedCandidate:
    """A feed that was read at ``url``, and ``how`` that address was found.

    ``permanent_url`` is where its address redirects for good, None where it does not. ``kind`` is what a
    source at that address is to say that it is.
    """

    url: str
    kind: Literal["feed", "sitemap"] = "feed"
    how: str
    read: ParseResult
    permanent_url: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class FeedSearchResult:
    """The feeds that a search found, the likeliest first, and what it met on its way, a line each.

    ``is_named``: the first one stands at the very address that was searched.
    """

    feeds: tuple[FeedCandidate, ...] = ()
    steps: tuple[str, ...] = ()
    is_named: bool = False


@dataclass(kw_only=True, slots=True)
class SearchLog:
    """What a search has met so far: a line for each step, and the hosts that did not answer in time.

    Such a host is asked nothing more: each further address of it would take as long again. ``tell`` is given
    each address before it is asked. ``guessed`` counts usual places that have no feed.
    """

    tell: Callable[[str], None] = lambda _: None
    steps: list[str] = field(default_factory=list)
    silent: set[str] = field(default_factory=set)
    guessed: int = 0

    def may_ask(self, url: str) -> bool:
        """Tell whether ``url`` is to be asked, and say so where it is."""
        if host_of(url) in self.silent:
            return False
        self.tell(url)
        return True

    def note(self, error: AggregatorError, *, is_guess: bool = False) -> None:
        """Keep why there was no feed.

        A guess that was wrong is only counted: nobody said that anything is there.
        """
        if is_guess and not isinstance(error, FetchTimeout):
            self.guessed += 1
            return
        self.steps.append(str(error))
        if not isinstance(error, FetchTimeout):
            return
        host = host_of(error.url)
        if host and host not in self.silent:
            self.silent.add(host)
            self.steps.append(f"{host}: asked nothing more, as it does not answer in time")


async def find_feeds(addresses: Sequence[str], source: Source, context: FetchContext) -> FeedSearchResult:
    """Return the feeds to which one of these ``addresses`` leads, the first that answers.

    They are spellings of one address, asked in order. ``source`` is what the feed is going to be, with its
    headers.
    """
    met = SearchLog()
    for address in addresses:
        answer = await fetch_feed(address, "it is the address that was given", source, context)
        if isinstance(answer, FeedCandidate):
            return FeedSearchResult(feeds=(answer,), steps=tuple(met.steps), is_named=True)
        met.note(answer)
        if isinstance(answer, ParseError | HttpStatusError):
            named = answer.feeds if isinstance(answer, ParseError) else ()
            return await _find_nearby(address, named, met, source, context)
    return FeedSearchResult(steps=tuple(met.steps))


async def _find_nearby(
    address: str, named: Sequence[str], met: SearchLog, source: Source, context: FetchContext
) -> FeedSearchResult:
    """Return the feeds of the site of an ``address`` that is none itself; ``named`` are those of its page."""
    asked = {address}
    async for how, urls in _search_places(address, named, met, context):
        likeliest = dict.fromkeys(sorted(urls, key=is_comment_feed)[:MAX_NAMED])
        fresh = [url for url in likeliest if url not in asked][: MAX_ASKED - len(asked)]
        asked.update(fresh)
        if feeds := await _fetch_feeds(fresh, how, met, source, context):
            return FeedSearchResult(feeds=feeds, steps=tuple(met.steps))
    sitemaps = (await find_named_sitemaps(address, met, context))[:MAX_NAMED]
    feeds = await _fetch_feeds(sitemaps, f"robots.txt of {address} names it", met, source, context)
    if met.guessed and not feeds:
        met.steps.append(f"{address}: none of {met.guessed} other addresses where feeds usually are has one")
    return FeedSearchResult(feeds=feeds, steps=tuple(met.steps))


async def _fetch_feeds(
    urls: Sequence[str], how: str, met: SearchLog, source: Source, context: FetchContext
) -> tuple[FeedCandidate, ...]:
    """Return those of these addresses that are feeds; ``met`` notes why the others are none."""
    feeds: list[FeedCandidate] = []
    for url in urls:
        if not met.may_ask(url):
            continue
        answer = await fetch_feed(url, how, source, context)
        if isinstance(answer, FeedCandidate):
            feeds.append(answer)
        else:
            met.note(answer, is_guess=how == _USUAL_PLACE)
    return tuple(feeds)


async def find_named_sitemaps(page: str, met: SearchLog, context: FetchContext) -> list[str]:
    """Return the sitemaps that the robots.txt of a page's site names, those called after news first."""
    if context.pages is None or not met.may_ask(page):
        return []
    try:
        named = await context.pages.find_sitemaps(page)
    except FetchError as error:
        met.note(error)
        return []
    return sorted(named, key=lambda url: "news" not in url.lower())


async def _search_places(
    address: str, named: Sequence[str], met: SearchLog, context: FetchContext
) -> AsyncIterator[tuple[str, Sequence[str]]]:
    """Yield how feeds may be found, and their addresses; pages are only read once nothing before was one."""
    yield f"{address} names it", named
    (root, *_) = site_pages(address, None)
    if root != address:
        yield f"its site {root} names it", await find_named_feeds(root, met, context)
    for url in common_addresses(tuple(dict.fromkeys((root, address)))):
        yield _USUAL_PLACE, [url]


async def fetch_feed(
    url: str, how: str, source: Source, context: FetchContext
) -> FeedCandidate | AggregatorError:
    """Return the feed at ``url``, or the error that says why there is none."""
    # The source's own headers may be credentials, which are for its own address alone.
    headers = source.headers if url == source.url else {}
    fetcher, rules = context.fetcher, context.rules
    try:
        async with fetcher.turn(url) as is_free:
            if not is_free:
                fetcher.refuse_paused(url)
                return ServicePaused(url, "not asked, its service was answered 429 just now")
            fetched = await fetcher.get(url, headers=headers, wanted="feed")
            # What is there says itself whether it is a sitemap; nobody has configured it yet.
            kind: Literal["feed", "sitemap"] = "sitemap" if find_sitemap_kind(fetched.body) else "feed"
            source = replace(source, kind=kind)
            fetched = await follow_sitemap_list(fetched, source, fetcher, now=context.clock())
        job = ParseJob(
            body=fetched.body, source=source, now=context.clock(), url=fetched.final_url,
            content_type=fetched.content_type, context=rules.digest,
        )  # fmt: skip
        read = assign_providers(await ParserPool().parse(job), source, rules)
    except (FetchError, ParseError) as error:
        return error
    return FeedCandidate(url=url, kind=kind, how=how, read=read, permanent_url=fetched.permanent_url)


async def find_named_feeds(page: str, met: SearchLog, context: FetchContext) -> tuple[str, ...]:
    """Return the feeds that a page names; where it cannot be read, none, and a step that says why."""
    if context.pages is None or not met.may_ask(page):
        return ()
    try:
        fetched = await context.pages.get(page, max_body_bytes=context.rules.enrichment.max_page_bytes)
    except FetchError as error:
        met.note(error)
        return ()
    text = fetched.body.decode("utf-8", "replace")
    return await asyncio.to_thread(feed_links, text, fetched.final_url)
