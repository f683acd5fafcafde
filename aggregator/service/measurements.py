"""What is measured now and then for ``/metrics``: no scrape waits for the store or goes through the tree.

Nothing is measured while nobody scrapes. Each measurement is made again after its pause, and after a hundred
times as long as it took: whatever a store grows to, measuring it takes a hundredth of the time.
"""

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from aggregator.model.alerts import AlertKind
from aggregator.pipeline.publish.feed_places import list_topic_ids
from aggregator.pipeline.upload import describe_target, read_waiting
from aggregator.publish.tree_size import measure_tree
from aggregator.service.measured_gauges import Values
from aggregator.service.state import ServiceState
from aggregator.store import (
    MarkKind,
    count_articles,
    count_due_marks,
    count_quarantined,
    count_silent,
    count_standings,
    count_stories,
    count_waiting_corrections,
    count_waiting_pings,
    find_newest_items,
    measure_store,
    read_alerts,
    read_success_times,
)

SHARE = 100
SCRAPED_WITHIN_S = 600.0
"""How long after a scrape another one is expected: what is measured meanwhile is for that."""
SILENT = {
    "1h": timedelta(hours=1),
    "6h": timedelta(hours=6),
    "1d": timedelta(days=1),
    "7d": timedelta(days=7),
}
Gauges = Mapping[str, Values]


@dataclass(frozen=True, kw_only=True, slots=True)
class Measurement:
    """A row of the table: ``what`` is measured together, how often at the most, and by which function."""

    what: str
    pause_s: float
    function: Callable[[ServiceState], Gauges]


def list_due_measurements(state: ServiceState, now_s: float) -> tuple[Measurement, ...]:
    """Return what is to be measured again, ``now_s`` by ``time.monotonic``: nothing while nobody scrapes."""
    metrics = state.metrics
    if now_s - metrics.scraped_at_s > SCRAPED_WITHIN_S:
        return ()
    again_at_s = metrics.measured.again_at_s
    return tuple(one for one in MEASUREMENTS if now_s >= again_at_s.get(one.what, 0.0))


def measure_again(due: Sequence[Measurement], state: ServiceState) -> None:
    """Measure, and hand it to the state's metrics; raises StoreError."""
    measured = state.metrics.measured
    for one in due:
        started_s = time.monotonic()
        values = one.function(state)
        ended_s = time.monotonic()
        measured.again_at_s[one.what] = started_s + max(one.pause_s, SHARE * (ended_s - started_s))
        measured.put(one.what, values, at_s=state.context.clock().timestamp())


def measure_service(state: ServiceState) -> Gauges:
    """Measure what the service itself knows."""
    live = state.live
    return {
        "aggregator_config_changes_waiting": {"": float(live is not None and live.waiting is not None)},
        "aggregator_config_problems": {"": len(live.problems) if live else 0},
        "aggregator_publishing_helpers": {"": state.helpers},
        "aggregator_polls_under_way": {"": len(state.polls.under_way)},
        "aggregator_network_down": {"": float(state.context.fetcher.outage.known is not None)},
    }


def measure_work(state: ServiceState) -> Gauges:
    """Measure what waits to be done."""
    store, now = state.context.store, state.context.clock()
    waiting = count_due_marks(store, now)
    target = describe_target(state.context.rules.publishing)
    on = Counter(one.kind for one in read_alerts(store).values() if one.over_at is None)
    uploads = read_waiting(state.context.rules.feeds_dir, target) if target else ()
    return {
        **({} if uploads is None else {"aggregator_uploads_waiting": {"": len(uploads)}}),
        "aggregator_marks_waiting": {kind.value: waiting.get(kind.value, 0) for kind in MarkKind},
        "aggregator_corrections_waiting": {"": count_waiting_corrections(store)},
        "aggregator_hub_pings_waiting": {"": count_waiting_pings(store)},
        "aggregator_alerts": {kind.value: on[kind] for kind in AlertKind if kind is not AlertKind.TEST},
    }


def measure_sources(state: ServiceState) -> Gauges:
    """Measure how sources stand, and how long ago they were polled successfully."""
    store, now = state.context.store, state.context.clock()
    gauges: dict[str, Values] = {
        "aggregator_sources": count_standings(store),
        "aggregator_sources_silent": dict(
            zip(SILENT, count_silent(store, tuple(SILENT.values()), now), strict=True)
        ),
    }
    if state.has_metrics_by_source:
        times = read_success_times(store)
        gauges["aggregator_source_success_timestamp_seconds"] = {
            id_: at.timestamp() for id_, at in times.items()
        }
    return gauges


def measure_topics(state: ServiceState) -> Gauges:
    """Measure how new the newest item of each topic is."""
    newest = find_newest_items(state.context.store, tuple(list_topic_ids(state.context.rules)))
    return {"aggregator_newest_item_timestamp_seconds": {feed: at.timestamp() for feed, at in newest.items()}}


def measure_kept(state: ServiceState) -> Gauges:
    """Count what is stored."""
    store = state.context.store
    return {
        "aggregator_articles": {"": count_articles(store)},
        "aggregator_stories": {"": count_stories(store)},
        "aggregator_quarantined_articles": {"": sum(count_quarantined(store).values())},
    }


def measure_database(state: ServiceState) -> Gauges:
    """Measure the bytes of the database; nothing where it is in memory."""
    size = measure_store(state.context.store)
    return {} if size is None else {"aggregator_store_bytes": {"": size}}


def measure_files(state: ServiceState) -> Gauges:
    """Measure the published tree, going through its folders."""
    files, size = measure_tree(state.context.rules.feeds_dir)
    return {"aggregator_tree_files": {"": files}, "aggregator_tree_bytes": {"": size}}


MEASUREMENTS = (
    Measurement(what="service", pause_s=1, function=measure_service),
    Measurement(what="work", pause_s=5, function=measure_work),
    Measurement(what="sources", pause_s=15, function=measure_sources),
    Measurement(what="topics", pause_s=15, function=measure_topics),
    Measurement(what="articles", pause_s=60, function=measure_kept),
    Measurement(what="store", pause_s=60, function=measure_database),
    Measurement(what="tree", pause_s=900, function=measure_files),
)
