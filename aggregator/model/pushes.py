"""Subscriptions at hubs, what hubs push, and what they are told of our feeds (W3C WebSub)."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Mode = Literal["subscribe", "unsubscribe"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Announcement:
    """What a document says about being pushed: the hub to subscribe at, and the topic to subscribe to."""

    hub_url: str
    topic_url: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Subscription:
    """What we and a hub agreed on about one topic; ``token`` and ``secret`` are never told to anybody else.

    ``token``        the part of the callback's address that nobody can guess
    ``secret``       the key of the hub's signatures; ``is_signed``: it was sent, so that pushes are signed
    ``is_wanted``    False: it is to be ended, for its source is gone or announces something else
    ``asked``        what the hub was asked for and has not verified yet, at ``asked_at``; None: nothing
    ``next_at``      when the hub is to be asked next
    ``verified_at``  when the hub last verified that we want it, ``expires_at`` until when it holds;
                     None: it does not
    ``denied_at``    when the hub refused it for good; None: it did not
    ``failures``     requests in a row that came to nothing, ``error`` the last one's reason
    ``pushed_at``    when the last push came that was believed, ``pushes`` how many did, ``ignored`` how many
                     were not believed
    """

    token: str = field(repr=False)
    source_id: str
    hub_url: str
    topic_url: str
    callback_url: str = field(repr=False)
    secret: str = field(repr=False)
    is_signed: bool = False
    is_wanted: bool = True
    asked: Mode | None = None
    asked_at: datetime | None = None
    next_at: datetime
    verified_at: datetime | None = None
    expires_at: datetime | None = None
    denied_at: datetime | None = None
    failures: int = 0
    error: str | None = None
    pushed_at: datetime | None = None
    pushes: int = 0
    ignored: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Push:
    """What a hub sent to a callback; without a ``body`` only that there is something new to be polled."""

    token: str = field(repr=False)
    received_at: datetime
    body: bytes | None = None
    content_type: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class HubPing:
    """What a hub is told of one of our feeds, named by its file below the tree's root.

    ``changed_at``  when its file last changed, ``due_at`` when the hub is to be told; None: it was
    ``pinged_at``   when the hub last took it, None: never yet
    ``failures``    how often it did not since, and ``error`` why
    """

    feed: str
    hub_url: str
    changed_at: datetime
    due_at: datetime | None = None
    pinged_at: datetime | None = None
    failures: int = 0
    error: str | None = None
