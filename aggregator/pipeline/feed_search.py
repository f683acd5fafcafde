"""Feeds where an operator's address leads: the one that is there, else those that its site names.

    the address ─► feeds that the page there names ─► those that the site's first page names ─► usual places

Every step asks as polling does: guarded, bounded, in turn; pages as robots.txt allows.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

from aggregator.cadence import common_addresses, is_comment_feed, site_pages
from aggregator.errors import AggregatorError, FetchError, HttpStatusError, ParseError, ServicePaused
from aggregator.fetch.feed import Fetcher
from aggregator.fetch.pages import PageFetcher
from aggregator.html import feed_links
from aggregator.model import Source
from aggregator.parse import ParseResult
from aggregator.parse.worker import ParseJob
from aggregator.pipeline.context import Clock
from aggregator.pipeline.poll.decide import assign_providers
from aggregator.pipeline.poll.workers import ParserPool
from aggregator.rules import Rules

MAX_ASKED = 16
"""Addresses asked in one search: they may be anybody's."""
MAX_NAMED = 6
"""Feeds of one page that are read."""

_GUESSED = "feeds are usually there"


@dataclass(frozen=True, kw_only=True, slots=True)
class Search:
    """What a search for feeds works with."""

    rules: Rules
    fetcher: Fetcher
    pages: PageFetcher
    clock: Clock
    parsers: ParserPool = field(default_factory=ParserPool)


@dataclass(frozen=True, kw_only=True, slots=True)
class FoundFeed:
    """A feed that was read at ``url``, and ``how`` it was found.

    ``permanent_url`` is where its address redirects for good, None where it does not.
    """

    url: str
    how: str
    read: ParseResult
    permanent_url: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """What a search found, the likeliest first, and what it met on its way, a line each.

    ``is_named``: the first one stands at the very address that was searched.
    """

    feeds: tuple[FoundFeed, ...] = ()
    steps: tuple[str, ...] = ()
    is_named: bool = False


async def find_feeds(addresses: Sequence[str], source: Source, search: Search) -> Finding:
    """Return the feeds to which one of these ``addresses`` leads, the first that answers.

    They are spellings of one address, asked in order. ``source`` is what the feed is going to be, with its
    headers.
    """
    steps: list[str] = []
    for address in addresses:
        found = await ask(address, "it is the address that was given", source, search)
        if isinstance(found, FoundFeed):
            return Finding(feeds=(found,), steps=tuple(steps), is_named=True)
        steps.append(str(found))
        if isinstance(found, ParseError | HttpStatusError):
            named = found.feeds if isinstance(found, ParseError) else ()
            return await _find_near(address, named, steps, source, search)
    return Finding(steps=tuple(steps))


async def _find_near(
    address: str, named: Sequence[str], steps: list[str], source: Source, search: Search
) -> Finding:
    """Return the feeds of the site of an ``address`` that is none itself; ``named`` are those of its page."""
    asked = {address}
    guessed = 0
    async for how, urls in _places(address, named, steps, search):
        feeds: list[FoundFeed] = []
        for url in sorted(urls, key=is_comment_feed)[:MAX_NAMED]:
            if url in asked or len(asked) >= MAX_ASKED:
                continue
            asked.add(url)
            found = await ask(url, how, source, search)
            if isinstance(found, FoundFeed):
                feeds.append(found)
            elif how == _GUESSED:  # nobody said that anything is there: why nothing is tells nobody anything
                guessed += 1
            else:
                steps.append(str(found))
        if feeds:
            return Finding(feeds=tuple(feeds), steps=tuple(steps))
    if guessed:
        steps.append(f"{address}: none of {guessed} other addresses where feeds usually are has one")
    return Finding(steps=tuple(steps))


async def _places(
    address: str, named: Sequence[str], steps: list[str], search: Search
) -> AsyncIterator[tuple[str, Sequence[str]]]:
    """Yield how feeds may be found, and their addresses; pages are only read once nothing before was one."""
    yield f"{address} names it", named
    (root, *_) = site_pages(address, None)
    if root != address:
        yield f"its site {root} names it", await named_feeds(root, steps, search)
    for url in common_addresses(tuple(dict.fromkeys((root, address)))):
        yield _GUESSED, [url]


async def ask(url: str, how: str, source: Source, search: Search) -> FoundFeed | AggregatorError:
    """Return the feed at ``url``, or the error that says why there is none."""
    # The source's own headers may be credentials, which are for its own address alone.
    headers = source.headers if url == source.url else {}
    try:
        async with search.fetcher.turn(url) as is_free:
            if not is_free:
                search.fetcher.refuse_paused(url)
                return ServicePaused(url, "not asked, its service was answered 429 just now")
            fetched = await search.fetcher.get(url, headers=headers)
        job = ParseJob(
            body=fetched.body, source=source, now=search.clock(), url=fetched.final_url, seen=b"",
            content_type=fetched.content_type, context=search.rules.digest,
        )  # fmt: skip
        read = assign_providers(await search.parsers.parse(job), source, search.rules)
    except (FetchError, ParseError) as error:
        return error
    return FoundFeed(url=url, how=how, read=read, permanent_url=fetched.permanent_url)


async def named_feeds(page: str, steps: list[str], search: Search) -> tuple[str, ...]:
    """Return the feeds that a page names, none with a step that says why where it cannot be read."""
    limit = search.rules.enrichment.max_page_bytes
    try:
        fetched = await search.pages.get(page, max_body_bytes=limit)
    except FetchError as error:
        steps.append(str(error))
        return ()
    text = fetched.body.decode("utf-8", "replace")
    return await asyncio.to_thread(feed_links, text, fetched.final_url)
