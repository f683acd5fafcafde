"""One source: how it stands, why it is polled as it is, its last polls and its newest articles."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from aggregator.cadence import explain_poll
from aggregator.desk.answers import Fields
from aggregator.desk.pages.overview import Fact
from aggregator.desk.pages.sources import SourceRow, add_spark, make_row, read_days
from aggregator.desk.phrases import format_ago
from aggregator.desk.site import DeskSite
from aggregator.errors import AggregatorError
from aggregator.model import Source
from aggregator.store import (
    read_newest_of_source,
    read_past_polls,
    read_pauses,
    read_source_state,
    read_subscriptions,
)
from aggregator.websub import describe_subscription

SHOWN = 30
"""Articles."""


def show_source(site: DeskSite, asked: Fields) -> Mapping[str, object]:
    """Return what the page of a source shows; raises AggregatorError where there is no such source."""
    now, source = site.read_time(), find_source(site, asked.get("id", ""))
    state = read_source_state(site.store, source.id)
    plain = make_row(source, state, read_pauses(site.store, now), now)
    row = add_spark(plain, read_days(site, [source.id], now), now)
    return {
        "row": row,
        "facts": list(_list_facts(site, row, now)),
        "polls": read_past_polls(site.store, source.id),
        "articles": read_newest_of_source(site.store, source.id, SHOWN),
    }


def find_source(site: DeskSite, source_id: str) -> Source:
    """Return the configured source of this id; raises AggregatorError where there is none."""
    source = site.rules.sources.get(source_id)
    if source is None:
        raise AggregatorError(f"no source {source_id!r} is configured")
    return source


def _list_facts(site: DeskSite, row: SourceRow, now: datetime) -> Iterator[Fact]:
    source, state = row.source, row.state
    pushed = describe_subscription(next(iter(read_subscriptions(site.store, source.id)), None), now)
    yield Fact(name="it calls itself", value=state.title or "nothing yet")
    yield Fact(name="topics", value=", ".join(source.topics) or "all that its words match")
    yield Fact(name="polled", value=format_ago(state.polled_at, now))
    if source.enabled:
        yield Fact(name="polled next", value=format_ago(state.next_poll_at, now))
        yield Fact(
            name="how often",
            value=explain_poll(state, intervals=site.rules.polling.intervals.of(source), now=now),
        )
    yield Fact(name="failures in a row", value=f"{state.failures}")
    yield Fact(name="entries that joined a known article", value=f"{state.joined:,}")
    if pushed:
        yield Fact(name="pushed", value=pushed)
