"""Getting what is new from hubs, and telling them what is: decided here, in pure functions (W3C WebSub).

discovery      which hub and topic a document announces, in its HTTP header or in itself
lease          a subscription's life: requested, verified, renewed before it ends, denied, left
signature      whether a push was signed with the subscription's secret
callback       at which addresses hubs reach us, and which hub may be sent the secret
ping           what hubs are told of our feeds, and when again where they did not take it
poll_slowdown  how polling slows down while pushes come
status_text    the state of a subscription in words
"""

from aggregator.websub.callback import CALLBACKS, choose_callback_base, is_private, list_hub_addresses
from aggregator.websub.discovery import find_announcement
from aggregator.websub.lease import (
    LONGEST_LEASE,
    confirm,
    deny,
    is_current,
    is_over,
    is_unverified,
    leave,
    make_subscription,
    note_ignored_push,
    note_push,
    note_refusal,
    note_request,
    note_unverified,
    request_fields,
)
from aggregator.websub.ping import note_pinged, note_unpinged, ping_fields
from aggregator.websub.poll_slowdown import slow_polling
from aggregator.websub.signature import is_signed_with
from aggregator.websub.status_text import describe_subscription

__all__ = [
    "CALLBACKS",
    "LONGEST_LEASE",
    "choose_callback_base",
    "confirm",
    "deny",
    "describe_subscription",
    "find_announcement",
    "is_current",
    "is_over",
    "is_private",
    "is_signed_with",
    "is_unverified",
    "leave",
    "list_hub_addresses",
    "make_subscription",
    "note_ignored_push",
    "note_pinged",
    "note_push",
    "note_refusal",
    "note_request",
    "note_unpinged",
    "note_unverified",
    "ping_fields",
    "request_fields",
    "slow_polling",
]
