"""A soak of workers on PostgreSQL, in real time: they poll, group and publish while one is killed again and again."""

import csv
import random
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import structlog

from aggregator.config import load_config
from aggregator.pipeline.verification import find_violations
from aggregator.rules import Rules
from aggregator.store import Store, open_store, read_remembered_sources
from tests.faults.invariants import compare_entries, read_kept
from tests.integration.site import TOPICS, SiteFolder
from tests.postgresql import run_postgresql
from tests.soak.clock import MINUTE
from tests.soak.plot import draw_curves
from tests.soak.steady_feeds import SteadyFeeds, name_source, serve_feeds
from tests.soak.worker_processes import WorkerProcesses
from tests.soak.worker_samples import (
    COLUMNS,
    ShownItems,
    WorkerSample,
    measure_lags,
    measure_processes,
    measure_store,
)

SAMPLE_S = 5.0
LOOK_S = 0.2
REST_WITHIN_S = 300.0
SETTLED_S = 60.0
"""Seconds after the start, or the last kill, that are left out where later ones are compared."""
MOST_HANDLES = 1.3
FEWEST = 10
"""Samples that are enough to be compared."""


@dataclass(frozen=True, kw_only=True, slots=True)
class WorkersPlan:
    """What is soaked: for ``minutes``, of which in the first ``kill_for_s`` a worker is killed every ``kill_every_s``."""

    workers: int
    minutes: float
    kill_every_s: float
    kill_for_s: float
    sources: int
    pace_s: float
    interval_s: float
    seed: int


@dataclass(kw_only=True, slots=True)
class WorkersSoaked:
    """What came of it: samples, when workers were killed, and what was wrong in the end."""

    samples: list[WorkerSample] = field(default_factory=list)
    kills_s: list[float] = field(default_factory=list)
    entries: int = 0
    rest_s: float = 0.0
    is_interrupted: bool = False
    wrong: list[str] = field(default_factory=list)


def soak_workers(plan: WorkersPlan, out: Path) -> WorkersSoaked:
    """Soak, and leave the samples as ``samples.csv`` and ``samples.svg`` in a folder, and the log beside them.

    Ctrl-C ends the time early: what was soaked until then is judged. A second one stops at once.
    """
    out.mkdir(parents=True, exist_ok=True)
    feeds = SteadyFeeds(count=plan.sources, pace_s=plan.pace_s, began_s=time.time() - plan.pace_s)
    with (
        TemporaryDirectory(prefix="soak-") as folder,
        run_postgresql() as server,
        serve_feeds(feeds) as (addresses, ends_at_s),
        server.lend_store() as url,
        open_store(url) as store,
    ):
        site = _make_site(Path(folder), plan, addresses, url)
        with _keep_samples(plan, out) as soaked, _run_workers(site, plan, out / "log") as workers:
            watch = _Watch(
                feeds=feeds, store=store, shown=ShownItems(tree=site.feeds), soaked=soaked, workers=workers
            )
            watch.follow(plan)
            ends_at_s.value = time.time()
            watch.wait_for_rest(ends_at_s.value)
        soaked.wrong += _find_wrong(site, store, feeds, ends_at_s.value, watch.shown)
        soaked.wrong += _judge_handles(soaked.samples, plan)
    return soaked


