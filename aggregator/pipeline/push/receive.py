"""What hubs send to the callbacks: answered at once by the web server, and kept for ``read``.

    hub ─► Receiver ─► signature ─► inbox

Only what was signed with the subscription's secret is kept to be read. From a hub that was never sent
the secret, an unsigned push only says that a poll is worth while.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import structlog

from aggregator.model import Push, Subscription
from aggregator.pipeline.context import Clock
from aggregator.store import Store, change_subscription, find_subscription, put_push
from aggregator.websub import confirm, deny, is_signed_with, note_ignored_push, note_push

Change = Callable[[Subscription], Subscription | None]
log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class Receiver:
    """Answers hubs at the callbacks; may be called by several threads and processes at once.

    ``lease`` is how long subscriptions are requested for, ``max_body_bytes`` the most that one push may have.
    """

    store: Store
    clock: Clock
    lease: timedelta
    max_body_bytes: int

    def knows(self, token: str) -> bool:
        """Tell whether pushes to this callback are wanted."""
        subscription = find_subscription(self.store, token)
        return subscription is not None and subscription.is_wanted

    def answer(self, token: str, asked: Mapping[str, str]) -> str | None:
        """Return the body that answers a hub's request; None for 404, where we requested no such thing."""
        mode, topic = asked.get("hub.mode", ""), asked.get("hub.topic", "")
        if mode == "denied":
            reason = asked.get("hub.reason", "")
            denied = partial(deny, topic=topic, reason=reason, now=self.clock())
            return "" if self._change(token, denied, mode) else None
        challenge = asked.get("hub.challenge")
        if not challenge:
            return None
        lease = asked.get("hub.lease_seconds", "")
        confirmed = partial(
            confirm, mode=mode, topic=topic, lease=lease, asked_for=self.lease, now=self.clock()
        )
        return challenge if self._change(token, confirmed, f"verified {mode}") else None

    def receive(self, token: str, body: bytes, *, signature: str | None, content_type: str | None) -> None:
        """Keep a push until it is read, or only the fact that there was one, or nothing, by its signature.

        ``signature`` and ``content_type`` are the headers as received. The hub does not learn which.
        """
        now = self.clock()
        subscription = find_subscription(self.store, token)
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

    def _change(self, token: str, change: Change, what: str) -> bool:
        """Store a change of a subscription and log it; False where the subscription does not allow it."""
        after = change_subscription(self.store, token, change)
        if after is None:
            return False
        shown = {"source": after.source_id, "hub": after.hub_url, "what": what}
        if after.error is None:
            log.info("hub", **shown)
        else:
            log.warning("hub", **shown, error=after.error)
        return True
