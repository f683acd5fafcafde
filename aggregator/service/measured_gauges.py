"""Gauges that are measured now and then, each set of them whole: a scrape sees what was measured together."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

MEASURED = "aggregator_measured_timestamp_seconds"
Values = Mapping[str, float]
"""Values by what the gauge's label says; "" is the key of a gauge without a label."""
GAUGES: Mapping[str, tuple[str, str]] = {
    "aggregator_sources": ("standing", "Sources that are polled, by how they stand."),
    "aggregator_sources_silent": ("longer_than", "Sources without a successful poll for longer than this."),
    "aggregator_source_success_timestamp_seconds": ("source", "When a source was last polled successfully."),
    "aggregator_newest_item_timestamp_seconds": ("topic", "When the newest item of a feed was published."),
    "aggregator_articles": ("", "Articles in the store."),
    "aggregator_stories": ("", "Stories in the store."),
    "aggregator_quarantined_articles": ("", "Articles that wait for review."),
    "aggregator_marks_waiting": ("kind", "Changes that are due to be taken up by publishing."),
    "aggregator_corrections_waiting": ("", "Corrections that no file shows yet."),
    "aggregator_hub_pings_waiting": ("", "Pings that hubs have not taken yet."),
    "aggregator_uploads_waiting": ("", "Files that are still to be uploaded."),
    "aggregator_config_changes_waiting": (
        "",
        "Changes of the configuration that wait.",
    ),
    "aggregator_config_problems": ("", "Problems for which the configuration is left aside."),
    "aggregator_publishing_helpers": ("", "Workers that may write topics when this one publishes."),
    "aggregator_polls_under_way": ("", "Polls that are under way."),
    "aggregator_network_down": ("", "Whether our own network is down."),
    "aggregator_alerts": ("kind", "Alerts that are on."),
    "aggregator_store_bytes": ("", "Bytes of the database."),
    "aggregator_tree_bytes": ("", "Bytes of the published tree."),
    "aggregator_tree_files": ("", "Files of the published tree."),
    MEASURED: ("what", "When the gauges of this kind were measured."),
}
"""The gauges by name: their label, "" without one, and what they tell."""


@dataclass(eq=False, slots=True)  # registries tell collectors apart by what they are
class MeasuredGauges(Collector):
    """What was measured last, by the name of the gauge; what was not measured yet is not told.

    ``again_at_s`` is when what is measured together is due again, by the clock of ``time.monotonic``.
    """

    values: Mapping[str, Values] = field(default_factory=dict)
    again_at_s: dict[str, float] = field(default_factory=dict)

    def put(self, what: str, values: Mapping[str, Values], *, at_s: float) -> None:
        """Take values in place of those that ``what`` was measured to be before, and when that was."""
        measured = {**self.values.get(MEASURED, {}), what: at_s}
        self.values = {**self.values, **values, MEASURED: measured}

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield each gauge that was measured, as the registry wants it."""
        for name, values in self.values.items():
            label, meaning = GAUGES[name]
            family = GaugeMetricFamily(name, meaning, labels=[label] if label else None)
            for key, value in values.items():
                family.add_metric([key] if label else [], value)
            yield family