@dataclass(kw_only=True, slots=True)
class _Watch:
    feeds: SteadyFeeds
    store: Store
    shown: ShownItems
    soaked: WorkersSoaked
    workers: WorkerProcesses
    began_s: float = field(default_factory=time.monotonic)

    def follow(self, plan: WorkersPlan) -> None:
        """Take samples and kill workers until the time is over, or until Ctrl-C."""
        try:
            self._follow(plan)
        except KeyboardInterrupt:
            self.soaked.is_interrupted = True
            print("\ninterrupted: judging what there is; once more stops at once", file=sys.stderr)

    def _follow(self, plan: WorkersPlan) -> None:
        chance, kill_at_s, sample_at_s = random.Random(plan.seed), plan.kill_every_s, 0.0
        while (at_s := time.monotonic() - self.began_s) < plan.minutes * MINUTE:
            if kill_at_s <= at_s < plan.kill_for_s:
                kill_at_s += plan.kill_every_s
                self.workers.kill_one(chance)
                self.soaked.kills_s.append(round(at_s, 1))
            if sample_at_s <= at_s:
                sample_at_s += SAMPLE_S
                self._take_sample(at_s, plan.minutes * MINUTE)
            time.sleep(LOOK_S)

    def wait_for_rest(self, ended_at_s: float) -> None:
        """Wait until all that was written is stored and shown."""
        began_s, wanted = time.monotonic(), len(self.feeds.list_written(ended_at_s))
        self.soaked.entries = wanted
        while self.soaked.rest_s < REST_WITHIN_S:
            self.soaked.rest_s = time.monotonic() - began_s
            stored, marks, _, _ = measure_store(self.store)
            self.shown.look()
            if stored >= wanted and not marks:
                return
            time.sleep(LOOK_S)

    def _take_sample(self, at_s: float, last_s: float) -> None:
        sizes, handles = measure_processes(self.workers.list_pids())
        stored, marks, size, sessions = measure_store(self.store)
        shown_at_s, new = self.shown.look()
        lag_s, lag_99_s = measure_lags(self.store, shown_at_s, new)
        delays = sorted(shown_at_s - self.feeds.written_at(*_find_entry(url)) for url in new.values())
        sample = WorkerSample(
            at_s=round(at_s, 1), workers=len(sizes), kills=len(self.soaked.kills_s),
            resident_mib=round(sum(sizes), 1), largest_mib=round(max(sizes, default=0.0), 1),
            handles=handles, sessions=sessions, database_mib=round(size, 1),
            written=len(self.feeds.list_written(time.time())), stored=stored, marks=marks,
            lag_s=_round(lag_s), lag_99_s=_round(lag_99_s),
            delay_s=_round(delays[len(delays) // 2]) if delays else None,
        )  # fmt: skip
        self.soaked.samples.append(sample)
        left = (last_s - at_s) / MINUTE
        said = (
            f"{at_s / MINUTE:5.1f} min: {sample.workers} workers, {sample.kills} killed, {sample.resident_mib:.0f} MiB, "
            f"{handles} handles, {sample.database_mib:.0f} MiB stored, {stored} of {sample.written} entries, "
            f"lag {sample.lag_s} s; {left:.1f} min left"
        )
        is_screen = sys.stderr.isatty()
        print(
            f"\r{said}\033[K" if is_screen else said,
            end="" if is_screen else "\n",
            file=sys.stderr,
            flush=True,
        )


def _find_entry(url: str) -> tuple[int, int]:
    parts = urlsplit(url)
    return int(str(parts.hostname).partition(".")[0].removeprefix("paper-")), int(parts.path[1:])


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


def _make_site(folder: Path, plan: WorkersPlan, addresses: Sequence[str], url: str) -> SiteFolder:
    minutes = plan.interval_s / MINUTE
    sources = [{"id": name_source(number), "url": address} for number, address in enumerate(addresses)]
    return SiteFolder(
        folder, sources, TOPICS,
        storage={"database": url}, enrich={"pages": False}, images={"sizes": False, "logos": False},
        fetch={"per_domain": 1, "timeout_s": 30}, workers={"silent_s": 15},
        polling={"default_interval_min": minutes, "min_interval_min": minutes / 2, "max_interval_min": minutes * 2},
    )  # fmt: skip


@contextmanager
def _run_workers(site: SiteFolder, plan: WorkersPlan, log: Path) -> Iterator[WorkerProcesses]:
    workers = WorkerProcesses(site.config, log)
    try:
        for number in range(plan.workers):
            workers.start(publishes=number < 2)
        yield workers
    finally:
        workers.stop()


def _find_wrong(
    site: SiteFolder, store: Store, feeds: SteadyFeeds, ended_at_s: float, shown: ShownItems
) -> Iterator[str]:
    config = load_config(site.config, {})
    structlog.configure(processors=[lambda *_: ""], logger_factory=structlog.ReturnLoggerFactory())
    violations = find_violations(
        rules=Rules.of(config, read_remembered_sources(store)),
        store=store,
        clock=lambda: datetime.now(UTC),
        pause=time.sleep,
    )
    yield from map(str, violations)
    yield from compare_entries(read_kept(store), feeds.list_written(ended_at_s))
    if shown.twice:
        yield f"{len(shown.twice)} items were shown twice or by another id: {sorted(shown.twice)[:3]}"


def _judge_handles(samples: Sequence[WorkerSample], plan: WorkersPlan) -> Iterator[str]:
    """Compare how many handles there were in the last third, where nobody is killed, with the third before."""
    settled = [
        one.handles / one.workers for one in samples if one.at_s > plan.kill_for_s + SETTLED_S and one.workers
    ]
    third = len(settled) // 3
    before, after = settled[third : 2 * third], settled[2 * third :]
    if third >= FEWEST and median(after) > MOST_HANDLES * median(before):
        yield f"handles grew from {median(before):.0f} to {median(after):.0f} a worker"


@contextmanager
def _keep_samples(plan: WorkersPlan, out: Path) -> Iterator[WorkersSoaked]:
    """Give what the samples are put into, and write them in the end, however it ends."""
    soaked = WorkersSoaked()
    try:
        yield soaked
    finally:
        _write(plan, soaked, out)


def _write(plan: WorkersPlan, soaked: WorkersSoaked, out: Path) -> None:
    with (out / "samples.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(COLUMNS)
        table.writerows(map(astuple, soaked.samples))
    curves = {
        "memory of all workers, MiB": "resident_mib", "memory of the largest worker, MiB": "largest_mib",
        "handles of all workers": "handles", "size of the database, MiB": "database_mib",
        "entries stored": "stored", "lag of publishing, s (first seen to in the feed, in the middle)": "lag_s",
        "lag of publishing, s (99th percentile)": "lag_99_s", "written to in the feed, s": "delay_s",
    }  # fmt: skip
    title = (
        f"{plan.workers} workers, {plan.sources} sources, an entry each {plan.pace_s:g} s, polled each "
        f"{plan.interval_s:g} s; {len(soaked.kills_s)} killed (red)"
    )
    columns = {name: [getattr(one, key) for one in soaked.samples] for name, key in curves.items()}
    picture = draw_curves(title, [one.at_s for one in soaked.samples], columns, soaked.kills_s)
    (out / "samples.svg").write_text(picture, encoding="utf-8")
