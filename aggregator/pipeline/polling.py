"""From due sources to stored articles."""

import asyncio
import hashlib
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from aggregator.errors import AggregatorError, PollNotStored, ServiceHeld
from aggregator.fetch import (
    Fetched,
    Fetcher,
    PageFetcher,
    after_failure,
    after_success,
    are_frozen,
    needs_proof,
    propose_redirect,
    quiet_since,
    sent_validators,
)
from aggregator.model import Article, Changes, Known, Outcome, ParsedFeed, Source, SourceState, revised
from aggregator.parse import Paper, Reading, read_news
from aggregator.pipeline.admitting import Arrival, admit
from aggregator.pipeline.announcing import is_push_missed, note_announced, slowed, slowed_without_news
from aggregator.pipeline.batching import PollStore
from aggregator.pipeline.noting import note_answered, note_cost, tell_changes
from aggregator.pipeline.reading import lead_back
from aggregator.rules import Rules
from aggregator.services import service_of_url
from aggregator.store import Store, doubt_pushes, seen_entries

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
    """What a document became: its feed, the articles it would make, and every problem on the way.

    ``seen`` is what to remember of it for the next reading.
    """

    feed: ParsedFeed
    articles: tuple[Article, ...]
    problems: tuple[str, ...]
    seen: bytes = b""


def read_document(
    body: bytes,
    *,
    source: Source,
    rules: Rules,
    now: datetime,
    url: str,
    content_type: str | None,
    seen: bytes = b"",
) -> Read:
    """Return what a document becomes: parsed, normalised, with providers; not judged. Raises ParseError.

    ``url`` is where the document was found, for its relative addresses; ``now`` the time first seen.
    With what was ``seen`` in the document before, entries that say what they said then are left out.
    """
    read = read_news(
        body, source=source, now=now, url=url, content_type=content_type, seen=seen, context=rules.digest
    )
    return _provided(read, source, rules)


