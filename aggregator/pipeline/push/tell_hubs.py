"""Telling hubs which of our feeds changed: what is due, one round at a time, safe to kill.

files on disk ─► pings asked for, in the transaction that notes them ─► sent ─► result stored
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import structlog

from aggregator.errors import FetchError
from aggregator.fetch.form import FormPoster
from aggregator.model import HubPing
from aggregator.pipeline.context import Context
from aggregator.pipeline.upload import find_uploaded
from aggregator.publish.tree_paths import CHANGES
from aggregator.store import PAUSE, change_pings, find_due_pings, note_corrections_pinged
from aggregator.websub import note_pinged, note_unpinged, ping_fields

MAX_PINGS = 200
"""Pings of one round at the most."""
AT_A_TIME = 10
"""Pings of one hub that are sent at the same time."""
log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class HubsTold:
    """How many pings hubs took, and how many they did not."""

    taken: int = 0
    refused: int = 0


async def tell_hubs(context: Context, poster: FormPoster) -> HubsTold:
    """Tell hubs which feeds changed, as far as that is due; return how many pings they took, and did not.

    What a hub does not take is tried again later, and so is then what else it was to be told in this round.
    Raises StoreError.
    """
    due = await asyncio.to_thread(_find_due, context)
    by_hub: dict[str, list[HubPing]] = {}
    for ping in due:
        by_hub.setdefault(ping.hub_url, []).append(ping)
    telling = (_tell_hub(hub, pings, context, poster) for hub, pings in by_hub.items())
    told = await asyncio.gather(*telling)
    return HubsTold(taken=sum(one.taken for one in told), refused=sum(one.refused for one in told))


def _find_due(context: Context) -> tuple[HubPing, ...]:
    """Return the pings that are due, but for feeds that readers do not find yet as they are on the disk."""
    due = find_due_pings(context.store, context.clock(), MAX_PINGS)
    if not due:
        return ()
    # After the pings: the change that one of these tells of is in the list by now, or was uploaded.
    is_uploaded = find_uploaded(context.rules.feeds_dir, context.rules.publishing)
    return tuple(ping for ping in due if is_uploaded(ping.feed))


async def _tell_hub(hub: str, pings: Sequence[HubPing], context: Context, poster: FormPoster) -> HubsTold:
    if hub not in context.rules.websub.publish_hubs:
        await asyncio.to_thread(change_pings, context.store, pings, lambda *_: None)
        return HubsTold()
    taken, failure = 0, None
    for start in range(0, len(pings), AT_A_TIME):
        batch = pings[start : start + AT_A_TIME]
        if failure is None:
            reasons = list(await asyncio.gather(*(_send(ping, context, poster) for ping in batch)))
        else:
            reasons = [failure] * len(batch)
        await asyncio.to_thread(_keep_results, batch, reasons, context)
        taken += reasons.count(None)
        failure = next((reason for reason in reasons if reason), failure)
    if failure:
        log.warning("hub", hub=hub, what="publish", error=failure)
    if taken:
        log.info("hub", hub=hub, what="publish", feeds=taken)
    return HubsTold(taken=taken, refused=len(pings) - taken)


async def _send(ping: HubPing, context: Context, poster: FormPoster) -> str | None:
    """Tell the hub of one feed; return why it did not take it, None where it did."""
    address = f"{context.rules.site.base_url}/{ping.feed}"
    try:
        await poster.post(ping.hub_url, ping_fields(address))
    except FetchError as error:
        return str(error)
    return None


def _keep_results(sent: Sequence[HubPing], reasons: Sequence[str | None], context: Context) -> None:
    now = context.clock()
    taken = [ping for ping, reason in zip(sent, reasons, strict=True) if reason is None]
    change_pings(context.store, taken, partial(note_pinged, pause=PAUSE, now=now))
    for ping in taken:
        if ping.feed == CHANGES:
            note_corrections_pinged(context.store, ping.changed_at, now=now)
    for ping, reason in zip(sent, reasons, strict=True):
        if reason is not None:
            change_pings(context.store, [ping], partial(note_unpinged, reason=reason, now=now))
