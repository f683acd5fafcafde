"""Looking for where a dead source has gone: asked politely, compared by its entries, only proposed.

    its own address ─► where that redirects ─► https ─► what its site names ─► where feeds usually are

The first feed that shows entries we know of the source is the answer. One that the site itself names
and that has the source's title is proposed too, and it is said that none of its entries are known. Of a
source that was never read nothing is known: the first feed there is proposed, and that is said.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

import structlog

from aggregator.cadence import (
    common_addresses,
    is_comment_feed,
    is_same_feed,
    secure_address,
    site_pages,
)
from aggregator.errors import CannotAsk, ParseError
from aggregator.fetch.feed import Fetcher
from aggregator.fetch.pages import PageFetcher
from aggregator.model import Source, SourceState
from aggregator.pipeline.context import Clock
from aggregator.pipeline.feed_search import MAX_ASKED, FoundFeed, Search, ask, named_feeds
from aggregator.pipeline.poll.workers import ParserPool
from aggregator.rules import Rules
from aggregator.store import Store, find_sources_to_examine, note_examination, read_known, read_source_state
from aggregator.urls import canonical_url

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
    parsers: ParserPool = field(default_factory=ParserPool)

    @property
    def search(self) -> Search:
        """What a search for feeds works with."""
        return Search(
            rules=self.rules, fetcher=self.fetcher, pages=self.pages, clock=self.clock, parsers=self.parsers
        )


async def examine_due(desk: Desk) -> tuple[Diagnosis, ...]:
    """Examine sources that are gone or failing for long, each once a week; a few at a time.

    Raises AggregatorError where that cannot be done now, by our own fault: who was not examined stays due.
    """
    ids = await asyncio.to_thread(find_sources_to_examine, desk.store, desk.clock())
    return tuple([await examine(desk.rules.sources[i], desk) for i in ids if i in desk.rules.sources])


async def examine(source: Source, desk: Desk) -> Diagnosis:
    """Look for where ``source`` has gone, and keep what is proposed; the configuration stays as it is."""
    state = await asyncio.to_thread(read_source_state, desk.store, source.id)
    found = await _search(source, state, desk)
    await asyncio.to_thread(
        note_examination, desk.store, source.id, found.url, found.why, desk.clock(), is_back=found.is_back
    )
    event = log.warning if found.url else log.info
    event("doctor", source=source.id, proposed=found.url, why=found.why or found.steps[-1])
    return found


async def _search(source: Source, state: SourceState, desk: Desk) -> Diagnosis:
    trail = _Trail()
    likely: _Clue | None = None
    async for clue in _clues(source, state, desk, trail):
        feed = await _ask(clue, source, desk, trail)
        if feed is None:
            continue
        if clue.url == source.url:
            # Whether it is still itself is judged as at any poll: after a long silence no entry may be left.
            steps = (*trail.steps, f"{clue.url}: it answers again")
            return Diagnosis(source_id=source.id, is_back=True, steps=steps)
        if state.first_polled_at is None:
            why = "a feed is there; the source was never read, so that nothing can be compared"
            found = _found(source, clue, why, trail.steps, desk)
            if found.url is not None:
                return found
            trail.steps.append(found.steps[-1])
            continue
        known = await asyncio.to_thread(read_known, desk.store, source.id, feed.read.articles)
        if is_same_feed(feed.read.articles, known.sightings):
            return _found(source, clue, "the feed there has the same entries", trail.steps, desk)
        title = feed.read.feed.title
        has_title = title is not None and title == state.title
        told = " of the same title" if has_title else ""
        trail.steps.append(f"{clue.url}: a feed{told}, none of its entries known")
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
    for url in sorted(trail.named, key=is_comment_feed):
        yield _Clue(url=url, how="the page that is at its address now names it", is_named=True)
    pages = site_pages(source.url, state.site_url)
    for page in pages:
        for url in sorted(await named_feeds(page, trail.steps, desk.search), key=is_comment_feed):
            yield _Clue(url=url, how=f"its site {page} names it", is_named=True)
    for url in common_addresses(pages):
        yield _Clue(url=url, how="feeds are usually there")


async def _ask(clue: _Clue, source: Source, desk: Desk, trail: _Trail) -> FoundFeed | None:
    """Return what is at an address, None with a step that says why where that is no feed.

    Raises CannotAsk, as then nobody has looked.
    """
    found = await ask(clue.url, clue.how, source, desk.search)
    if isinstance(found, CannotAsk):
        raise found
    if isinstance(found, FoundFeed):
        return found
    trail.steps.append(str(found))
    if isinstance(found, ParseError):
        trail.named += found.feeds
    return None


def _is_same(one: str, other: str) -> bool:
    return canonical_url(one) == canonical_url(other)
