"""Thirty days as a small picture: a bar for each, drawn by attributes alone, as styles are not allowed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

DAYS = 30
WIDTH, HEIGHT = 120, 24
_GAP = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Bar:
    """A rectangle: its corner, width and height."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Sparkline:
    """The bars of some days, the oldest first, and what they say in words."""

    bars: tuple[Bar, ...]
    words: str


def draw_sparkline(counts: Mapping[date, int], today: date) -> Sparkline:
    """Return the picture of the numbers of the last thirty days, of which there may be none."""
    days = [counts.get(today - timedelta(days=back), 0) for back in reversed(range(DAYS))]
    return Sparkline(bars=tuple(_draw_bars(days)), words=_describe(days))


def _draw_bars(days: Sequence[int]) -> list[Bar]:
    most, step = max(days, default=0), WIDTH / DAYS
    return [
        Bar(
            x=round(at * step, 1),
            y=round(HEIGHT - _measure(count, most), 1),
            width=step - _GAP,
            height=round(_measure(count, most), 1),
        )
        for at, count in enumerate(days)
        if count
    ]


def _measure(count: int, most: int) -> float:
    return max(1.5, HEIGHT * count / most)


def _describe(days: Sequence[int]) -> str:
    total = sum(days)
    if not total:
        return "nothing new in 30 days"
    noun = "entry" if total == 1 else "entries"
    return f"{total:,} new {noun} in 30 days, at most {max(days):,} a day, today {days[-1]:,}"
