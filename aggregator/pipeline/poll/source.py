"""From a source's answer to stored articles."""

import asyncio
import hashlib
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import structlog

from aggregator.cadence import (
    are_validators_frozen,
    needs_proof,
    note_success,
    note_unchanged,
    propose_redirect,
    quiet_since,
)
from aggregator.errors import ParseError
from aggregator.fetch.decode import unknown_codings
from aggregator.fetch.pages import PageFetcher
from aggregator.model import Article, Changes, Fetched, Known, ParsedFeed, Source, SourceState, revised
from aggregator.parse import ParseResult, forget_entries, read_news
from aggregator.parse.worker import ParseJob
from aggregator.pipeline.article_page import lead_back
from aggregator.pipeline.poll.decide import Arrival, admit, needs_all
from aggregator.pipeline.poll.notes import note_answered
from aggregator.pipeline.poll.push_notes import is_push_missed, note_announced, slowed, slowed_without_news
from aggregator.pipeline.poll.storing import PollStore
from aggregator.pipeline.poll.workers import Readers
from aggregator.rules import Rules
from aggregator.store import doubt_pushes

log = structlog.get_logger()


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


async def read_bounded(job: ParseJob, *, readers: Readers, rules: Rules) -> Read:
    """Return what ``read_document`` does, within bounds; raises ParseError, MachineError."""
    return _provided(await readers.read(job), job.source, rules)


def _with_coding(error: ParseError, fetched: Fetched) -> ParseError:
    """Return the error, with the content coding that was ignored: the body may be in one after all."""
    unknown = ", ".join(unknown_codings(fetched.headers.get("content-encoding")))
    if not unknown:
        return error
    reason = f"{error.reason}; its Content-Encoding {unknown!r} is unknown and was ignored"
    return ParseError(error.source, reason, error.feeds)


def _provided(read: ParseResult, source: Source, rules: Rules) -> Read:
    feed, resolve = read.feed, rules.registry.resolve
    provided = (resolve(a, source, site_url=feed.site_url, title=feed.title) for a in read.articles)
    return Read(feed=feed, articles=tuple(provided), problems=read.problems, seen=read.seen)


async def receive(
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
    """Store what a source answered, and return its state after that; raises ParseError."""
    digest = None if fetched.status == 304 else hashlib.sha256(fetched.body).hexdigest()
    is_same = digest is None or digest == state.body_hash
    ended = note_answered(state, fetched, now)
    if digest is None or (is_same and not needs_proof(ended)):
        intervals = rules.intervals.of(source)
        ended = note_success(ended, outcome="not_modified", now=now, intervals=intervals)
        ended = slowed(propose_redirect(note_unchanged(ended, now=now), now=now), source, rules, now)
        return ended, await store.save(ended)
    # Where a document has to prove something, all that it says is needed.
    is_whole = needs_proof(ended)
    seen = await store.seen(state)
    take_up = partial(
        _take_up, fetched, source=source, before=state, ended=revised(ended, body_hash=digest), rules=rules,
        store=store, pages=pages, now=now, was_conditional=was_conditional, is_same=is_same,
    )  # fmt: skip
    ended, changes = await take_up(seen=forget_entries(seen) if is_whole else seen)
    if changes.needs_all:
        ended, changes = await take_up(seen=forget_entries(seen))
    if is_push_missed(state, changes, now):
        log.warning("push", source=source.id, error="a poll found what no push brought: polled as before")
        await asyncio.to_thread(doubt_pushes, store.store, source.id)
    return ended, changes


async def _take_up(
    fetched: Fetched,
    *,
    source: Source,
    before: SourceState,
    ended: SourceState,
    rules: Rules,
    store: PollStore,
    pages: PageFetcher | None,
    now: datetime,
    was_conditional: bool,
    is_same: bool,
    seen: bytes,
) -> tuple[SourceState, Changes]:
    """Read a document and store what it says, without the entries that were ``seen`` before.

    ``before`` is the source's state before the poll, ``ended`` as the answer's head and body leave it.
    """
    job = ParseJob(
        body=fetched.body, source=source, now=now, url=fetched.final_url, seen=seen,
        content_type=fetched.content_type, context=rules.digest,
    )  # fmt: skip
    try:
        read = await read_bounded(job, readers=store.readers, rules=rules)
    except ParseError as error:
        raise _with_coding(error, fetched) from None
    told = read.feed
    ended = revised(ended, title=told.title, site_url=told.site_url, seen=read.seen)
    ended = note_announced(ended, fetched, read.feed)
    led = await lead_back(read.articles, rules=rules, store=store.store, pages=pages)
    arrival = Arrival(
        source=source, articles=led, asks=read.feed.asks, before=before, after=ended, now=now,
        elapsed=now - (quiet_since(before, was_conditional=was_conditional) or now),
        frozen=are_validators_frozen(before, fetched, was_conditional=was_conditional), is_same=is_same,
    )  # fmt: skip

    def decide(known: Known) -> Changes:
        changes = slowed_without_news(admit(arrival, known, rules=rules), ended, source, rules, now)
        return Changes(state=before, needs_all=True) if seen and needs_all(changes, known, led) else changes

    bare = ended if led else decide(Known()).state or ended  # of no articles the store asks for no decision
    changes = await store.save(bare, led, decide)
    return changes.state or bare, changes
