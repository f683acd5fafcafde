"""What hubs send: answered at once by whoever serves, read like a poll's document by whoever polls.

    hub ─► Receiver: signature ─► inbox ─► take_pushes: parse ─► normalise ─► judge ─► store

Only what was signed with the subscription's secret is read. What a hub sends unsigned, where it was never
told the secret, says no more than that a poll is worth while, and so does what cannot be read.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog

from aggregator.cadence import quiet_since
from aggregator.errors import AggregatorError, MachineError, StoreError
from aggregator.fetch.pages import PageFetcher
from aggregator.model import Push, Source, SourceState, Subscription, revised
from aggregator.parse import forget_entries
from aggregator.parse.worker import ParseJob
from aggregator.pipeline.article_page import lead_back
from aggregator.pipeline.context import Clock
from aggregator.pipeline.poll.decide import Arrival, admit
from aggregator.pipeline.poll.notes import tell_joined
from aggregator.pipeline.poll.source import read_bounded
from aggregator.pipeline.poll.workers import Readers
from aggregator.rules import Rules
from aggregator.store import (
    Store,
    Waiting,
    change_subscription,
    finish_push,
    poll_by,
    put_push,
    save_push,
    seen_entries,
    subscription_at,
    take_pushes,
)
from aggregator.store.poll import Resolve
from aggregator.websub import confirm, deny, is_signed_with, note_ignored_push, note_push

AT_ONCE = 20
Change = Callable[[Subscription], Subscription | None]
log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class Receiver:
    """Answers hubs at the callbacks; may be called by several threads and processes at once.

    ``lease`` is what subscriptions are asked for, ``max_body_bytes`` what one push may have.
    """

    store: Store
    clock: Clock
    lease: timedelta
    max_body_bytes: int

    def knows(self, token: str) -> bool:
        """Tell whether pushes to this callback are wanted."""
        subscription = subscription_at(self.store, token)
        return subscription is not None and subscription.is_wanted

    def answer(self, token: str, asked: Mapping[str, str]) -> str | None:
        """Return what to answer a hub's question; None where we did not ask for what it is about: 404."""
        mode, topic = asked.get("hub.mode", ""), asked.get("hub.topic", "")
        if mode == "denied":
            reason = asked.get("hub.reason", "")
            denied = partial(deny, topic=topic, reason=reason, now=self.clock())
            return "" if self._is_changed(token, denied, mode) else None
        challenge = asked.get("hub.challenge")
        if not challenge:
            return None
        lease = asked.get("hub.lease_seconds", "")
        confirmed = partial(
            confirm, mode=mode, topic=topic, lease=lease, asked_for=self.lease, now=self.clock()
        )
        return challenge if self._is_changed(token, confirmed, f"verified {mode}") else None

    def receive(self, token: str, body: bytes, *, signature: str | None, content_type: str | None) -> None:
        """Keep what a hub pushed until it is read, or that it pushed, or nothing: its signature decides.

        ``signature`` and ``content_type`` are the headers as received. The hub is told nothing about it.
        """
        now = self.clock()
        subscription = subscription_at(self.store, token)
        if subscription is None or not subscription.is_wanted or subscription.verified_at is None:
            return
        if is_signed_with(subscription.secret, body, signature):
            change_subscription(self.store, token, partial(note_push, now=now))
            push = Push(token=token, received_at=now, body=body, content_type=content_type)
            if not put_push(self.store, push):
                log.warning("push", source=subscription.source_id, error="too much waits: polled instead")
        elif subscription.is_signed or signature is not None:
            change_subscription(self.store, token, note_ignored_push)
            log.warning("push", source=subscription.source_id, error="not signed as agreed: ignored")
        else:
            put_push(self.store, Push(token=token, received_at=now))

    def _is_changed(self, token: str, change: Change, what: str) -> bool:
        after = change_subscription(self.store, token, change)
        if after is None:
            return False
        told = {"source": after.source_id, "hub": after.hub_url, "what": what}
        if after.error is None:
            log.info("hub", **told)
        else:
            log.warning("hub", **told, error=after.error)
        return True


