"""From due sources to stored articles."""

import asyncio
import hashlib
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

import structlog

from aggregator.errors import AggregatorError
from aggregator.fetch import (
    Fetched,
    Fetcher,
    PageFetcher,
    after_failure,
    after_success,
    needs_proof,
    note_document,
    note_proof,
    propose_redirect,
)
from aggregator.model import Article, Changes, Known, ParsedFeed, Source
from aggregator.parse import normalise_feed, parse_document, resolve_articles
from aggregator.pipeline.noting import new_times, note_answered, note_cost, tell_changes
from aggregator.pipeline.reading import lead_back
from aggregator.rules import Rules, changed
from aggregator.state import Outcome, SourceState
from aggregator.store import Store

Clock = Callable[[], datetime]
log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class Poll:
    """How one poll of a source went; ``error`` is None where nothing went wrong."""

    source_id: str
    outcome: Outcome
    new: int = 0
    edited: int = 0
    seconds: float = 0.0
    error: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Read:
    """What a document became: its feed, the articles it would make, and every problem on the way."""

    feed: ParsedFeed
    articles: tuple[Article, ...]
    problems: tuple[str, ...]


def read_document(
    body: bytes, *, source: Source, rules: Rules, now: datetime, url: str, content_type: str | None
) -> Read:
    """Return what a document becomes: parsed, normalised, with providers; not judged. Raises ParseError.

    ``url`` is where the document was found, for its relative addresses; ``now`` the time first seen.
    """
    feed = parse_document(body, url=url, content_type=content_type)
    articles, problems = normalise_feed(feed, source=source, now=now)
    resolve = rules.registry.resolve
    provided = (resolve(a, source, site_url=feed.site_url, title=feed.title) for a in articles)
    return Read(feed=feed, articles=tuple(provided), problems=(*feed.problems, *problems))


async def poll(
    source_ids: Iterable[str],
    *,
    rules: Rules,
    store: Store,
    fetcher: Fetcher,
    clock: Clock,
    pages: PageFetcher | None = None,
    on_done: Callable[[Poll], None] = lambda _: None,
) -> tuple[Poll, ...]:
    """Poll these sources at once, within the fetcher's bounds; ``on_done`` hears of each as it ends."""

    async def one(source_id: str) -> Poll:
        done = await poll_source(
            rules.sources[source_id], rules=rules, store=store, fetcher=fetcher, clock=clock, pages=pages
        )
        on_done(done)
        return done

    return tuple(await asyncio.gather(*(one(source_id) for source_id in source_ids)))


async def poll_source(
    source: Source,
    *,
    rules: Rules,
    store: Store,
    fetcher: Fetcher,
    clock: Clock,
    pages: PageFetcher | None = None,
) -> Poll:
    """Poll one source and store what came of it, in one transaction; an error is an outcome.

    With ``pages``, links to AMP pages are led back to their articles first.
    """
    started = time.perf_counter()
    before = state = await asyncio.to_thread(store.source_state, source.id)
    fetched = None
    try:
        fetched = await _fetch(source, state, fetcher)
        if fetched is None:
            return _held_back(source)
        state, changes = await _receive(
            fetched, source=source, state=state, rules=rules, store=store, pages=pages, now=clock()
        )
    except Exception as error:  # a fault of ours with one source must not stop the others
        failed = error if isinstance(error, AggregatorError) else _unexpected(source, error)
        now = clock()
        counted = note_cost(state, fetched, now)
        state = after_failure(counted, failed, now=now, intervals=rules.intervals.of(source))
        changes = Changes()
        if state.held_until_at is not None:
            fetcher.hold_back(source.url, state.held_until_at - now)
        await asyncio.to_thread(store.save_poll, state, (), _nothing)
    tell_changes(before, state)
    return _reported(state, changes, time.perf_counter() - started)


async def _fetch(source: Source, state: SourceState, fetcher: Fetcher) -> Fetched | None:
    """Ask for what is new since the last poll; for the whole document where a redirect is to be proved.

    None where the source's service is held back by now: it is not asked.
    """
    etag, last_modified = (None, None) if needs_proof(state) else (state.etag, state.last_modified)
    async with fetcher.turn(source.url) as is_free:
        if not is_free:
            return None
        return await fetcher.get(source.url, headers=source.headers, etag=etag, last_modified=last_modified)


def _held_back(source: Source) -> Poll:
    """Report a poll that did not take place; the source's state is left as it was."""
    error = f"{source.url}: not asked, another source of its service was answered 429 just now"
    log.info("poll", source=source.id, outcome="throttled", error=error)
    return Poll(source_id=source.id, outcome="throttled", error=error)


