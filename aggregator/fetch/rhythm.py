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

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

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
_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)
_QUARTERS_AN_HOUR = 4


@dataclass(frozen=True, kw_only=True, slots=True)
class Rhythm:
    """How a source posts: posts and entries a day, the share of each hour of the day (UTC).

    ``busy`` are the first and the end hour of the time of day that has nearly all posts; None where that
    is most of the day, or too little is known.
    """

    posts_per_day: float
    entries_per_day: float
    shares: tuple[float, ...]
    busy: tuple[int, int] | None = None


def note_posts(posts: Sequence[Post], published_at: Iterable[datetime], *, now: datetime) -> tuple[Post, ...]:
    """Return ``posts`` with entries that were published at these times; those in the future are left out."""
    noted = dict(posts)
    quarters = Counter((at - _EPOCH) // QUARTER for at in published_at if _EPOCH <= at <= now)
    for quarter, entries in quarters.items():
        noted[quarter] = max(noted.get(quarter, 0), entries)
    return tuple(sorted(noted.items())[-KEPT:])


def newest_post_at(posts: Sequence[Post]) -> datetime | None:
    """Return when the newest post began, None where there is none."""
    return _at(posts[-1]) if posts else None


def rhythm_of(posts: Sequence[Post], *, known_since: datetime, now: datetime) -> Rhythm | None:
    """Return the rhythm that ``posts``, oldest first, show; None where none is younger than 90 days."""
    start = _start(posts, known_since, now)
    counted = [post for post in posts if start <= _at(post) <= now]
    if not counted:
        return None
    days = max(now - start, QUARTER if len(counted) == KEPT else _DAY) / _DAY
    # Where not every hour of the day came by at least twice, their shares would say nothing.
    quarters = [quarter for quarter, _ in counted] if days >= 2 else []
    hours = Counter(quarter // _QUARTERS_AN_HOUR % 24 for quarter in quarters)
    return Rhythm(
        posts_per_day=len(counted) / days,
        entries_per_day=sum(entries for _, entries in counted) / days,
        shares=_shares(hours),
        busy=_busy(hours),
    )


def rhythm_wait(rhythm: Rhythm, now: datetime) -> timedelta:
    """Return how long to wait from ``now`` until two thirds of a post are to be expected."""
    plain_days = EXPECTED / rhythm.posts_per_day
    whole_days = int(plain_days)
    missing = EXPECTED - whole_days * rhythm.posts_per_day
    waited = timedelta(days=whole_days)
    hour, left = now.hour, 1 - (now - now.replace(minute=0, second=0, microsecond=0)) / _HOUR
    for _ in range(25):
        expected = rhythm.posts_per_day * rhythm.shares[hour]
        if expected * left >= missing:
            break
        missing -= expected * left
        waited += left * _HOUR
        hour, left = (hour + 1) % 24, 1.0
    waited += missing / (rhythm.posts_per_day * rhythm.shares[hour]) * _HOUR
    return min(waited, STRETCH * plain_days * _DAY)


def _start(posts: Sequence[Post], known_since: datetime, now: datetime) -> datetime:
    """Return since when posts are counted."""
    if not posts:
        return now
    oldest = _at(posts[0])
    # Where as many are kept as ever are, older ones may have been forgotten.
    known_since = oldest if len(posts) >= KEPT else min(known_since, oldest)
    last_few = _at(posts[-FEWEST]) if len(posts) >= FEWEST else known_since
    return max(min(now - RECENT, last_few), now - OLDEST, known_since)


def _shares(hours: Counter[int]) -> tuple[float, ...]:
    spread = (hours[(h - 1) % 24] / 4 + hours[h] / 2 + hours[(h + 1) % 24] / 4 for h in range(24))
    return tuple((share + PRIOR / 24) / (hours.total() + PRIOR) for share in spread)


def _busy(hours: Counter[int]) -> tuple[int, int] | None:
    """Return the time of day outside the longest run of hours with less than half the mean."""
    posts = hours.total()
    quiet = [hours[h] < posts / 24 / 2 for h in range(24)]
    if posts < BUSY_POSTS or not any(quiet):
        return None
    runs = ((_run(quiet, start), start) for start in range(24))
    length, start = max(runs)
    first, end = (start + length) % 24, start or 24
    held = sum(hours[(first + n) % 24] for n in range(24 - length))
    return (first, end) if 24 - length <= BUSY_HOURS and held >= BUSY_SHARE * posts else None


def _run(quiet: Sequence[bool], start: int) -> int:
    return next((n for n in range(24) if not quiet[(start + n) % 24]), 24)


def _at(post: Post) -> datetime:
    return _EPOCH + post[0] * QUARTER
