"""Looking for where a dead source has gone: asked politely, compared by its entries, only proposed.

    its own address ─► where that redirects ─► https ─► what its site names ─► where feeds usually are

The first feed that shows entries we know of the source is the answer. One that the site itself names
and that has the source's title is proposed too, and it is said that none of its entries are known.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

import structlog

from aggregator.errors import FetchError, ParseError
from aggregator.fetch import common_addresses, is_same_feed, secure_address, site_pages
from aggregator.fetch.feed import Fetcher
from aggregator.fetch.pages import PageFetcher
from aggregator.html import feed_links
from aggregator.model import Source, SourceState
from aggregator.parse import Paper
from aggregator.pipeline.polling import Clock
from aggregator.pipeline.readers import Readers
from aggregator.pipeline.receiving import Read, read_bounded
from aggregator.rules import Rules
from aggregator.store import Store, note_examined, sources_to_examine
from aggregator.urls import canonical_url

MAX_ASKED = 16
"""Addresses asked of one source: it may be anybody's site by now."""

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class Diagnosis:
    """What was found of a source: ``url`` to move it to and ``why``, None for nothing; each step a line.

    ``is_back`` where a feed is at its own address again.
    """

    source_id: str
    is_back: bool = False
    url: str | None = None
    why: str | None = None
    steps: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class _Clue:
    url: str
    how: str
    is_named: bool = False


@dataclass(slots=True)
class _Trail:
    """What an examination has met so far: its steps, and feeds that a page named that was no feed."""

    steps: list[str] = field(default_factory=list)
    named: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True, slots=True)
class Desk:
    """What an examination works with."""

    rules: Rules
    store: Store
    fetcher: Fetcher
    pages: PageFetcher
    clock: Clock
    readers: Readers = field(default_factory=Readers)


async def examine_due(desk: Desk) -> tuple[Diagnosis, ...]:
    """Examine sources that are gone or failing for long, each once a week; a few at a time."""
    ids = await asyncio.to_thread(sources_to_examine, desk.store, desk.clock())
    return tuple([await examine(desk.rules.sources[i], desk) for i in ids if i in desk.rules.sources])


async def examine(source: Source, desk: Desk) -> Diagnosis:
    """Look for where ``source`` has gone, and keep what is proposed; the configuration stays as it is."""
    state = await asyncio.to_thread(desk.store.source_state, source.id)
    found = await _search(source, state, desk)
    await asyncio.to_thread(
        note_examined, desk.store, source.id, found.url, found.why, desk.clock(), is_back=found.is_back
    )
    event = log.warning if found.url else log.info
    event("doctor", source=source.id, proposed=found.url, why=found.why or found.steps[-1])
    return found


async def _search(source: Source, state: SourceState, desk: Desk) -> Diagnosis:
    trail = _Trail()
    likely: _Clue | None = None
    async for clue in _clues(source, state, desk, trail):
        read = await _ask(clue.url, source, desk, trail)
        if read is None:
            continue
        if clue.url == source.url:
            # Whether it is still itself is judged as at any poll: after a long silence no entry may be left.
            steps = (*trail.steps, f"{clue.url}: it answers again")
            return Diagnosis(source_id=source.id, is_back=True, steps=steps)
        known = await asyncio.to_thread(desk.store.known_for, source.id, read.articles)
        if is_same_feed(read.articles, known.sightings):
            return _found(source, clue, "the feed there has the same entries", trail.steps, desk)
        has_title = read.feed.title is not None and read.feed.title == state.title
        title = " of the same title" if has_title else ""
        trail.steps.append(f"{clue.url}: a feed{title}, none of its entries known")
        likely = likely or (clue if clue.is_named and has_title else None)
    if likely is None:
        return Diagnosis(source_id=source.id, steps=(*trail.steps, "found nowhere"))
    why = "the feed there has the same title, but none of the entries that we know"
    return _found(source, likely, why, trail.steps, desk)


def _found(source: Source, clue: _Clue, why: str, steps: Sequence[str], desk: Desk) -> Diagnosis:
    other = next((s.id for s in desk.rules.sources.values() if _is_same(s.url, clue.url)), source.id)
    if other != source.id:
        told = f"{clue.url}: {why}, and it is configured already as {other}"
        return Diagnosis(source_id=source.id, steps=(*steps, told))
    told = f"{clue.how}, and {why}"
    return Diagnosis(source_id=source.id, url=clue.url, why=told, steps=(*steps, f"{clue.url}: {told}"))


async def _clues(source: Source, state: SourceState, desk: Desk, trail: _Trail) -> AsyncIterator[_Clue]:
    """Yield addresses to ask, each once; pages are only read once nothing before them was it."""
    asked: set[str] = set()
    async for clue in _all_clues(source, state, desk, trail):
        if clue.url not in asked and len(asked) < MAX_ASKED:
            asked.add(clue.url)
            yield clue


async def _all_clues(source: Source, state: SourceState, desk: Desk, trail: _Trail) -> AsyncIterator[_Clue]:
    yield _Clue(url=source.url, how="it is its own address")
    if state.redirect_url is not None:
        yield _Clue(url=state.redirect_url, how="it redirected there permanently")
    secure = secure_address(source.url)
    if secure is not None:
        yield _Clue(url=secure, how="it is its own address over https")
    for url in tuple(trail.named):
        yield _Clue(url=url, how="the page that is at its address now names it", is_named=True)
    pages = site_pages(source.url, state.site_url)
    for page in pages:
        for url in await _named_feeds(page, desk, trail):
            yield _Clue(url=url, how=f"its site {page} names it", is_named=True)
    for url in common_addresses(pages):
        yield _Clue(url=url, how="feeds are usually there")


async def _ask(url: str, source: Source, desk: Desk, trail: _Trail) -> Read | None:
    """Return what is at an address, None with a step that says why where that is no feed."""
    # The source's own headers may be credentials, which are for its own address alone.
    headers = source.headers if url == source.url else {}
    try:
        async with desk.fetcher.turn(url) as is_free:
            if not is_free:
                trail.steps.append(f"{url}: not asked, its service was answered 429 just now")
                return None
            fetched = await desk.fetcher.get(url, headers=headers)
        paper = Paper(
            body=fetched.body, source=source, now=desk.clock(), url=fetched.final_url, seen=b"",
            content_type=fetched.content_type, context=desk.rules.digest,
        )  # fmt: skip
        return await read_bounded(paper, readers=desk.readers, rules=desk.rules)
    except FetchError as error:
        trail.steps.append(str(error))
    except ParseError as error:
        trail.steps.append(str(error))
        trail.named += error.feeds
    return None


async def _named_feeds(page: str, desk: Desk, trail: _Trail) -> tuple[str, ...]:
    """Return the feeds that a page names, none with a step that says why where it cannot be read."""
    limit = desk.rules.config.settings.enrich.max_page_bytes
    try:
        fetched = await desk.pages.get(page, max_body_bytes=limit)
    except FetchError as error:
        trail.steps.append(str(error))
        return ()
    text = fetched.body.decode("utf-8", "replace")
    return await asyncio.to_thread(feed_links, text, fetched.final_url)


def _is_same(one: str, other: str) -> bool:
    return canonical_url(one) == canonical_url(other)