def _unexpected(source: Source, error: Exception) -> AggregatorError:
    log.error("unexpected", source=source.id, exc_info=error)
    return AggregatorError(f"{source.url}: unexpected {type(error).__name__}: please report it with the log")


def _reported(state: SourceState, changes: Changes, seconds: float) -> Poll:
    done = Poll(
        source_id=state.source_id,
        outcome=state.outcome or "failed",
        new=len(changes.inserted),
        edited=len(changes.updated),
        seconds=round(seconds, 3),
        error=state.error,
    )
    event = log.info if done.error is None else log.warning
    event(
        "poll", source=done.source_id, outcome=done.outcome, new=done.new, edited=done.edited,
        seconds=done.seconds, **({"error": done.error} if done.error else {}),
    )  # fmt: skip
    return done


async def _receive(
    fetched: Fetched,
    *,
    source: Source,
    state: SourceState,
    rules: Rules,
    store: Store,
    pages: PageFetcher | None,
    now: datetime,
) -> tuple[SourceState, Changes]:
    """Store what a source answered; raises ParseError before anything is stored."""
    digest = hashlib.sha256(fetched.body).hexdigest()
    is_same = fetched.status == 304 or digest == state.body_hash
    ended = note_answered(state, fetched, now)
    intervals = rules.intervals.of(source)
    if fetched.status == 304 or (is_same and not needs_proof(ended)):
        ended = after_success(ended, outcome="not_modified", now=now, intervals=intervals)
        ended = propose_redirect(ended, now=now)
        return ended, await asyncio.to_thread(store.save_poll, ended, (), _nothing)
    read = await asyncio.to_thread(
        read_document, fetched.body, source=source, rules=rules, now=now,
        url=fetched.final_url, content_type=fetched.content_type,
    )  # fmt: skip
    ended = replace(ended, body_hash=digest, title=read.feed.title, site_url=read.feed.site_url)
    led = await lead_back(read.articles, rules=rules, store=store, pages=pages)
    articles = _marked_backlog(led, rules, state, now)
    decide = _decision(articles, source, rules, now)

    def conclude(known: Known) -> Changes:
        changes = decide(known)
        noted = note_document(ended, read.feed.asks, new_times(changes, known, now), now=now)
        noted = note_proof(noted, articles, known.sightings, now=now)
        outcome: Literal["updated", "not_modified"] = "not_modified" if is_same else "updated"
        done = after_success(noted, outcome=outcome, now=now, intervals=intervals)
        return replace(changes, state=propose_redirect(done, now=now))

    changes = await asyncio.to_thread(store.save_poll, ended, articles, conclude)
    return changes.state or ended, changes


def _marked_backlog(
    articles: Sequence[Article], rules: Rules, state: SourceState, now: datetime
) -> tuple[Article, ...]:
    """Mark what is old already, where the source is not new itself: it never comes in as new."""
    if state.first_polled_at is None:
        return tuple(articles)
    oldest = now - rules.backlog
    return tuple(replace(a, is_backlog=a.published_at < oldest) for a in articles)


def _decision(
    articles: Sequence[Article], source: Source, rules: Rules, now: datetime
) -> Callable[[Known], Changes]:
    def decide(known: Known) -> Changes:
        changes = resolve_articles(articles, known, now=now, takes_over=rules.takes_over)
        return _judged(changes, known, source, rules)

    return decide


def _judged(changes: Changes, known: Known, source: Source, rules: Rules) -> Changes:
    """Give what changed its topics and quality, and so for articles that got a second source."""
    edited = {article.id: article for article in changes.updated}
    for sighting in changes.sightings:
        stored = known.articles.get(sighting.article_id)
        if stored is not None and source.id not in known.carriers.get(stored.id, ()):
            edited.setdefault(stored.id, stored)
    carried = {article_id: (*known.carriers.get(article_id, ()), source.id) for article_id in edited}
    again = (_unread_if_changed(article, known.articles[article.id]) for article in edited.values())
    judged = (rules.judge(article, carried[article.id]) for article in again)
    return replace(
        changes,
        inserted=tuple(rules.judge(article, (source.id,)) for article in changes.inserted),
        updated=tuple(a for a in judged if changed(known.articles[a.id], a)),
    )


def _unread_if_changed(article: Article, before: Article) -> Article:
    """Let the page be read again, and its AMP page be proved again, where the article changed."""
    if article.updated_at == before.updated_at:
        return article
    return replace(article, enriched_at=None)


def _nothing(_: Known) -> Changes:
    return Changes()
