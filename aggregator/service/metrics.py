"""What the service counts, and what is measured of it, for Prometheus: a registry made with the service.

Jobs and polls say here what came of them; nothing that decides knows of it. Names, labels and their meaning
are listed in ``docs/metrics.md``.
"""

import time
from collections.abc import Iterable, Iterator, Sequence
from importlib.metadata import version
from typing import get_args

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    Metric,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.registry import Collector

from aggregator.model import Outcome
from aggregator.pipeline.poll.report import Poll
from aggregator.service.measured_gauges import MeasuredGauges

PREFIX = "aggregator_"
STAGES = ("poll", "parse", "group", "enrich", "pictures", "publish", "records", "prune")
"""What is timed: polls, documents that are parsed, and the jobs of the service of these names."""
ENTRIES = ("new", "quarantined", "edited", "duplicate")
ROLES = ("publisher", "helper")
"""As what a process writes topics: it arranges the feeds, or writes what another one offers."""
SECONDS = (0.002, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)
DELAYS = (0.05, 0.25, 1, 2, 5, 10, 30, 60, 300, 900, 3600)
LAGS = (1, 2, 5, 10, 20, 30, 60, 120, 300, 900, 3600, 14_400, 86_400)


class Metrics:
    """Everything that ``/metrics`` tells; may be counted in from any thread."""

    def __init__(self) -> None:
        self.scraped_at_s = float("-inf")
        self._registry = CollectorRegistry()
        self._shown = _Shown(self._registry)
        ProcessCollector(registry=self._registry)
        self.measured = MeasuredGauges()
        self._registry.register(self.measured)
        self._gauge("build_info", "The version that runs.", "version").labels(version("aggregator")).set(1)
        polls = self._counter("polls", "Polls that ended.", "outcome")
        self._polls = {outcome: polls.labels(outcome) for outcome in get_args(Outcome)}
        entries = self._counter("entries", "Entries that polls and pushes brought.", "kind")
        self._entries = {kind: entries.labels(kind) for kind in ENTRIES}
        stages = self._histogram("stage_seconds", "Seconds that work took.", SECONDS, "stage")
        self._stages = {stage: stages.labels(stage) for stage in STAGES}
        pings = self._counter("hub_pings", "Pings sent to hubs.", "outcome")
        self._pings = {outcome: pings.labels(outcome) for outcome in ("taken", "refused")}
        self._poll_delay = self._histogram("poll_delay_seconds", "From due to asked, of sources.", DELAYS)
        self._job_delay = self._histogram("job_delay_seconds", "From due to start, of jobs.", DELAYS, "job")
        self._errors = self._counter("job_errors", "Jobs that ended with an error.", "job")
        self._lag = self._histogram("publish_lag_seconds", "From first seen to in a feed, of articles.", LAGS)
        self._files = self._counter("published_files", "Files that were written or removed.")
        topics = self._counter("written_topics", "Topics whose files were written.", "role")
        self._topics = {role: topics.labels(role) for role in ROLES}
        objects = self._counter("uploaded_objects", "Objects put or deleted at the target.", "kind")
        self._objects = {kind: objects.labels(kind) for kind in ("put", "deleted")}
        self._uploaded_at = self._gauge("last_upload_timestamp_seconds", "When nothing was left to upload.")
        self._published_at = self._gauge("last_publication_timestamp_seconds", "When the last one ended.")
        self._ticked_at = self._gauge("last_tick_timestamp_seconds", "When due sources were looked for.")

    def _counter(self, name: str, meaning: str, *labels: str) -> Counter:
        return Counter(f"{PREFIX}{name}", meaning, labels, registry=self._registry)

    def _gauge(self, name: str, meaning: str, *labels: str) -> Gauge:
        return Gauge(f"{PREFIX}{name}", meaning, labels, registry=self._registry)

    def _histogram(self, name: str, meaning: str, buckets: Sequence[float], *labels: str) -> Histogram:
        return Histogram(f"{PREFIX}{name}", meaning, labels, registry=self._registry, buckets=buckets)

    def add_jobs(self, names: Iterable[str], planned: Iterable[str]) -> None:
        """Tell of these jobs from now on, before anything is known of them; some are ``planned`` by time."""
        for name in names:
            self._errors.labels(name)
        for name in planned:
            self._job_delay.labels(name)

    def record_poll(self, poll: Poll) -> None:
        """Count a poll, what it brought, how long it took and how late it was."""
        self._polls[poll.outcome].inc()
        if poll.seconds:  # it took place
            self._stages["poll"].observe(poll.seconds)
        if poll.late_s is not None:
            self._poll_delay.observe(poll.late_s)
        self.record_entries(
            new=poll.new, quarantined=poll.quarantined, edited=poll.edited, duplicates=poll.duplicates
        )

    def record_entries(self, *, new: int, quarantined: int, edited: int, duplicates: int) -> None:
        """Count entries by what they were; of the ``new`` ones some are ``quarantined``."""
        counts = (new - quarantined, quarantined, edited, duplicates)
        for kind, count in zip(ENTRIES, counts, strict=True):
            if count:
                self._entries[kind].inc(count)

    def record_seconds(self, stage: str, seconds: float) -> None:
        """Note how long a stage took; what is none of ``STAGES`` is not kept."""
        if stage in self._stages:
            self._stages[stage].observe(seconds)

    def record_start(self, job: str, late_s: float) -> None:
        """Note how long after it was due a job was started."""
        self._job_delay.labels(job).observe(max(0.0, late_s))

    def record_job_error(self, job: str) -> None:
        """Count a job that ended with an error."""
        self._errors.labels(job).inc()

    def record_tick(self, at_s: float) -> None:
        """Note when due sources were looked for, in seconds since 1970."""
        self._ticked_at.set(at_s)

    def record_publication(
        self, files: int, topics: int, lags_s: Sequence[float], at_s: float, *, helps: bool = False
    ) -> None:
        """Note a publication, or that this process ``helps`` with one, which ended ``at_s`` since 1970.

        So many files and topics were written, and its new articles had waited for so many seconds each.
        """
        self._files.inc(files)
        self._topics["helper" if helps else "publisher"].inc(topics)
        self._published_at.set(at_s)
        for lag_s in lags_s:
            self._lag.observe(max(0.0, lag_s))

    def record_uploads(self, *, put: int, deleted: int, is_done: bool, at_s: float) -> None:
        """Count what was put and deleted at the target, and note when nothing was left, since 1970."""
        self._objects["put"].inc(put)
        self._objects["deleted"].inc(deleted)
        if is_done:
            self._uploaded_at.set(at_s)

    def record_pings(self, *, taken: int, refused: int) -> None:
        """Count what hubs were told."""
        self._pings["taken"].inc(taken)
        self._pings["refused"].inc(refused)

    def render(self) -> bytes:
        """Return everything in Prometheus' text format, version 0.0.4, and note that somebody asks."""
        self.scraped_at_s = time.monotonic()
        return generate_latest(self._shown)


class _Shown(Collector):
    """What a registry collects, without when each series was made: nobody asks for a third of all lines."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry

    def collect(self) -> Iterator[Metric]:
        for metric in self._registry.collect():
            metric.samples = [one for one in metric.samples if not one.name.endswith("_created")]
            yield metric
