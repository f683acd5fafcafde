"""Being told by hubs what is new, decided in pure functions (W3C WebSub, https://www.w3.org/TR/websub/).

discovery   what a document's header and head announce: hub and topic
lease       a subscription's life: asked, verified, renewed before it ends, denied, left
signature   whether what came was signed with the subscription's secret
callback    under which addresses hubs reach us, and which hub is told the secret
pace        how polling slows down while pushes come, and when they are no longer believed to
telling     how a subscription stands, in words
"""

from aggregator.websub.callback import CALLBACKS, callback_base, hub_addresses, is_private
from aggregator.websub.discovery import announced
from aggregator.websub.lease import (
    LONGEST_LEASE,
    ask,
    confirm,
    deny,
    is_current,
    is_over,
    is_unverified,
    leave,
    new_subscription,
    note_ignored,
    note_push,
    request_fields,
    was_refused,
    was_unverified,
)
from aggregator.websub.pace import slow_down
from aggregator.websub.signature import is_signed_with
from aggregator.websub.status_text import describe

__all__ = [
    "CALLBACKS",
    "LONGEST_LEASE",
    "announced",
    "ask",
    "callback_base",
    "confirm",
    "deny",
    "describe",
    "hub_addresses",
    "is_current",
    "is_over",
    "is_private",
    "is_signed_with",
    "is_unverified",
    "leave",
    "new_subscription",
    "note_ignored",
    "note_push",
    "request_fields",
    "slow_down",
    "was_refused",
    "was_unverified",
]
