"""A subscription's life, decided from what is known of it; pure.

    wanted ─► asked ─► verified ─► asked again at 3/4 of its lease ─► …
                │         └─► denied: asked again after ``DENIED_FOR``
                └─► refused, or not verified within ``VERIFY_WITHIN``: asked again after a while that doubles
    unwanted ─► asked to end ─► verified, its lease over, or ``LEAVE_TRIES`` in vain: forgotten

Callback and secret stay the same when a subscription is renewed, so that a push that is under way while
the hub verifies is still believed.
"""

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta

from aggregator.model import Announcement, Subscription
from aggregator.text import clean_text

VERIFY_WITHIN = timedelta(minutes=10)
"""How long a hub may take to verify before that counts as a failure; it may still do so later."""
FIRST_RETRY = timedelta(minutes=5)
LONGEST_RETRY = timedelta(days=2)
DENIED_FOR = timedelta(days=7)
RENEWED_AT = 0.75
"""The share of its lease after which a subscription is renewed, up to ``JITTER`` later."""
JITTER = 0.1
LEAST_RENEWAL = timedelta(minutes=1)
LONGEST_LEASE = timedelta(days=90)
LEAVE_TRIES = 3
_MAX_REASON_CHARS = 200


def make_subscription(
    announcement: Announcement, *, source_id: str, base_url: str, token: str, secret: str, now: datetime
) -> Subscription:
    """Return the subscription that is to be asked for; ``base_url`` is what callbacks start with."""
    return Subscription(
        token=token,
        source_id=source_id,
        hub_url=announcement.hub_url,
        topic_url=announcement.topic_url,
        callback_url=f"{base_url}/{token}",
        secret=secret,
        next_at=now,
    )


def request_fields(subscription: Subscription, *, lease: timedelta) -> dict[str, str]:
    """Return the form to send to the hub (section 5.1), with the secret only where it is to be signed."""
    fields = {
        "hub.callback": subscription.callback_url,
        "hub.mode": "subscribe" if subscription.is_wanted else "unsubscribe",
        "hub.topic": subscription.topic_url,
    }
    if not subscription.is_wanted:
        return fields
    fields["hub.lease_seconds"] = str(max(int(lease.total_seconds()), 1))
    return {**fields, "hub.secret": subscription.secret} if subscription.is_signed else fields


def note_request(subscription: Subscription, *, is_signed: bool, now: datetime) -> Subscription:
    """Return it as it is once the hub is asked; to be stored before that, for the hub may verify at once."""
    return replace(
        subscription,
        is_signed=is_signed,
        asked="subscribe" if subscription.is_wanted else "unsubscribe",
        asked_at=now,
        next_at=now + VERIFY_WITHIN,
        error=None,
    )


def note_refusal(subscription: Subscription, reason: str, *, now: datetime) -> Subscription:
    """Return it after a request that failed; unchanged where the hub verified it all the same."""
    if subscription.asked is None:
        return subscription
    return _count_failure(subscription, reason, now)


def is_unverified(subscription: Subscription, *, now: datetime) -> bool:
    """Tell whether the hub took the last request and never came back to verify it."""
    asked_at = subscription.asked_at
    is_open = subscription.asked is not None and subscription.error is None and asked_at is not None
    return is_open and asked_at is not None and now >= asked_at + VERIFY_WITHIN


def note_unverified(subscription: Subscription, *, now: datetime) -> Subscription:
    """Return it after the hub did not verify in time."""
    return _count_failure(
        subscription, "the hub did not verify it: check that the hub can reach the callback", now
    )


def confirm(
    subscription: Subscription, *, mode: str, topic: str, lease: str, asked_for: timedelta, now: datetime
) -> Subscription | None:
    """Return it as verified by the hub (section 5.3); None where we do not agree: answer 404.

    ``lease`` is ``hub.lease_seconds`` as received; where it says nothing, ``asked_for`` counts. A hub may
    also ask whether a subscription that is current is still wanted (section 5).
    """
    if topic != subscription.topic_url:
        return None
    if mode == "unsubscribe":
        is_agreed = not subscription.is_wanted and subscription.asked == "unsubscribe"
        return replace(subscription, asked=None, expires_at=None, next_at=now) if is_agreed else None
    is_agreed = subscription.asked == "subscribe" or is_current(subscription, now=now)
    if mode != "subscribe" or not subscription.is_wanted or not is_agreed:
        return None
    granted = _read_lease(lease, asked_for)
    return replace(
        subscription,
        asked=None,
        verified_at=now,
        expires_at=now + granted,
        denied_at=None,
        failures=0,
        error=None,
        next_at=now + max(granted * (RENEWED_AT + JITTER * _jitter_of(subscription, now)), LEAST_RENEWAL),
    )


def deny(subscription: Subscription, *, topic: str, reason: str, now: datetime) -> Subscription | None:
    """Return it as denied by the hub (section 5.2), asked for again much later; None for another topic."""
    if topic != subscription.topic_url:
        return None
    said = clean_text(reason[:_MAX_REASON_CHARS])
    return replace(
        subscription,
        asked=None,
        expires_at=None,
        denied_at=now,
        error=f"the hub denied it: {said}" if said else "the hub denied it without a reason",
        next_at=now + DENIED_FOR if subscription.is_wanted else now,
    )


def leave(subscription: Subscription, *, now: datetime) -> Subscription:
    """Return it as no longer wanted; the hub is to be asked at once."""
    return replace(subscription, is_wanted=False, asked=None, failures=0, error=None, next_at=now)


def is_over(subscription: Subscription, *, now: datetime) -> bool:
    """Tell whether one that is not wanted may be forgotten: it ended, or the hub was asked often enough."""
    is_leased = subscription.expires_at is not None and subscription.expires_at > now
    return not subscription.is_wanted and (not is_leased or subscription.failures >= LEAVE_TRIES)


def is_current(subscription: Subscription, *, now: datetime) -> bool:
    """Tell whether it is wanted, verified, and its lease not over."""
    return subscription.is_wanted and subscription.expires_at is not None and subscription.expires_at > now


def note_push(subscription: Subscription, *, now: datetime) -> Subscription:
    """Return it after a push that is believed."""
    return replace(subscription, pushed_at=now, pushes=subscription.pushes + 1)


def note_ignored_push(subscription: Subscription) -> Subscription:
    """Return it after a push that is not believed."""
    return replace(subscription, ignored=subscription.ignored + 1)


def _count_failure(subscription: Subscription, reason: str, now: datetime) -> Subscription:
    failures = subscription.failures + 1
    # 2^10 times the first wait are past the longest; larger powers overflow a timedelta.
    wait = min(FIRST_RETRY * 2 ** min(failures - 1, 10), LONGEST_RETRY)
    spread = wait * (1 + JITTER * _jitter_of(subscription, now))
    return replace(subscription, failures=failures, error=reason, next_at=now + spread)


def _read_lease(stated: str, asked_for: timedelta) -> timedelta:
    text = stated.strip()
    if not (text.isascii() and text.isdigit()) or int(text[:12]) == 0:
        return asked_for
    return min(timedelta(seconds=min(int(text[:12]), 10**9)), LONGEST_LEASE)


def _jitter_of(subscription: Subscription, at: datetime) -> float:
    """Return a number from 0 to 1, the same for the same subscription and time."""
    digest = hashlib.blake2b(f"{subscription.token} {at.isoformat()}".encode(), digest_size=7)
    return int.from_bytes(digest.digest()) / 2**56
