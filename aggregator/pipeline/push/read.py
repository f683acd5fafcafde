"""Pushed documents, read and stored as a poll's would be.

inbox ─► parse ─► decide ─► store
   └► cannot be read, or was not signed: the source is polled sooner
"""

import asyncio
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog

from aggregator.cadence import seen_until
from aggregator.errors import AggregatorError, MachineError, StoreError
from aggregator.model import Article, Changes, PollAnswered, Push, Source, SourceState, revise
from aggregator.parse import ParseJob, ParseResult, forget_entries
from aggregator.pipeline.article_page import replace_amp_links
from aggregator.pipeline.context import Context
from aggregator.pipeline.poll.decide import Arrival, assign_providers, decide_document
from aggregator.pipeline.poll.report import count_duplicates, log_joined
from aggregator.pipeline.poll.workers import ParserPool
from aggregator.store import (
    Store,
    WaitingPush,
    advance_poll,
    find_subscription,
    finish_push,
    read_seen_entries,
    read_source_state,
    save_push,
    take_pushes,
)
from aggregator.store.sources.polls import Decide

MAX_PUSHES = 20
"""Pushes that one round reads."""
log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class PushesRead:
    """What a round of reading pushes did, counted as polls do; ``hints`` have their sources polled sooner."""

    new: int = 0
    quarantined: int = 0
    edited: int = 0
    duplicates: int = 0
    hints: int = 0

    def __add__(self, other: "PushesRead") -> "PushesRead":
        return PushesRead(
            new=self.new + other.new,
            quarantined=self.quarantined + other.quarantined,
            edited=self.edited + other.edited,
            duplicates=self.duplicates + other.duplicates,
            hints=self.hints + other.hints,
        )


async def read_pushes(context: Context) -> PushesRead:
    """Store what hubs pushed, as a poll would; raises StoreError and MachineError: what was not read stays.

    With ``context.pages``, links to AMP pages are first replaced by the addresses of their articles.
    """
    by_token: dict[str, list[WaitingPush]] = defaultdict(list)
    parsers = ParserPool()
    for waiting in await asyncio.to_thread(take_pushes, context.store, MAX_PUSHES):
        by_token[waiting.push.token].append(waiting)

    async def read_in_order(pushes: list[WaitingPush]) -> PushesRead:
        done = PushesRead()
        for waiting in pushes:
            done += await _read_push(waiting.push, context, parsers)
            await asyncio.to_thread(finish_push, context.store, waiting)
        return done

    return sum(await asyncio.gather(*map(read_in_order, by_token.values())), start=PushesRead())


async def _read_push(push: Push, context: Context, parsers: ParserPool) -> PushesRead:
    """Store one push; where nothing in it can be read, let its source be polled sooner."""
    now = context.clock()
    subscription = await asyncio.to_thread(find_subscription, context.store, push.token)
    source = context.rules.sources.get(subscription.source_id) if subscription else None
    if source is None:
        return PushesRead()
    try:
        if push.body is not None:
            return await _store_push(push, push.body, source, context, parsers, now=now)
    except (StoreError, MachineError):
        raise
    except Exception as error:  # a fault of ours with one push must not stop the others
        shown = {"error": str(error)} if isinstance(error, AggregatorError) else {"exc_info": error}
        log.warning("push", source=source.id, **shown)
    minimum = context.rules.polling.intervals.of(source).minimum
    await asyncio.to_thread(_poll_soon, context.store, source, minimum, now)
    return PushesRead(hints=1)


async def _store_push(
    push: Push, body: bytes, source: Source, context: Context, parsers: ParserPool, *, now: datetime
) -> PushesRead:
    known = await asyncio.to_thread(read_source_state, context.store, source.id)
    # What the last document said may not be what is stored after this.
    learned = forget_entries(await asyncio.to_thread(read_seen_entries, context.store, known))
    job = ParseJob(
        body=body, source=source, now=now, seen=learned, content_type=push.content_type,
        url=known.redirect_url or source.url,  # relative addresses are to be the same as those of a poll
        context=context.rules.digest, lag=context.fetcher.clock_lag.find(),
    )  # fmt: skip
    parsed = assign_providers(await parsers.parse(job), source, context.rules)
    articles = await replace_amp_links(parsed.articles, context)

    def decide(state: SourceState) -> Decide:
        arrival = _make_arrival(job, parsed, articles, state)
        return partial(decide_document, arrival, rules=context.rules)

    changes = await asyncio.to_thread(save_push, context.store, source.id, articles, decide)
    return _report_push(source.id, changes, parsed.fault)


def _make_arrival(
    job: ParseJob, parsed: ParseResult, articles: tuple[Article, ...], state: SourceState
) -> Arrival:
    """Return what a pushed document brings to its source, which is in this state."""
    feed, fault = parsed.feed, parsed.fault
    answer = PollAnswered(received_bytes=len(job.body), fault=fault, pushed_at=job.now) if fault else None
    after = revise(
        state, title=feed.title or state.title, site_url=feed.site_url or state.site_url, seen=job.seen,
        answer=answer,
    )  # fmt: skip
    return Arrival(
        source=job.source, articles=articles, asks=state.asks, before=state, after=after, now=job.now,
        elapsed=job.now - (seen_until(state, was_conditional=True) or job.now),
        has_frozen_validators=state.has_frozen_validators, is_pushed=True,
    )  # fmt: skip


def _report_push(source_id: str, changes: Changes, fault: str | None) -> PushesRead:
    """Log what a push changed, and why entries of it may be missing, and return it counted."""
    log_joined(source_id, changes)
    if changes.quarantined_because is not None:
        log.warning(
            "quarantined", source=source_id, because=changes.quarantined_because, see="aggregator review"
        )
    told = {"fault": fault} if fault else {}
    log.info("push", source=source_id, new=len(changes.inserted), edited=len(changes.updated), **told)
    return PushesRead(
        new=len(changes.inserted),
        quarantined=sum(article.is_quarantined for article in changes.inserted),
        edited=len(changes.updated),
        duplicates=count_duplicates(changes),
    )


def _poll_soon(store: Store, source: Source, minimum: timedelta, now: datetime) -> None:
    """Let a source be polled now, or as soon as its shortest interval is over: a hint is no proof."""
    polled_at = read_source_state(store, source.id).polled_at
    advance_poll(store, source.id, max(now, polled_at + minimum) if polled_at else now)
