"""From due sources to stored articles."""

import asyncio
import hashlib
import random
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from aggregator.errors import AggregatorError
from aggregator.fetch import (
    Fetched,
    Fetcher,
    PageFetcher,
    after_failure,
    after_success,
    are_frozen,
    note_answer,
    note_redirect,
    quiet_since,
    sent_validators,
)
from aggregator.model import Article, Changes, Known, Outcome, ParsedFeed, Source, SourceState
from aggregator.parse import normalise_feed, parse_document
from aggregator.pipeline.admitting import Arrival, admit
from aggregator.pipeline.announcing import is_push_missed, note_announced, slowed, slowed_without_news
from aggregator.pipeline.reading import lead_back
from aggregator.rules import Rules
from aggregator.store import Store, doubt_pushes

Clock = Callable[[], datetime]
log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class Poll:
    """How one poll of a source went; ``error`` is None where nothing went wrong.

    Of the ``new`` articles ``held`` wait for the operator's review.
    """

    source_id: str
    outcome: Outcome
    new: int = 0
    held: int = 0
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
    state = await asyncio.to_thread(store.source_state, source.id)
    try:
        etag, last_modified = sent_validators(state, now=clock())
        fetched = await fetcher.get(
            source.url, headers=source.headers, etag=etag, last_modified=last_modified
        )
        state, changes = await _receive(
            fetched, source=source, state=state, rules=rules, store=store, pages=pages, now=clock(),
            was_conditional=bool(etag or last_modified),
        )  # fmt: skip
    except Exception as error:  # a fault of ours with one source must not stop the others
        failed = error if isinstance(error, AggregatorError) else _unexpected(source, error)
        intervals = rules.intervals.of(source)
        state = after_failure(state, failed, now=clock(), intervals=intervals, jitter=random.random())  # noqa: S311  # spreads load, keeps no secret
        changes = Changes()
        await asyncio.to_thread(store.save_poll, state, (), _nothing)
    return _reported(state, changes, time.perf_counter() - started)


def _unexpected(source: Source, error: Exception) -> AggregatorError:
    log.error("unexpected", source=source.id, exc_info=error)
    return AggregatorError(f"{source.url}: unexpected {type(error).__name__}: please report it with the log")


def _reported(state: SourceState, changes: Changes, seconds: float) -> Poll:
    done = Poll(
        source_id=state.source_id,
        outcome=state.outcome or "failed",
        new=len(changes.inserted),
        held=sum(article.is_held for article in changes.inserted),
        edited=len(changes.updated),
        seconds=round(seconds, 3),
        error=state.error,
    )
    if changes.held_because is not None:
        log.warning("held", source=done.source_id, because=changes.held_because, see="aggregator review")
    event = log.info if done.error is None else log.warning
    event(
        "poll", source=done.source_id, outcome=done.outcome, new=done.new, edited=done.edited,
        seconds=done.seconds, **({"held": done.held} if done.held else {}),
        **({"error": done.error} if done.error else {}),
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
    was_conditional: bool,
) -> tuple[SourceState, Changes]:
    """Store what a source answered; raises ParseError before anything is stored."""
    digest = hashlib.sha256(fetched.body).hexdigest()
    is_same = fetched.status == 304 or digest == state.body_hash
    ended = after_success(
        note_redirect(state, fetched.permanent_url, now=now),
        outcome="not_modified" if is_same else "updated",
        now=now,
        intervals=rules.intervals.of(source),
        jitter=random.random(),  # noqa: S311  # spreads load, keeps no secret
    )
    ended = note_answer(ended, fetched, now=now)
    if is_same:
        ended = slowed(ended, source, rules, now)
        return ended, await asyncio.to_thread(store.save_poll, ended, (), _nothing)
    read = await asyncio.to_thread(
        read_document, fetched.body, source=source, rules=rules, now=now,
        url=fetched.final_url, content_type=fetched.content_type,
    )  # fmt: skip
    ended = replace(ended, body_hash=digest, title=read.feed.title, site_url=read.feed.site_url)
    ended = note_announced(ended, fetched, read.feed)
    led = await lead_back(read.articles, rules=rules, store=store, pages=pages)
    arrival = Arrival(
        source=source, articles=led, before=state, after=ended, now=now,
        elapsed=now - (quiet_since(state, was_conditional=was_conditional) or now),
        frozen=are_frozen(state, fetched, was_conditional=was_conditional),
    )  # fmt: skip

    def decide(known: Known) -> Changes:
        return slowed_without_news(admit(arrival, known, rules=rules), ended, source, rules, now)

    changes = await asyncio.to_thread(store.save_poll, ended, led, decide)
    if is_push_missed(state, changes, now):
        log.warning("push", source=source.id, error="a poll found what no push brought: polled as before")
        await asyncio.to_thread(doubt_pushes, store, source.id)
    return changes.state or ended, changes


def _nothing(_: Known) -> Changes:
    return Changes()
