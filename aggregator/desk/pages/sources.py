"""The sources: how each stands and what it brought, in the order that is asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from aggregator.cadence import count_entries_a_day, find_rhythm, health_of
from aggregator.desk.advice import advise
from aggregator.desk.answers import Fields
from aggregator.desk.lists import ListPage, cut_page, read_page
from aggregator.desk.site import DeskSite
from aggregator.desk.sparkline import DAYS, Sparkline, draw_sparkline
from aggregator.errors import StoreError
from aggregator.model import Source, SourceState
from aggregator.pipeline.explanation.source_trouble import Pauses, describe_trouble
from aggregator.store import (
    SOURCE_ORDERS,
    Store,
    count_configured_sources,
    count_entries_by_day,
    list_sorted_sources,
    read_all_posts,
    read_pauses,
    read_states_of,
)

LONGEST_TROUBLE = 400


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


RATE = "rate"
ORDERS = (*SOURCE_ORDERS, RATE)
"""By name, what sources are sorted by."""


def show_sources(site: DeskSite, asked: Fields) -> Mapping[str, object]:
    """Return what the list of sources shows: of those that are searched for one page, sorted."""
    now = site.read_time()
    order = asked.get("sort", "")
    order = order if order in ORDERS else "standing"
    cut = _read_ids(site, asked, order, now)
    shown = [site.rules.sources[source_id] for source_id in cut.rows if source_id in site.rules.sources]
    states = read_states_of(site.store, [one.id for one in shown])
    pauses = read_pauses(site.store, now)
    rows = [
        make_row(source, None if isinstance(state, StoreError) else state, pauses, now)
        for source, state in zip(shown, states, strict=True)
    ]
    counts = read_days(site, [one.id for one in shown], now)
    drawn = [add_spark(row, counts, now) for row in rows]
    return {
        "list": cut,
        "rows": drawn,
        "order": order,
        "q": asked.get("q", ""),
        "all": len(site.rules.sources),
    }


def _read_ids(site: DeskSite, asked: Fields, order: str, now: datetime) -> ListPage[str]:
    """Return the ids of a page; only those are read where no words are searched for."""
    store, text, kept = site.store, asked.get("q", ""), ("q", "sort")
    if order != RATE and not text.split():
        return read_page(
            lambda start, most: list_sorted_sources(store, order, start=start, most=most),
            count_configured_sources(store), asked, kept,
        )  # fmt: skip
    wanted = {one.id for one in find_sources(tuple(site.rules.sources.values()), text)}
    ids = _sort_by_rate(store, now) if order == RATE else list_sorted_sources(store, order)
    return cut_page([source_id for source_id in ids if source_id in wanted], asked, kept)


def _sort_by_rate(store: Store, now: datetime) -> list[str]:
    """Return the ids of all sources, those first that bring most."""
    rates = [
        (-count_entries_a_day(posts, known_since=since or now, now=now), source_id)
        for source_id, posts, since in read_all_posts(store)
    ]
    return [source_id for _, source_id in sorted(rates)]


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
