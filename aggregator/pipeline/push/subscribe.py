"""Subscriptions at hubs, brought in line with what sources announce: one round at a time, safe to kill.

sources that announce a hub ─► new subscriptions
sources that do not any more, are gone, or were disabled ─► subscriptions to end
due subscriptions ─► request stored ─► sent to the hub ─► result stored
"""

import asyncio
import secrets
from collections import Counter
from datetime import datetime
from functools import partial

import structlog

from aggregator.errors import FetchError
from aggregator.fetch.form import FormPoster
from aggregator.model import Subscription
from aggregator.pipeline.context import Context
from aggregator.store import (
    Store,
    add_subscriptions,
    change_subscription,
    find_due_subscriptions,
    find_unsubscribed_sources,
    find_unwanted_subscriptions,
    forget_subscription,
    forget_subscriptions,
)
from aggregator.websub import (
    is_over,
    is_private,
    is_unverified,
    leave,
    list_hub_addresses,
    make_subscription,
    note_refusal,
    note_request,
    note_unverified,
    request_fields,
)

MAX_SUBSCRIPTIONS = 50
"""Subscriptions that one round begins, ends, and settles at the most."""
MAX_OF_HUB = 10
"""Of these, those of one hub: one that does not answer does not hold up the others for long."""
MAX_DUE = 500
TOKEN_BYTES = 32
log = structlog.get_logger()


async def subscribe_due(context: Context, poster: FormPoster) -> int:
    """Bring subscriptions in line with what is announced, and ask hubs what is due; return how many were.

    Where hubs cannot reach us all subscriptions are forgotten, and end by themselves. Raises StoreError.
    """
    base_url = context.rules.websub.callback_url
    if base_url is None:
        await asyncio.to_thread(forget_subscriptions, context.store)
        return 0
    due = await asyncio.to_thread(_update_subscriptions, context.store, base_url, context.clock())
    asking = (_settle_subscription(one, context, poster) for one in due)
    return sum(await asyncio.gather(*asking))


def _update_subscriptions(store: Store, base_url: str, now: datetime) -> tuple[Subscription, ...]:
    """Begin subscriptions that are wanted, end those that are not any more, and return those that are due."""
    for token in find_unwanted_subscriptions(store, base_url, MAX_SUBSCRIPTIONS):
        change_subscription(store, token, partial(leave, now=now))
    wanted = find_unsubscribed_sources(store, base_url, MAX_SUBSCRIPTIONS)
    begun = [
        make_subscription(
            announcement, source_id=source_id, base_url=base_url, now=now,
            token=secrets.token_urlsafe(TOKEN_BYTES), secret=secrets.token_hex(TOKEN_BYTES),
        )
        for source_id, announcement in wanted.items()
    ]  # fmt: skip
    add_subscriptions(store, begun)
    of_hub: Counter[str] = Counter()
    chosen = []
    for one in find_due_subscriptions(store, now, MAX_DUE):
        of_hub[one.hub_url] += 1
        if of_hub[one.hub_url] <= MAX_OF_HUB:
            chosen.append(one)
    return tuple(chosen[:MAX_SUBSCRIPTIONS])


async def _settle_subscription(subscription: Subscription, context: Context, poster: FormPoster) -> bool:
    """Do what is due about one subscription; tell whether the hub was asked."""
    now, store = context.clock(), context.store
    if is_over(subscription, now=now):
        await asyncio.to_thread(forget_subscription, store, subscription.token)
        log.info("hub", source=subscription.source_id, hub=subscription.hub_url, what="left")
        return False
    if is_unverified(subscription, now=now):
        change = partial(note_unverified, now=now)
        _log_failure(await asyncio.to_thread(change_subscription, store, subscription.token, change))
        return False
    await _send_request(subscription, context, poster)
    return True


async def _send_request(subscription: Subscription, context: Context, poster: FormPoster) -> None:
    """Ask the hub, at its https address first; the request is stored before: the hub may verify at once."""
    token, store, clock, reason = subscription.token, context.store, context.clock, ""
    for address in list_hub_addresses(subscription.hub_url):
        is_signed = is_private(address)
        change = partial(note_request, is_signed=is_signed, now=clock())
        asked = await asyncio.to_thread(change_subscription, store, token, change)
        if asked is None:
            return
        # The secret must not follow a redirect to where others can read it.
        may_follow = is_private if is_signed else _allow_any
        try:
            await poster.post(
                address, request_fields(asked, lease=context.rules.websub.lease), may_follow=may_follow
            )
        except FetchError as error:
            reason = reason or str(error)
            continue
        log.info("hub", source=asked.source_id, hub=address, what=asked.asked)
        return
    refused = partial(note_refusal, reason=reason, now=clock())
    _log_failure(await asyncio.to_thread(change_subscription, store, token, refused))


def _log_failure(subscription: Subscription | None) -> None:
    if subscription is not None and subscription.error is not None:
        log.warning("hub", source=subscription.source_id, hub=subscription.hub_url, error=subscription.error)


def _allow_any(_: str) -> bool:
    return True
