"""Made-up publishers: what each publishes when, how it serves it, and when it fails. Pure, from a seed."""

import math
import random
from array import array
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from tests.soak.clock import DAY, HOUR, MINUTE

SHOWN = 20
"""Entries of a document."""
BUSIEST, QUIETEST = 30.0, 2.0
"""Entries a day."""
SERVICE_OF = 5
"""Sources that share a host."""

FORMATS = ("rss",) * 5 + ("atom",) * 3 + ("json",) * 2
VALIDATORS = ("both",) * 9 + ("etag",) * 4 + ("date",) * 3 + ("none",) * 2 + ("restless", "frozen")
"""``restless``: another ETag for every answer; ``frozen``: the same for ever."""
MARKS = ("both",) * 17 + ("link",) * 2 + ("id",)
"""What an entry has of an id and a link."""

WINDOWS = {
    "error": (4, 5 * MINUTE, 3 * HOUR),
    "unavailable": (4, 10 * MINUTE, 2 * HOUR),
    "too many": (2, 5 * MINUTE, HOUR),
    "missing": (3, HOUR, 10 * HOUR),
    "moved": (3, DAY, DAY),
    "no validators": (3, DAY, DAY),
    "outage": (0.3, 50 * HOUR, 75 * HOUR),
}
"""Faults that last: their share, and how long they do."""
BETWEEN_WINDOWS = 1.5 * DAY
BLIPS = ("error",) * 4 + ("reset",) * 4 + ("reset in the body",) * 3 + ("truncated gzip",) * 4 + (
    "short body", "short body", "login page", "login page", "login page", "silence"
)  # fmt: skip
"""Faults of a single answer."""
BLIP_SHARE = 0.03
LONGEST_RETRY_AFTER = 8 * HOUR


class Fault(NamedTuple):
    """What goes wrong; ``until_s`` is the end, and for how long ``Retry-After`` asks, 0 for none."""

    kind: str
    since_s: float
    until_s: float
    retry_after_s: int = 0


@dataclass(frozen=True, kw_only=True)
class Publisher:
    """A publisher of one source; times are simulated seconds.

    ``times`` are when its entries come out, by their numbers; ``edits`` when an entry is corrected.
    """

    seed: int
    number: int
    host: str
    format: str
    validators: str
    marks: str
    is_gzip: bool
    times: Sequence[float]
    edits: dict[int, float]
    windows: tuple[Fault, ...]

    @property
    def path(self) -> str:
        """Where its document is."""
        return f"/{self.number}/feed"

    @cached_property
    def edited_at(self) -> list[float]:
        """When anything was edited."""
        return sorted(self.edits.values())

    def shown(self, now_s: float) -> range:
        """Return the numbers of the entries that the document has."""
        count = bisect_right(self.times, now_s)
        return range(max(0, count - SHOWN), count)

    def version(self, now_s: float) -> tuple[int, int]:
        """Return what is another whenever the document is."""
        return bisect_right(self.times, now_s), bisect_right(self.edited_at, now_s)

    def changed_at(self, now_s: float) -> float:
        """Return when the document changed last."""
        entries, edits = self.version(now_s)
        return max(self.times[entries - 1], self.edited_at[edits - 1] if edits else -math.inf)

    def fault(self, now_s: float, visit: int) -> Fault | None:
        """Return what goes wrong with a visit, None for nothing; ``visit`` counts them."""
        window = next((w for w in self.windows if w.since_s <= now_s < w.until_s), None)
        chance = random.Random(f"{self.seed} {self.number} {visit}")
        if window is None and chance.random() < BLIP_SHARE:
            return Fault(chance.choice(BLIPS), now_s, now_s)
        return window


def made_publishers(seed: int, sources: int, days: float) -> tuple[Publisher, ...]:
    """Return the publishers of a soak."""
    return tuple(_made(seed, number, days) for number in range(sources))


def _made(seed: int, number: int, days: float) -> Publisher:
    chance = random.Random(f"{seed} {number}")
    service = number // SERVICE_OF
    times = array("d", sorted(_times(chance, days)))
    edited = (n for n in range(len(times)) if chance.random() < 0.03)
    return Publisher(
        seed=seed,
        number=number,
        host=f"127.0.{2 + service // 250}.{1 + service % 250}",
        format=chance.choice(FORMATS),
        validators=chance.choice(VALIDATORS),
        marks=chance.choice(MARKS),
        is_gzip=chance.random() < 0.8,
        times=times,
        edits={n: times[n] + round(chance.uniform(1, 6) * HOUR) for n in edited},
        windows=tuple(_windows(chance, days)),
    )


def _times(chance: random.Random, days: float) -> Iterator[float]:
    """Yield when entries come out: mostly in twelve hours of the day, of some publishers several at once."""
    a_day = QUIETEST * (BUSIEST / QUIETEST) ** (chance.random() ** 1.5)
    morning_h, at_once = chance.uniform(0, 24), chance.choice((1, 1, 1, 1, 1, 1, 1, 1, 1, 3))
    for day in range(-math.ceil((SHOWN + 5) / a_day), math.ceil(days)):
        posts = a_day / at_once
        for _ in range(int(posts) + (chance.random() < posts % 1)):
            is_in_day = chance.random() < 0.9
            hour = morning_h + 12 * chance.random() if is_in_day else 24 * chance.random()
            # Whole seconds: an HTTP date tells no smaller ones apart.
            yield from [round(day * DAY + hour % 24 * HOUR)] * at_once


def _windows(chance: random.Random, days: float) -> Iterator[Fault]:
    kinds, weights = list(WINDOWS), [share for share, _, _ in WINDOWS.values()]
    since_s = chance.expovariate(1 / BETWEEN_WINDOWS)
    while since_s < days * DAY:
        kind = chance.choices(kinds, weights)[0]
        _, shortest, longest = WINDOWS[kind]
        length_s, retry_after_s = chance.uniform(shortest, longest), 0
        if kind in ("unavailable", "too many"):
            length_s, retry_after_s = _wish(length_s, chance)
        until_s = since_s + length_s
        yield Fault(kind, since_s, until_s, retry_after_s)
        since_s = until_s + chance.expovariate(1 / BETWEEN_WINDOWS)


def _wish(length_s: float, chance: random.Random) -> tuple[float, int]:
    """Return how long a publisher wants peace, and what ``Retry-After`` says of it: 0 for no such field."""
    kind = chance.random()
    if kind < 0.15:
        return length_s, 0
    if kind < 0.3:
        return LONGEST_RETRY_AFTER / 2, round(LONGEST_RETRY_AFTER)
    return length_s, round(length_s)
