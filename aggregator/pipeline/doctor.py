"""Looking for where a dead source has gone: asked politely, compared by its entries, only proposed.

    its own address ─► where that redirects ─► https ─► what its site names ─► where feeds usually are

The first feed that shows entries we know of the source is the answer. One that the site itself names
and that has the source's title is proposed too, and it is said that none of its entries are known. Of a
source that was never read nothing is known: the first feed there is proposed, and that is said.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass, field

import structlog

from aggregator.cadence import (
    common_addresses,
    is_comment_feed,
    is_same_feed,
    note_proof,
    note_redirect,
    plain_address,
    secure_address,
    site_pages,
)
from aggregator.errors import CannotAsk, ParseError
from aggregator.model import Source, SourceState
from aggregator.pipeline.context import Context
from aggregator.pipeline.feed_search import (
    MAX_ASKED,
    MAX_NAMED,
    FeedCandidate,
    SearchLog,
    fetch_feed,
    find_named_feeds,
    find_named_sitemaps,
)
from aggregator.store import find_sources_to_examine, note_examination, read_known, read_source_state
from aggregator.urls import canonical_url

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class Diagnosis:
    """What was found of a source: ``url`` to move it to and ``why``, None for nothing; each step a line.

    ``is_back`` where a feed is at its own address again. ``redirected_to`` is where that redirects for good,
    to the same feed.
    """

    source_id: str
    is_back: bool = False
    redirected_to: str | None = None
    url: str | None = None
    why: str | None = None
    steps: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class _CandidateUrl:
    """Where the feed may be, and how that address was found; ``is_named``: a page of the site names it."""

    url: str
    how: str
    is_named: bool = False


@dataclass(kw_only=True, slots=True)
class _Examination(SearchLog):
    """What an examination has met so far; ``named`` are feeds of a page that was no feed."""

    named: list[str] = field(default_factory=list)


async def examine_due(context: Context) -> tuple[Diagnosis, ...]:
    """Examine sources that are gone or failing for long, each once a week; a few at a time.

    Raises AggregatorError where that cannot be done now, by our own fault: who was not examined stays due.
    """
    sources = context.rules.sources
    ids = await asyncio.to_thread(find_sources_to_examine, context.store, context.clock())
    return tuple([await examine(sources[i], context) for i in ids if i in sources])


async def examine(
    source: Source, context: Context, tell: Callable[[str], None] = lambda _: None
) -> Diagnosis:
    """Look for where ``source`` has gone, and keep what is proposed; the configuration stays as it is.

    ``tell`` is given each address before it is asked.
    """
    store = context.store
    state = await asyncio.to_thread(read_source_state, store, source.id)
    found = await _search(source, state, context, _Examination(tell=tell))
    await asyncio.to_thread(
        note_examination, store, source.id, found.url, found.why, context.clock(), is_back=found.is_back
    )
    event = log.warning if found.url else log.info
    event("doctor", source=source.id, proposed=found.url, why=found.why or found.steps[-1])
    return found


async def _search(source: Source, state: SourceState, context: Context, met: _Examination) -> Diagnosis:
    likely: _CandidateUrl | None = None
    async for candidate in _candidate_urls(source, state, context, met):
        feed = await _fetch_candidate(candidate, source, context, met)
        if feed is None:
            continue
        if candidate.url == source.url:
            # Whether it is still itself is judged as at any poll: after a long silence no entry may be left.
            return await _describe_return(source, state, feed, met.steps, context)
        if state.first_polled_at is None:
            why = "a feed is there; the source was never read, so that nothing can be compared"
            diagnosis = _propose(source, candidate, why, met.steps, context)
            if diagnosis.url is not None:
                return diagnosis
            met.steps.append(diagnosis.steps[-1])
            continue
        known = await asyncio.to_thread(read_known, context.store, source.id, feed.read.articles)
        if is_same_feed(feed.read.articles, known.sightings):
            return _propose(source, candidate, "the feed there has the same entries", met.steps, context)
        title = feed.read.feed.title
        has_title = title is not None and title == state.title
        same_title = " of the same title" if has_title else ""
        met.steps.append(f"{candidate.url}: a feed{same_title}, none of its entries known")
        likely = likely or (candidate if candidate.is_named and has_title else None)
    if likely is None and source.kind == "feed":
        await _describe_sitemaps(source, context, met)
    if likely is None:
        return Diagnosis(source_id=source.id, steps=(*met.steps, "found nowhere"))
    why = "the feed there has the same title, but none of the entries that we know"
    return _propose(source, likely, why, met.steps, context)


async def _describe_return(
    source: Source, state: SourceState, feed: FeedCandidate, steps: Sequence[str], context: Context
) -> Diagnosis:
    """Return that a source answers at its own address, and whether a redirect leads to the same feed.

    A move is only proposed by polls, once it was so for days: portals and hijacked domains redirect, too.
    """
    target = feed.permanent_url
    if target is None:
        return Diagnosis(source_id=source.id, is_back=True, steps=(*steps, f"{source.url}: it answers again"))
    articles = feed.read.articles
    known = await asyncio.to_thread(read_known, context.store, source.id, articles)
    now = context.clock()
    seen = note_proof(note_redirect(state, target, now=now), articles, known.sightings, now=now)
    is_same = seen.redirect_proved_at is not None
    what = "the feed has the same entries" if is_same else "the feed has hardly any entries that we know"
    if state.first_polled_at is None:
        what = "a feed is; the source was never read, so that nothing can be compared"
    step = f"{source.url}: it answers, and redirects permanently to {target}, where {what}"
    return Diagnosis(
        source_id=source.id, is_back=True, redirected_to=target if is_same else None, steps=(*steps, step)
    )


def _propose(
    source: Source, candidate: _CandidateUrl, why: str, steps: Sequence[str], context: Context
) -> Diagnosis:
    """Return that the source is at the candidate now, unless another source has that address."""
    key = canonical_url(candidate.url)
    same = (other.id for other in context.rules.sources.values() if canonical_url(other.url) == key)
    other = next(same, source.id)
    if other != source.id:
        step = f"{candidate.url}: {why}, and it is configured already as {other}"
        return Diagnosis(source_id=source.id, steps=(*steps, step))
    why = f"{candidate.how}, and {why}"
    steps = (*steps, f"{candidate.url}: {why}")
    return Diagnosis(source_id=source.id, url=candidate.url, why=why, steps=steps)


async def _candidate_urls(
    source: Source, state: SourceState, context: Context, met: _Examination
) -> AsyncIterator[_CandidateUrl]:
    """Yield addresses to ask, each once; pages are only read once nothing before them was it."""
    asked: set[str] = set()
    async for candidate in _collect_candidate_urls(source, state, context, met):
        if candidate.url not in asked and len(asked) < MAX_ASKED:
            asked.add(candidate.url)
            yield candidate


def _list_own_addresses(source: Source, state: SourceState) -> Iterator[_CandidateUrl]:
    yield _CandidateUrl(url=source.url, how="it is its own address")
    if state.redirect_url is not None:
        yield _CandidateUrl(url=state.redirect_url, how="it redirected there permanently")
    secure = secure_address(source.url)
    if secure is not None:
        yield _CandidateUrl(url=secure, how="it is its own address over https")
    # None that was read over https is led to less.
    plain = plain_address(source.url) if state.first_polled_at is None else None
    if plain is not None:
        yield _CandidateUrl(url=plain, how="it is its own address over http")


async def _collect_candidate_urls(
    source: Source, state: SourceState, context: Context, met: _Examination
) -> AsyncIterator[_CandidateUrl]:
    for candidate in _list_own_addresses(source, state):
        yield candidate
    for url in sorted(met.named, key=is_comment_feed):
        yield _CandidateUrl(url=url, how="the page that is at its address now names it", is_named=True)
    pages = site_pages(source.url, state.site_url)
    for page in pages:
        for url in sorted(await find_named_feeds(page, met, context), key=is_comment_feed):
            yield _CandidateUrl(url=url, how=f"its site {page} names it", is_named=True)
    if source.kind == "feed":
        for url in common_addresses(pages):
            yield _CandidateUrl(url=url, how="feeds are usually there")
        return
    for page in pages:
        for url in await find_named_sitemaps(page, met, context):
            yield _CandidateUrl(url=url, how=f"robots.txt of its site {page} names it", is_named=True)


async def _describe_sitemaps(source: Source, context: Context, met: _Examination) -> None:
    """Note a step for each sitemap called after news that the robots.txt of a feed's site names."""
    (root, *_) = site_pages(source.url, None)
    named = await find_named_sitemaps(root, met, context)
    news = [url for url in named if "news" in url.lower()][:MAX_NAMED]
    met.steps += [f"{url}: a sitemap, which `aggregator sources add` adds if it lists news" for url in news]


async def _fetch_candidate(
    candidate: _CandidateUrl, source: Source, context: Context, met: _Examination
) -> FeedCandidate | None:
    """Return what is at an address, None with a step that says why where that is no feed.

    Raises CannotAsk, as then nobody has looked.
    """
    if not met.may_ask(candidate.url):
        return None
    answer = await fetch_feed(candidate.url, candidate.how, source, context)
    if isinstance(answer, CannotAsk):
        raise answer
    if isinstance(answer, FeedCandidate):
        if answer.kind == source.kind:
            return answer
        met.steps.append(f"{candidate.url}: a {answer.kind}, and the source is a {source.kind}")
        return None
    met.note(answer)
    if isinstance(answer, ParseError):
        met.named += answer.feeds
    return None
