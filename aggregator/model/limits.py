"""What limits the feeds of a topic: when something new may enter them, and how much of one provider."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from itertools import takewhile
from zoneinfo import ZoneInfo

from aggregator.model.clock_skew import SKEW

LONGEST_QUIET = timedelta(hours=25)
"""Quiet hours are over within this, also in a night in which clocks are set."""


@dataclass(frozen=True, slots=True)
class QuietHours:
    """The hours of a day, from ``begins`` up to ``ends`` in the zone, in which nothing new enters a feed."""

    begins: time
    ends: time
    zone: ZoneInfo

    def find_end(self, at: datetime) -> datetime:
        """Return when the quiet hours that ``at`` lies in are over, in UTC; ``at`` where it lies in none."""
        local = at.astimezone(self.zone)
        if not self._has(local.time()):
            return at
        days = (local.date() + timedelta(days=number) for number in range(3))
        ends = (
            datetime.combine(day, self.ends, self.zone).replace(fold=fold).astimezone(UTC)
            for day in days
            for fold in (0, 1)  # an hour that a clock set back shows twice ends twice
        )
        return min(end for end in ends if end > at and not self._has(end.astimezone(self.zone).time()))

    def _has(self, clock: time) -> bool:
        if self.begins < self.ends:
            return self.begins <= clock < self.ends
        return clock >= self.begins or clock < self.ends


@dataclass(frozen=True, kw_only=True, slots=True)
class TopicLimits:
    """The limits of a topic's feeds, of stories and of articles alike; None, and no delay: unlimited.

    ``max_per_provider``  items of one provider in a feed at the most: its newest
    ``max_in_a_row``      items of one provider that follow each other at the most, where one enters
    ``delay``             after it was first seen an article reaches subscribers so much later
    ``quiet``             in these hours no new article reaches them
    """

    max_per_provider: int | None = None
    max_in_a_row: int | None = None
    delay: timedelta = timedelta(0)
    quiet: QuietHours | None = None

    @property
    def is_timed(self) -> bool:
        """Whether an article may have to wait."""
        return bool(self.delay) or self.quiet is not None

    @property
    def is_counted(self) -> bool:
        """Whether a feed may have too much of one provider."""
        return self.max_per_provider is not None or self.max_in_a_row is not None

    def find_opening(self, first_seen_at: datetime, *, page_wait: timedelta = timedelta(0)) -> datetime:
        """Return from when on an article may enter the topic's feeds.

        ``page_wait`` is how long its page may keep it from being published: what could come out of that in
        quiet hours enters after them.
        """
        opening = first_seen_at + self.delay
        if self.quiet is None:
            return opening
        ends = self.quiet.find_end(opening)
        if ends > opening or page_wait <= self.delay:
            return ends
        latest = first_seen_at + page_wait
        ends = self.quiet.find_end(latest)
        return ends if ends > latest else opening

    def is_waiting(self, first_seen_at: datetime, now: datetime, *, page_wait: timedelta) -> bool:
        """Tell whether an article may not enter yet; one seen in the future, by a wrong clock, may."""
        return first_seen_at <= now + SKEW and self.find_opening(first_seen_at, page_wait=page_wait) > now

    def find_next_change(
        self, first_seen_at: datetime, now: datetime, *, page_wait: timedelta
    ) -> datetime | None:
        """Return when it is to be asked again whether an article may enter; None: never."""
        if not self.is_timed:
            return None
        if first_seen_at > now + SKEW:
            return first_seen_at - SKEW
        opening = self.find_opening(first_seen_at, page_wait=page_wait)
        return opening if opening > now else None

    def is_one_too_many(
        self, provider: str | None, *, older: Sequence[str | None], newer: Sequence[str | None]
    ) -> bool:
        """Tell whether an item of ``provider`` would make too many in a row at its place in a feed.

        ``older`` and ``newer`` are the providers of the items on both sides, the nearest first, as many as
        may follow each other. None is an item of several providers: it is never one too many, and ends a row.
        """
        if provider is None or self.max_in_a_row is None:
            return False
        return 1 + _count_same(older, provider) + _count_same(newer, provider) > self.max_in_a_row


def _count_same(providers: Iterable[str | None], provider: str) -> int:
    return sum(1 for _ in takewhile(lambda other: other == provider, providers))


UNLIMITED = TopicLimits()


class KeptOut(StrEnum):
    """The limit that keeps an item out of a feed."""

    PER_PROVIDER = "max_per_provider"
    """So many newer items of its provider are there, or were: it never comes back."""
    IN_A_ROW = "max_in_a_row"
    """It would have been one too many in a row; it enters once another provider's item stands between."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LimitedItem:
    """An item of a feed, in it or kept out; of ``provider``, None: of several."""

    feed: str
    item_id: str
    provider: str | None
    sorted_at: datetime
    published_at: datetime
    kept_out: KeptOut | None = None

    @property
    def key(self) -> tuple[str, str]:
        """Return feed and id."""
        return self.feed, self.item_id

    def is_at_place_of(self, other: "LimitedItem") -> bool:
        """Tell whether both stand at one place, and are of one provider."""
        own = self.provider, self.sorted_at, self.published_at
        return own == (other.provider, other.sorted_at, other.published_at)
