"""The sources: how each stands and what it brought, in the order that is asked for."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from aggregator.cadence import find_rhythm, health_of
from aggregator.desk.advice import advise
from aggregator.desk.answers import Fields
from aggregator.desk.lists import choose_order, cut_page
from aggregator.desk.site import DeskSite
from aggregator.desk.sparkline import DAYS, Sparkline, draw_sparkline
from aggregator.model import Source, SourceState
from aggregator.pipeline.explanation.source_trouble import Pauses, describe_trouble
from aggregator.store import count_entries_by_day, read_pauses, read_source_states

LONGEST_TROUBLE = 400
_EARLY = datetime(1970, 1, 1, tzinfo=UTC)
_WORST_FIRST = ("gone", "failing", "quarantined", "moved", "new", "well", "off")


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceRow:
    """A source in the list: how it ``stands``, what is wrong and what to do, and what it brought lately."""

    source: Source
    state: SourceState
    stands: str
    a_day: float
    trouble: str | None
    advice: str | None
    spark: Sparkline | None = None


ORDERS: Mapping[str, Callable[[SourceRow], Any]] = {
    "id": lambda row: row.source.id,
    "standing": lambda row: (_WORST_FIRST.index(row.stands), -row.state.failures, row.source.id),
    "polled": lambda row: (-(row.state.polled_at or _EARLY).timestamp(), row.source.id),
    "rate": lambda row: (-row.a_day, row.source.id),
}
"""By name, what sources are sorted by."""


def show_sources(site: DeskSite, asked: Fields) -> Mapping[str, object]:
    """Return what the list of sources shows: of those that are searched for one page, sorted."""
    now = site.read_time()
    states, pauses = read_source_states(site.store), read_pauses(site.store, now)
    wanted = find_sources(tuple(site.rules.sources.values()), asked.get("q", ""))
    rows = [make_row(source, states.get(source.id), pauses, now) for source in wanted]
    order, key = choose_order(asked, ORDERS, "standing")
    cut = cut_page(sorted(rows, key=key), asked, ("q", "sort"))
    counts = read_days(site, [row.source.id for row in cut.rows], now)
    drawn = [add_spark(row, counts, now) for row in cut.rows]
    return {
        "list": cut,
        "rows": drawn,
        "order": order,
        "q": asked.get("q", ""),
        "all": len(site.rules.sources),
    }


def find_sources(sources: Sequence[Source], text: str) -> list[Source]:
    """Return the sources whose id, name or address has all of the words."""
    words = text.lower().split()
    return [one for one in sources if all(word in f"{one.id} {one.name} {one.url}".lower() for word in words)]


def make_row(source: Source, state: SourceState | None, pauses: Pauses, now: datetime) -> SourceRow:
    """Return a source as the list has it, without what it brought."""
    state = state or SourceState(source_id=source.id)
    rhythm = find_rhythm(state, now)
    trouble = describe_trouble(source, state, pauses)
    return SourceRow(
        source=source,
        state=state,
        stands=name_standing(source, state),
        a_day=rhythm.entries_per_day if rhythm else 0.0,
        trouble=trouble and trouble[:LONGEST_TROUBLE],
        advice=advise(source, state) if source.enabled else None,
    )


def name_standing(source: Source, state: SourceState) -> str:
    """Return how a source stands, in a word."""
    if not source.enabled:
        return "off"
    if state.polled_at is None:
        return "new"
    if state.proposed_url is not None:
        return "moved"
    health = health_of(state)
    return "quarantined" if health == "well" and state.quarantined_at is not None else health


def read_days(site: DeskSite, source_ids: Sequence[str], now: datetime) -> Mapping[str, Mapping[date, int]]:
    """Return by source how many entries each of the last days brought."""
    return count_entries_by_day(site.store, source_ids, now - timedelta(days=DAYS))


def add_spark(row: SourceRow, counts: Mapping[str, Mapping[date, int]], now: datetime) -> SourceRow:
    """Return a row with the picture of what its source brought."""
    return replace(row, spark=draw_sparkline(counts.get(row.source.id, {}), now.date()))
