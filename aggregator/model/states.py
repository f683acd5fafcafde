"""What polling knows of each source."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, NamedTuple


@dataclass(frozen=True, kw_only=True, slots=True)
class Asks:
    """How often a publisher wants its feed to be asked for; None where it says nothing.

    ``ttl``         the document's ``ttl``
    ``period``      its ``sy:updatePeriod`` divided by its ``sy:updateFrequency``
    ``fresh``       how long its last answer is fresh, by its HTTP headers
    ``skip_hours``  hours of the day, UTC, 0 to 23, in which it is not to be asked
    ``skip_days``   days of the week, UTC, Monday is 0, on which it is not to be asked
    """

    ttl: timedelta | None = None
    period: timedelta | None = None
    fresh: timedelta | None = None
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()


class Tally(NamedTuple):
    """What one source cost its publisher on one day (UTC), counted from 1970; stored as it is.

    ``polls``         visits
    ``requests``      exchanges, redirects included
    ``not_modified``  visits answered 304
    ``received_bytes``  bodies as they came over the wire
    ``saved_bytes``   what 304s saved: each the size of the last whole document
    """

    day: int
    polls: int = 0
    requests: int = 0
    not_modified: int = 0
    received_bytes: int = 0
    saved_bytes: int = 0


class PollAnswered(NamedTuple):
    """What a poll was answered; ``status`` None: nothing, ``seconds`` of the exchange, None: not known.

    ``fault`` says why entries of the document may be missing; None: it is whole, or was not read.
    ``pushed_at`` is when the document was read that a hub pushed; None: it was polled.
    """

    status: int | None = None
    received_bytes: int = 0
    seconds: float | None = None
    fault: str | None = None
    pushed_at: datetime | None = None


Outcome = Literal["updated", "not_modified", "throttled", "failed", "gone"]


@dataclass(frozen=True, kw_only=True)
class SourceState:
    """What polling knows of a source; ``etag`` and ``last_modified`` exactly as received.

    Without slots, for ``revise``.

    ``redirect_url`` is where a permanent redirect points, since ``redirect_since_at``: a suggestion to
    the operator, never followed up silently. ``title`` and ``site_url`` are what the feed last said of
    itself.

    ``validators_url`` the address that gave ``etag`` and ``last_modified``; None: the source's own
    ``posts``     quarters of an hour since 1970 in which it published, and how many entries; oldest first
    ``asks``      how often its publisher wants it to be asked for
    ``throttles`` answers 429 in a row, or 503 or 403 with a Retry-After
    ``paused_until_at`` until when all sources of its service are paused, as it was answered 429
    ``redirect_sightings`` polls in a row that were redirected there
    ``redirect_proved_at`` when the feed there was found to be the same; None: not yet
    ``proposed_url`` where the operator should move the source to, and ``proposed_why``
    ``failing_since_at`` the first of the failures in a row
    ``told_at`` when the operator was told that it is gone, or failing for long; None: it is not
    ``full_bytes`` the size of its last whole document on the wire, which a 304 saves
    ``tallies`` what the last days cost, the oldest first
    ``whole_at`` when it last answered with a whole document, ``unread_polls`` how many answers 304 came since
    ``has_frozen_validators`` its validators stay the same whatever it publishes
    ``quarantined_at`` since when new entries are quarantined for the operator's review; None: they are not
    ``quarantined_because`` what the operator is told of that
    ``hub_url``, ``topic_url`` what its document last announced about being pushed
    ``push_until_at`` until when pushes are believed to come; None: they are not
    ``releases``  minutes since 1970 in which articles are released, where it may publish so many an hour, and
                  how many; oldest first
    ``joined``    how many entries were judged to be a known article by likeness, so far
    ``silent_at`` when it counts as silent, unless it posts before; None: not known
    ``seen``      what to remember of the entries in the document of ``body_hash``, where that is to be
                  stored; None: as it was
    ``answer``    what the poll was answered that ended in this state; None: no poll did
    ``url``       the address that the source had when the state was read: where it has another one by now,
                  what a poll makes of it is not stored; None: that is not asked
    """

    source_id: str
    etag: str | None = None
    last_modified: str | None = None
    validators_url: str | None = None
    body_hash: str | None = None
    outcome: Outcome | None = None
    error: str | None = None
    failures: int = 0
    polled_at: datetime | None = None
    first_polled_at: datetime | None = None
    next_poll_at: datetime | None = None
    redirect_url: str | None = None
    redirect_since_at: datetime | None = None
    title: str | None = None
    site_url: str | None = None
    posts: tuple[tuple[int, int], ...] = ()
    asks: Asks = Asks()
    throttles: int = 0
    paused_until_at: datetime | None = None
    redirect_sightings: int = 0
    redirect_proved_at: datetime | None = None
    proposed_url: str | None = None
    proposed_why: str | None = None
    failing_since_at: datetime | None = None
    told_at: datetime | None = None
    full_bytes: int | None = None
    tallies: tuple[Tally, ...] = ()
    whole_at: datetime | None = None
    unread_polls: int = 0
    has_frozen_validators: bool = False
    quarantined_at: datetime | None = None
    quarantined_because: str | None = None
    hub_url: str | None = None
    topic_url: str | None = None
    push_until_at: datetime | None = None
    joined: int = 0
    releases: tuple[tuple[int, int], ...] = ()
    silent_at: datetime | None = None
    seen: bytes | None = None
    answer: PollAnswered | None = field(default=None, compare=False)
    url: str | None = field(default=None, compare=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class PastPoll:
    """One of the last polls of a source, as it was: ``received_bytes`` over the wire, ``new`` articles.

    ``pushed`` is the outcome of a push that was not whole; other pushes are not kept.
    ``status`` is that of the answer, None: there was none; ``seconds`` are those of the exchange, None: not
    known; ``error`` is None where nothing went wrong, and says why entries of the document may be missing.
    """

    at: datetime
    outcome: Outcome | Literal["pushed"]
    status: int | None
    received_bytes: int
    new: int
    seconds: float | None
    error: str | None
