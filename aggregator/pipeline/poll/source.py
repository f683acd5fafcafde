"""One poll of a source, from start to end.

    due ─► validators ─► turn of its service ─► fetch ─┬─► 304, or the same bytes: noted ──────┐
                                                       ├─► parse ─► decide ─► store ───────────┼─► report
                                                       └─► failed, or 429: noted, and paused ──┘

What follows from an answer is decided in ``decide``, what is logged is in ``report``. ``storing`` and
``workers`` only make it fast: several polls share a transaction, and costly documents are parsed elsewhere.
"""

import asyncio
import time
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import structlog

from aggregator.cadence import choose_validators, needs_proof
from aggregator.errors import CannotAsk, ParseError, ServicePaused, SourceMoved
from aggregator.fetch import Validators
from aggregator.fetch.clock_lag import note_date
from aggregator.fetch.decode import find_unknown_codings
from aggregator.fetch.outage import Standing
from aggregator.fetch.portal import note_feed, refuse_portal
from aggregator.machine.shortage import raise_if_ours
from aggregator.model import Changes, Fetched, Known, Source, SourceState
from aggregator.parse import ParseJob, ParseResult, forget_entries
from aggregator.pipeline.article_page import replace_amp_links
from aggregator.pipeline.context import Context
from aggregator.pipeline.poll.decide import (
    PollAnswer,
    assign_providers,
    decide_document,
    decide_failure,
    decide_unchanged,
    is_push_missed,
    make_arrival,
    note_answer_head,
)
from aggregator.pipeline.poll.disappearance import note_disappearances
from aggregator.pipeline.poll.report import (
    Poll,
    explain_failure,
    report_moved,
    report_own_failure,
    report_paused,
    report_poll,
)
from aggregator.pipeline.poll.storing import BatchedStore
from aggregator.pipeline.poll.workers import ParserPool
from aggregator.pipeline.sitemap_lists import follow_sitemap_list
from aggregator.store import doubt_pushes

log = structlog.get_logger()


@dataclass(slots=True)
class _Attempt:
    """How far a poll has come: how its source stood, when it was asked, and what it answered."""

    source: Source
    before: SourceState
    asked_at: datetime | None = None
    fetched: Fetched | None = None


async def poll_source(
    source: Source, context: Context, *, batches: BatchedStore, parsers: ParserPool
) -> Poll:
    """Poll one source and store what came of it, in one transaction; an error is an outcome.

    What an address answers that the source has no more by then is not stored. Raises StoreError and
    MachineError, which are our own: nothing is counted against the source, and it stays due. With
    ``context.pages``, links to AMP pages are first replaced by the addresses of their articles.
    """
    try:
        return await _poll(source, context, batches, parsers)
    except SourceMoved as error:
        return report_moved(source, error)


async def _poll(source: Source, context: Context, batches: BatchedStore, parsers: ParserPool) -> Poll:
    """Poll one source as ``poll_source`` does; raises SourceMoved, too."""
    started = time.perf_counter()
    attempt = _Attempt(source, await batches.read_state(source.id))
    try:
        state, changes = await _store_answer(await _ask(attempt, context), context, batches, parsers)
    except CannotAsk as error:
        return report_own_failure(source, error)
    except ServicePaused:
        return report_paused(source)
    except SourceMoved:
        raise
    except Exception as error:  # a fault of ours with one source must not stop the others
        raise_if_ours(error, source.url)
        state, changes = await _store_failure(attempt, error, context, batches), Changes()
    seconds = time.perf_counter() - started
    return report_poll(attempt.before, state, changes, seconds=seconds, asked_at=attempt.asked_at)


async def _ask(attempt: _Attempt, context: Context) -> PollAnswer:
    """Return what a source answers; raises FetchError, as ServicePaused where it is not asked."""
    source, before, fetcher, clock = attempt.source, attempt.before, context.fetcher, context.clock
    # Without validators the answer is a whole document, whose entries can be compared.
    etag, last_modified = (None, None) if needs_proof(before) else choose_validators(before, now=clock())
    async with fetcher.turn(source.url) as is_free:
        if not is_free:
            fetcher.refuse_paused(source.url)
            raise ServicePaused(source.url, "not asked: its service was paused just now")
        attempt.asked_at = clock()
        attempt.fetched = await fetcher.get(
            source.url, headers=source.headers,
            validators=Validators(etag, last_modified, before.validators_url),
            standing=_name_standing(before),
        )  # fmt: skip
        note_date(fetcher.clock_lag, attempt.fetched, clock())
        attempt.fetched = await follow_sitemap_list(attempt.fetched, source, fetcher, now=clock())
    return note_answer_head(attempt.fetched, source, before, now=clock())


