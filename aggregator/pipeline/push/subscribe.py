"""Subscriptions at hubs, brought in line with what sources announce: one round at a time, safe to kill.

sources that announce a hub ─► new subscriptions
sources that do not any more, are gone, or were disabled ─► to be left
due ─► kept as asked ─► request to the hub ─► what came of it
"""

import asyncio
import secrets
from collections import Counter
from datetime import datetime, timedelta
from functools import partial

import structlog

from aggregator.errors import FetchError
from aggregator.fetch.form import FormPoster
from aggregator.model import Subscription
from aggregator.pipeline.context import Clock
from aggregator.rules import Rules
from aggregator.store import (
    Store,
    add_subscriptions,
    change_subscription,
    due_subscriptions,
    forget_subscription,
    forget_subscriptions,
    unsubscribed_sources,
    unwanted_subscriptions,
)
from aggregator.websub import (
    hub_addresses,
    is_over,
    is_private,
    is_unverified,
    leave,
    new_subscription,
    note_refusal,
    note_request,
    note_unverified,
    request_fields,
)

AT_ONCE = 50
"""Subscriptions that one round begins, gives up, and about which it does what is due, at the most."""
OF_ONE_HUB = 10
"""Of these, those of one hub: one that does not answer does not hold up the others for long."""
LOOKED_AT = 500
TOKEN_BYTES = 32
log = structlog.get_logger()


async def subscribe_due(*, rules: Rules, store: Store, poster: FormPoster, clock: Clock) -> int:
    """Bring subscriptions in line with what is announced, and ask hubs what is due; return how many were.

    Where hubs cannot reach us all subscriptions are forgotten, and end by themselves. Raises StoreError.
    """
    base_url = rules.callback_url
    if base_url is None:
        await asyncio.to_thread(forget_subscriptions, store)
        return 0
    due = await asyncio.to_thread(_due, store, base_url, clock())
    asking = (_settle(one, rules=rules, store=store, poster=poster, clock=clock) for one in due)
    return sum(await asyncio.gather(*asking))


def _due(store: Store, base_url: str, now: datetime) -> tuple[Subscription, ...]:
    for token in unwanted_subscriptions(store, base_url, AT_ONCE):
        change_subscription(store, token, partial(leave, now=now))
    wanted = unsubscribed_sources(store, base_url, AT_ONCE)
    begun = [
        new_subscription(
            announcement, source_id=source_id, base_url=base_url, now=now,
            token=secrets.token_urlsafe(TOKEN_BYTES), secret=secrets.token_hex(TOKEN_BYTES),
        )
        for source_id, announcement in wanted.items()
    ]  # fmt: skip
    add_subscriptions(store, begun)
    of_hub: Counter[str] = Counter()
    chosen = []
    for one in due_subscriptions(store, now, LOOKED_AT):
        of_hub[one.hub_url] += 1
        if of_hub[one.hub_url] <= OF_ONE_HUB:
            chosen.append(one)
    return tuple(chosen[:AT_ONCE])


async def _settle(
    subscription: Subscription, *, rules: Rules, store: Store, poster: FormPoster, clock: Clock
) -> bool:
    """Do what is due about one subscription; tell whether the hub was asked."""
    now = clock()
    if is_over(subscription, now=now):
        await asyncio.to_thread(forget_subscription, store, subscription.token)
        log.info("hub", source=subscription.source_id, hub=subscription.hub_url, what="left")
        return False
    if is_unverified(subscription, now=now):
        change = partial(note_unverified, now=now)
        failed = await asyncio.to_thread(change_subscription, store, subscription.token, change)
        _tell(failed)
        return False
    await _request(subscription, lease=rules.lease, store=store, poster=poster, clock=clock)
    return True


async def _request(
    subscription: Subscription, *, lease: timedelta, store: Store, poster: FormPoster, clock: Clock
) -> None:
    """Ask the hub, at its https address first; what is asked is stored before, for it may verify at once."""
    token, reason = subscription.token, ""
    for address in hub_addresses(subscription.hub_url):
        is_signed = is_private(address)
        change = partial(note_request, is_signed=is_signed, now=clock())
        asked = await asyncio.to_thread(change_subscription, store, token, change)
        if asked is None:
            return
        follow = is_private if is_signed else _anywhere
        try:
            await poster.post(address, request_fields(asked, lease=lease), may_follow=follow)
        except FetchError as error:
            reason = reason or str(error)
            continue
        log.info("hub", source=asked.source_id, hub=address, what=asked.asked)
        return
    refused = partial(note_refusal, reason=reason, now=clock())
    _tell(await asyncio.to_thread(change_subscription, store, token, refused))


def _tell(failed: Subscription | None) -> None:
    if failed is not None and failed.error is not None:
        log.warning("hub", source=failed.source_id, hub=failed.hub_url, error=failed.error)


def _anywhere(_: str) -> bool:
    return True