def _provided(read: Reading, source: Source, rules: Rules) -> Read:
    feed, resolve = read.feed, rules.registry.resolve
    provided = (resolve(a, source, site_url=feed.site_url, title=feed.title) for a in read.articles)
    return Read(feed=feed, articles=tuple(provided), problems=read.problems, seen=read.seen)


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

    batches, wanted = PollStore(store), tuple(source_ids)
    waiting, done = iter(_by_turns(wanted, rules)), dict[str, Poll]()

    async def poll_some() -> None:
        for source_id in waiting:
            source = rules.sources[source_id]
            done[source_id] = await poll_source(
                source, rules=rules, store=batches, fetcher=fetcher, clock=clock, pages=pages
            )
            on_done(done[source_id])

    # Few wait for the turn of their service, as they come by turns, and each that does not keeps a document.
    await asyncio.gather(*(poll_some() for _ in range(fetcher.in_flight // 2)))
    return tuple(done[source_id] for source_id in wanted)


def _by_turns(source_ids: Sequence[str], rules: Rules) -> list[str]:
    """Return sources so that each service has its first before any has its second."""
    ranks: dict[str, int] = {}
    asked = Counter[str]()
    for source_id in source_ids:
        service = service_of_url(rules.sources[source_id].url)
        ranks[source_id] = asked[service]
        asked[service] += 1
    return sorted(source_ids, key=ranks.__getitem__)


async def poll_source(
    source: Source,
    *,
    rules: Rules,
    store: PollStore,
    fetcher: Fetcher,
    clock: Clock,
    pages: PageFetcher | None = None,
) -> Poll:
    """Poll one source and store what came of it, in one transaction; an error is an outcome.

    With ``pages``, links to AMP pages are led back to their articles first.
    """
    started = time.perf_counter()
    before = state = await store.state(source.id)
    fetched = None
    try:
        etag, last_modified = (None, None) if needs_proof(state) else sent_validators(state, now=clock())
        async with fetcher.turn(source.url) as is_free:
            if not is_free:
                return _held_back(source)
            fetched = await fetcher.get(
                source.url, headers=source.headers, etag=etag, last_modified=last_modified
            )
        state, changes = await _receive(
            fetched, source=source, state=state, rules=rules, store=store, pages=pages, now=clock(),
            was_conditional=bool(etag or last_modified),
        )  # fmt: skip
    except ServiceHeld:
        return _held_back(source)
    except Exception as error:  # a fault of ours with one source must not stop the others
        failed, now = _told(source, error), clock()
        counted = note_cost(state, fetched, now)
        state = after_failure(counted, failed, now=now, intervals=rules.intervals.of(source))
        changes = Changes()
        if state.held_until_at is not None:
            fetcher.hold_back(source.url, state.held_until_at - now)
        await store.save(state)
    tell_changes(before, state)
    return _reported(state, changes, time.perf_counter() - started)


def _held_back(source: Source) -> Poll:
    """Report a poll that did not take place; the source's state is left as it was."""
    error = f"{source.url}: not asked, another source of its service was answered 429 just now"
    log.info("poll", source=source.id, outcome="throttled", error=error)
    return Poll(source_id=source.id, outcome="throttled", error=error)


def _told(source: Source, error: Exception) -> AggregatorError:
    """Return what an operator is told of an error; where the fault is ours, the log has all of it."""
    if isinstance(error, AggregatorError) and not isinstance(error, PollNotStored):
        return error
    cause = error.__cause__ or error
    log.error("unexpected", source=source.id, exc_info=error)
    return AggregatorError(f"{source.url}: unexpected {type(cause).__name__}: please report it with the log")


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
    store: PollStore,
    pages: PageFetcher | None,
    now: datetime,
    was_conditional: bool,
) -> tuple[SourceState, Changes]:
    """Store what a source answered; raises ParseError before anything is stored."""
    digest = None if fetched.status == 304 else hashlib.sha256(fetched.body).hexdigest()
    is_same = digest is None or digest == state.body_hash
    ended = note_answered(state, fetched, now)
    if digest is None or (is_same and not needs_proof(ended)):
        intervals = rules.intervals.of(source)
        ended = after_success(ended, outcome="not_modified", now=now, intervals=intervals)
        ended = slowed(propose_redirect(ended, now=now), source, rules, now)
        return ended, await store.save(ended)
    # Where a document has to prove something, all that it says is needed.
    is_whole = needs_proof(ended)
    seen = b"" if is_whole else await asyncio.to_thread(seen_entries, store.store, state)
    paper = Paper(
        body=fetched.body, source=source, now=now, url=fetched.final_url, seen=seen,
        content_type=fetched.content_type, context=rules.digest,
    )  # fmt: skip
    read = _provided(await store.readers.read(paper), source, rules)
    told = read.feed
    ended = revised(ended, body_hash=digest, title=told.title, site_url=told.site_url, seen=read.seen)
    ended = note_announced(ended, fetched, read.feed)
    led = await lead_back(read.articles, rules=rules, store=store.store, pages=pages)
    arrival = Arrival(
        source=source, articles=led, asks=read.feed.asks, before=state, after=ended, now=now,
        elapsed=now - (quiet_since(state, was_conditional=was_conditional) or now),
        frozen=are_frozen(state, fetched, was_conditional=was_conditional), is_same=is_same,
    )  # fmt: skip

    def decide(known: Known) -> Changes:
        return slowed_without_news(admit(arrival, known, rules=rules), ended, source, rules, now)

    bare = ended if led else decide(Known()).state or ended  # of no articles the store asks for no decision
    changes = await store.save(bare, led, decide)
    if is_push_missed(state, changes, now):
        log.warning("push", source=source.id, error="a poll found what no push brought: polled as before")
        await asyncio.to_thread(doubt_pushes, store.store, source.id)
    return changes.state or bare, changes
