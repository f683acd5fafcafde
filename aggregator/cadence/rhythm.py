"""How often a source posts, and how soon it is worth asking again; pure.

A *post* is everything that was published within the same quarter of an hour: thirty entries at once
are one reason to come by, not thirty. The newest ``KEPT`` posts are remembered.

rate      posts of the last 14 days, or the last five where there were fewer (none older than 90
          days), over the time from the first of them, or since we know the source, to now; at
          least one day, unless more posts are known than are kept
hours     the share of each hour of the day, UTC: the posts, each spread over its hour (a half) and
          the hours beside it (a quarter each), and ``PRIOR`` imagined posts spread over the day;
          all the same where less than two days are known
interval  until two thirds of a post are to be expected: two thirds of the mean gap in hours that
          are as busy as the mean, less in busier ones, more in quieter ones, but at most three
          times as much
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import inf

from aggregator.model import SourceState

Post = tuple[int, int]
"""A quarter of an hour, counted from 1970, and how many entries were published in it."""

KEPT = 64
QUARTER = timedelta(minutes=15)
RECENT = timedelta(days=14)
FEWEST = 5
OLDEST = timedelta(days=90)
EXPECTED = 2 / 3
STRETCH = 3
PRIOR = 12
BUSY_SHARE = 0.8
BUSY_HOURS = 13
BUSY_POSTS = 8

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_AN_HOUR = 4
_A_DAY = 24 * _AN_HOUR
_RECENT = RECENT / QUARTER
_OLDEST = OLDEST / QUARTER


@dataclass(frozen=True, kw_only=True, slots=True)
class Rhythm:
    """How a source posts: posts and entries a day, and how many of the posts fell in each hour (UTC).

    ``hours`` are empty where they would say nothing: less than two days are known.
    """

    posts_per_day: float
    entries_per_day: float
    hours: Mapping[int, int]
    posts: int


def note_posts(posts: Sequence[Post], published_at: Iterable[datetime], *, now: datetime) -> tuple[Post, ...]:
    """Return ``posts`` with entries that were published at these times; those in the future are left out."""
    latest = (now - _EPOCH) // QUARTER  # later ones are of a clock that was wrong
    noted = {quarter: entries for quarter, entries in posts if quarter <= latest}
    quarters = Counter((at - _EPOCH) // QUARTER for at in published_at if _EPOCH <= at <= now)
    for quarter, entries in quarters.items():
        noted[quarter] = max(noted.get(quarter, 0), entries)
    return tuple(sorted(noted.items())[-KEPT:])


def newest_post_at(posts: Sequence[Post]) -> datetime | None:
    """Return when the newest post began, None where there is none."""
    return _time_of(posts[-1]) if posts else None


def measure_rhythm(posts: Sequence[Post], *, known_since: datetime, now: datetime) -> Rhythm | None:
    """Return the rhythm that ``posts``, oldest first, show; None where none is younger than 90 days."""
    end = (now - _EPOCH) / QUARTER
    start = _counted_since(posts, (known_since - _EPOCH) / QUARTER, end)
    counted = [post for post in posts if start <= post[0] <= end]
    if not counted:
        return None
    quarters = max(end - start, 1.0 if len(counted) == KEPT else _A_DAY)
    # Where not every hour of the day came by at least twice, their shares would say nothing.
    known = counted if quarters >= 2 * _A_DAY else []
    return Rhythm(
        posts_per_day=len(counted) * _A_DAY / quarters,
        entries_per_day=sum(entries for _, entries in counted) * _A_DAY / quarters,
        hours=Counter([quarter // _AN_HOUR % 24 for quarter, _ in known]),
        posts=len(known),
    )


def count_entries_a_day(posts: Sequence[Post], *, known_since: datetime, now: datetime) -> float:
    """Return ``entries_per_day`` of their rhythm, 0 without one, for as little as it takes."""
    end = (now - _EPOCH) / QUARTER
    start = _counted_since(posts, (known_since - _EPOCH) / QUARTER, end)
    first, last = bisect_left(posts, (start,)), bisect_right(posts, (end, inf))
    if first >= last:
        return 0.0
    quarters = max(end - start, 1.0 if last - first == KEPT else _A_DAY)
    return sum([entries for _, entries in posts[first:last]]) * _A_DAY / quarters


def find_rhythm(state: SourceState, now: datetime) -> Rhythm | None:
    """Return the rhythm of a source, None where it has posted nothing for long."""
    return measure_rhythm(state.posts, known_since=state.first_polled_at or now, now=now)


def wait_of_rhythm(rhythm: Rhythm, now: datetime) -> timedelta:
    """Return how long to wait from ``now`` until two thirds of a post are to be expected."""
    plain_days = EXPECTED / rhythm.posts_per_day
    whole_days = int(plain_days)
    missing = EXPECTED - whole_days * rhythm.posts_per_day
    hour, left, waited_h = now.hour, 1 - now.minute / 60 - now.second / 3600, whole_days * 24.0
    expected = rhythm.posts_per_day * share_of(rhythm, hour)
    for _ in range(25):
        if expected * left >= missing:
            break
        missing -= expected * left
        waited_h += left
        hour, left = (hour + 1) % 24, 1.0
        expected = rhythm.posts_per_day * share_of(rhythm, hour)
    waited_h += missing / expected
    return timedelta(hours=min(waited_h, STRETCH * plain_days * 24))


def share_of(rhythm: Rhythm, hour: int) -> float:
    """Return the share of the posts that an hour of the day has; all 24 together are 1."""
    hours = rhythm.hours
    own = hours.get(hour, 0) / 2 + (hours.get((hour - 1) % 24, 0) + hours.get((hour + 1) % 24, 0)) / 4
    return (own + PRIOR / 24) / (rhythm.posts + PRIOR)


def find_busy_hours(rhythm: Rhythm) -> tuple[int, int] | None:
    """Return the first and the end hour of the time of day that has nearly all posts.

    That is what lies outside the longest run of hours with less than half the mean; None where it is
    most of the day, or too little is known.
    """
    counts = [rhythm.hours.get(hour, 0) for hour in range(24)]
    quiet = [count < rhythm.posts / 24 / 2 for count in counts]
    if rhythm.posts < BUSY_POSTS or not any(quiet):
        return None
    length, start = max((_length_of_quiet(quiet, start), start) for start in range(24))
    first, end = (start + length) % 24, start or 24
    inside = sum(counts[(first + n) % 24] for n in range(24 - length))
    return (first, end) if 24 - length <= BUSY_HOURS and inside >= BUSY_SHARE * rhythm.posts else None


def _length_of_quiet(quiet: Sequence[bool], start: int) -> int:
    return next((n for n in range(24) if not quiet[(start + n) % 24]), 24)


def _counted_since(posts: Sequence[Post], known_since: float, now: float) -> float:
    """Return the quarter of an hour since which posts are counted."""
    if not posts:
        return now
    oldest = posts[0][0]
    # Where as many are kept as ever are, older ones may have been forgotten.
    known_since = oldest if len(posts) >= KEPT else min(known_since, oldest)
    last_few = posts[-FEWEST][0] if len(posts) >= FEWEST else known_since
    return max(min(now - _RECENT, last_few), now - _OLDEST, known_since)


def _time_of(post: Post) -> datetime:
    return _EPOCH + post[0] * QUARTER
