"""From due sources to stored articles."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from aggregator.cadence import choose_validators, needs_proof, note_failure
from aggregator.errors import (
    AggregatorError,
    CannotAsk,
    HttpStatusError,
    MachineError,
    PollNotStored,
    ServicePaused,
)
from aggregator.fetch.feed import Fetcher
from aggregator.fetch.pages import PageFetcher
from aggregator.machine.shortage import raise_if_ours
from aggregator.model import Changes, Outcome, Source, SourceState, revised
from aggregator.pipeline.context import Clock
from aggregator.pipeline.poll.notes import note_cost, tell_changes, tell_joined
from aggregator.pipeline.poll.source import receive
from aggregator.pipeline.poll.storing import PollStore
from aggregator.rules import Rules
from aggregator.store import Store
from aggregator.urls.services import service_of_url

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class Poll:
    """How one poll of a source went; ``error`` is None where nothing went wrong.

    Of the ``new`` articles ``quarantined`` wait for the operator's review.
    """

    source_id: str
    outcome: Outcome
    new: int = 0
    quarantined: int = 0
    edited: int = 0
    seconds: float = 0.0
    error: str | None = None


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
            try:
                done[source_id] = await poll_source(
                    source, rules=rules, store=batches, fetcher=fetcher, clock=clock, pages=pages
                )
            except MachineError as error:
                done[source_id] = _uncounted(source, error)
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

    Raises StoreError and MachineError, which are our own: nothing is counted against the source, and it stays
    due. With ``pages``, links to AMP pages are led back to their articles first.
    """
    started = time.perf_counter()
    before = state = await store.state(source.id)
    fetched = None
    try:
        etag, last_modified = (None, None) if needs_proof(state) else choose_validators(state, now=clock())
        async with fetcher.turn(source.url) as is_free:
            if not is_free:
                fetcher.refuse_paused(source.url)
                return _report_paused(source)
            fetched = await fetcher.get(
                source.url,
                headers=source.headers,
                etag=etag,
                last_modified=last_modified,
                validators_url=state.validators_url,
            )
        state, changes = await receive(
            fetched, source=source, state=state, rules=rules, store=store, pages=pages, now=clock(),
            was_conditional=fetched.was_conditional,
        )  # fmt: skip
    except CannotAsk as error:
        return _uncounted(source, error)
    except ServicePaused:
        return _report_paused(source)
    except Exception as error:  # a fault of ours with one source must not stop the others
        raise_if_ours(error, source.url)
        failed, now = _told(source, error), clock()
        counted = note_cost(state, fetched, now)
        state = note_failure(counted, failed, now=now, intervals=rules.intervals.of(source))
        state = _obeyed(state, failed, source, fetcher, now)
        changes = Changes()
        await store.save(state)
    tell_changes(before, state)
    return _reported(state, changes, time.perf_counter() - started)


def _obeyed(
    state: SourceState, failed: AggregatorError, source: Source, fetcher: Fetcher, now: datetime
) -> SourceState:
    """Pause the service that answered 429; where a redirect led there, the source's own is not paused."""
    if state.paused_until_at is None or not isinstance(failed, HttpStatusError) or failed.status != 429:
        return state
    fetcher.pause(failed.url, state.paused_until_at - now)
    is_own = service_of_url(failed.url) == service_of_url(source.url)
    return state if is_own else revised(state, paused_until_at=None)


def _report_paused(source: Source) -> Poll:
    """Report a poll that did not take place; the source's state is left as it was."""
    error = f"{source.url}: not asked, another source of its service was answered 429 just now"
    log.info("poll", source=source.id, outcome="throttled", error=error)
    return Poll(source_id=source.id, outcome="throttled", error=error)


def _uncounted(source: Source, error: AggregatorError) -> Poll:
    """Report a poll that failed by our own fault: it is not the source's, whose state is left as it was."""
    log.warning("poll", source=source.id, outcome="failed", error=str(error))
    return Poll(source_id=source.id, outcome="failed", error=str(error))


def _told(source: Source, error: Exception) -> AggregatorError:
    """Return what an operator is told of an error; where the fault is ours, the log has all of it."""
    if isinstance(error, PollNotStored) and isinstance(error.__cause__, AggregatorError):
        error = error.__cause__  # the source was removed meanwhile
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
        quarantined=sum(article.is_quarantined for article in changes.inserted),
        edited=len(changes.updated),
        seconds=round(seconds, 3),
        error=state.error,
    )
    tell_joined(done.source_id, changes)
    if changes.quarantined_because is not None:
        log.warning(
            "quarantined", source=done.source_id, because=changes.quarantined_because, see="aggregator review"
        )
    event = log.info if done.error is None else log.warning
    event(
        "poll", source=done.source_id, outcome=done.outcome, new=done.new, edited=done.edited,
        seconds=done.seconds, **({"quarantined": done.quarantined} if done.quarantined else {}),
        **({"error": done.error} if done.error else {}),
    )  # fmt: skip
    return done