async def _store_answer(
    answer: PollAnswer, context: Context, batches: BatchedStore, parsers: ParserPool
) -> tuple[SourceState, Changes]:
    if answer.needs_parsing:
        return await _store_document(answer, context, batches, parsers)
    state = decide_unchanged(answer, context.rules)
    await batches.save_poll(state)
    return state, Changes()


async def _store_failure(
    attempt: _Attempt, error: Exception, context: Context, batches: BatchedStore
) -> SourceState:
    """Store that a poll failed, and leave the service alone for as long as it asked for."""
    failure, now = explain_failure(attempt.source, error), context.clock()
    state, pause = decide_failure(
        failure, attempt.fetched, attempt.source, attempt.before, context.rules, now=now
    )
    if pause is not None:
        context.fetcher.pause(pause.url, pause.wait)
    await batches.save_poll(state)
    return state


async def _store_document(
    answer: PollAnswer, context: Context, batches: BatchedStore, parsers: ParserPool
) -> tuple[SourceState, Changes]:
    """Store what is new in a document; return its source's state after that. Raises ParseError."""
    last = seen = await batches.read_seen(answer.before)
    if needs_proof(answer.state):
        seen = forget_entries(seen)
    state, changes, parsed = await _store_unseen(answer, seen, context, batches, parsers)
    if changes.needs_all:
        state, changes, parsed = await _store_unseen(answer, forget_entries(seen), context, batches, parsers)
    if changes.quarantined_because is None:
        await asyncio.to_thread(note_disappearances, answer, parsed, state, last, context)
    if is_push_missed(answer.before, changes, answer.now):
        error = "a poll found what no push brought: polled as before"
        log.warning("push", source=answer.source.id, error=error)
        await asyncio.to_thread(doubt_pushes, context.store, answer.source.id)
    return state, changes


async def _store_unseen(
    answer: PollAnswer, seen: bytes, context: Context, batches: BatchedStore, parsers: ParserPool
) -> tuple[SourceState, Changes, ParseResult]:
    """Parse a document and store what it says, without the entries that were ``seen`` before.

    The state returned is the one that deciding makes of its articles; where that makes none, the one that the
    answer and the feed itself give.
    """
    source, fetched, rules = answer.source, answer.fetched, context.rules
    job = ParseJob(
        body=fetched.body, source=source, now=answer.now, url=fetched.final_url, seen=seen,
        content_type=fetched.content_type, context=rules.digest, lag=context.fetcher.clock_lag.find(),
    )  # fmt: skip
    try:
        parsed = assign_providers(await parsers.parse(job), source, rules)
    except ParseError as error:
        await refuse_portal(fetched, _name_standing(answer.before), context.fetcher)
        raise _add_unknown_codings(error, fetched) from None
    note_feed(fetched, context.fetcher)
    articles = await replace_amp_links(parsed.articles, context)
    arrival = make_arrival(answer, parsed, articles, is_abridged=bool(seen))
    decide = partial(decide_document, arrival, rules=rules)
    # Without articles the store never calls decide, and is given the state that it would have made.
    state = arrival.after if articles else decide(Known()).state or arrival.after
    changes = await batches.save_poll(state, articles, decide)
    return changes.state or state, changes, parsed


def _name_standing(before: SourceState) -> Standing:
    return "new" if before.polled_at is None else "ill" if before.failures else "well"


def _add_unknown_codings(error: ParseError, fetched: Fetched) -> ParseError:
    """Return the error with the content codings that were ignored: the body may be in one after all."""
    unknown = ", ".join(find_unknown_codings(fetched.headers.get("content-encoding")))
    if not unknown:
        return error
    reason = f"{error.reason}; its Content-Encoding {unknown!r} is unknown and was ignored"
    return ParseError(error.source, reason, error.feeds)