@dataclass(frozen=True, kw_only=True, slots=True)
class Taken:
    """What a round of reading pushes did; ``hints`` are those after which a source is polled sooner."""

    new: int = 0
    edited: int = 0
    hints: int = 0

    def __add__(self, other: "Taken") -> "Taken":
        return Taken(
            new=self.new + other.new, edited=self.edited + other.edited, hints=self.hints + other.hints
        )


async def read_pushes(*, rules: Rules, store: Store, clock: Clock, pages: PageFetcher | None = None) -> Taken:
    """Store what hubs pushed, as a poll would; raises StoreError and MachineError: what was not read stays.

    With ``pages``, links to AMP pages are led back to their articles first.
    """
    by_token: dict[str, list[Waiting]] = defaultdict(list)
    readers = Readers()
    for waiting in await asyncio.to_thread(take_pushes, store, AT_ONCE):
        by_token[waiting.push.token].append(waiting)

    async def of_one(pushes: list[Waiting]) -> Taken:
        done = Taken()
        for waiting in pushes:
            done += await _read(waiting, rules=rules, store=store, readers=readers, pages=pages, now=clock())
            await asyncio.to_thread(finish_push, store, waiting)
        return done

    return sum(await asyncio.gather(*map(of_one, by_token.values())), start=Taken())


async def _read(
    waiting: Waiting,
    *,
    rules: Rules,
    store: Store,
    readers: Readers,
    pages: PageFetcher | None,
    now: datetime,
) -> Taken:
    """Store one push; where nothing in it can be read, let its source be polled sooner."""
    subscription = await asyncio.to_thread(subscription_at, store, waiting.push.token)
    source = rules.sources.get(subscription.source_id) if subscription else None
    if subscription is None or source is None:
        return Taken()
    try:
        if waiting.push.body is not None:
            return await _stored(
                waiting.push, source, rules=rules, store=store, readers=readers, pages=pages, now=now
            )
    except (StoreError, MachineError):
        raise
    except Exception as error:  # a fault of ours with one push must not stop the others
        told = {"error": str(error)} if isinstance(error, AggregatorError) else {"exc_info": error}
        log.warning("push", source=source.id, **told)
    await asyncio.to_thread(_poll_soon, store, source, rules, now)
    return Taken(hints=1)


async def _stored(
    push: Push, source: Source, *, rules: Rules, store: Store, readers: Readers, pages: PageFetcher | None,
    now: datetime,
) -> Taken:  # fmt: skip
    # Its relative addresses are to be the same as those of a poll.
    known = await asyncio.to_thread(store.source_state, source.id)
    url = known.redirect_url or source.url
    # What the last document said may not be what is stored after this.
    learned = forget_entries(await asyncio.to_thread(seen_entries, store, known))
    job = ParseJob(
        body=push.body or b"", source=source, now=now, url=url, seen=learned, content_type=push.content_type,
        context=rules.digest,
    )  # fmt: skip
    read = await read_bounded(job, readers=readers, rules=rules)
    led = await lead_back(read.articles, rules=rules, store=store, pages=pages)

    def decide(state: SourceState) -> Resolve:
        after = revised(
            state,
            title=read.feed.title or state.title,
            site_url=read.feed.site_url or state.site_url,
            seen=learned,
        )
        arrival = Arrival(
            source=source, articles=led, asks=state.asks, before=state, after=after, now=now,
            elapsed=now - (quiet_since(state, was_conditional=True) or now),
            frozen=state.has_frozen_validators, is_same=False, is_partial=True,
        )  # fmt: skip
        return partial(admit, arrival, rules=rules)

    changes = await asyncio.to_thread(save_push, store, source.id, led, decide)
    tell_joined(source.id, changes)
    if changes.quarantined_because is not None:
        log.warning(
            "quarantined", source=source.id, because=changes.quarantined_because, see="aggregator review"
        )
    log.info("push", source=source.id, new=len(changes.inserted), edited=len(changes.updated))
    return Taken(new=len(changes.inserted), edited=len(changes.updated))


def _poll_soon(store: Store, source: Source, rules: Rules, now: datetime) -> None:
    """Let a source be polled now, or as soon as its shortest interval is over: a hint is no proof."""
    polled_at = store.source_state(source.id).polled_at
    soonest = polled_at + rules.intervals.of(source).minimum if polled_at else now
    poll_by(store, source.id, max(now, soonest))
