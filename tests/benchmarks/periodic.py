"""What each thing that a service does again and again costs while there is nothing new to do.

    python -m tests.benchmarks.periodic [--articles N] [--sources N] [--json FILE]

A site is filled by the program itself (``filled_site``): all its articles are known, and no source is due.
Then the functions of the service's jobs are called as the service calls them, and ``/healthz`` and
``status`` as somebody who watches it would. CPU is user and system time of the process, of all its threads.
Publishing and the heat of records have benchmarks of their own (``publishing``, ``heat``). ``starting`` is what it
takes to start all jobs as often as the table of jobs says, whatever they do.

``every`` is how often something is done while nothing happens, in seconds; without one it is done only where
something is new, or somebody asks for it. What is repeated may take 5 s of an hour at 200,000 articles and 10,000 sources.
"""

import argparse
import asyncio
import io
import json
import logging
import resource
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import structlog

from aggregator.cli.fetchers import fetch_limits, open_fetchers
from aggregator.cli.service.status_report import print_status
from aggregator.cli.workspace import Workspace
from aggregator.config import Config, read_stamps
from aggregator.fetch.form import FormPoster
from aggregator.machine.memory import tune_garbage_collection
from aggregator.pipeline.clock_faults import mend_clock
from aggregator.pipeline.context import Context
from aggregator.rules import Rules
from aggregator.service import LiveConfig, Service, ServiceState
from aggregator.service.job_table import JOBS, reload_config
from aggregator.service.jobs import Jobs
from aggregator.service.tree_watch import SETTLED_AFTER_S, TreeWatch
from aggregator.store import Store, read_remembered_sources
from tests.benchmarks.filled_site import fill_site

ALLOWED_S = 5.0
"""CPU seconds an hour that anything may take without something new to do."""
MEASURED = (
    "reload", "tick", "group", "enrich", "pictures", "check_assets", "prune", "doctor", "take_pushes", "subscribe",
    "check_marks", "check_store", "check_tree", "free_memory",
)  # fmt: skip
PROBED_EVERY_S = 10.0
"""How often ``/healthz`` is asked for, as by a load balancer."""
MENDED_EVERY_S = 60.0
STARTED_FOR_S = 5.0
MEASURED_FOR_S = 1.0
MOST_RUNS = 200
Run = Callable[[], Awaitable[object]]


@dataclass(frozen=True, kw_only=True, slots=True)
class JobCost:
    """What a job costs: CPU milliseconds of one run, which follows every so many seconds, None: at need."""

    name: str
    every_s: float | None
    cpu_ms: float

    @property
    def hourly_s(self) -> float | None:
        """CPU seconds an hour."""
        return None if self.every_s is None else self.cpu_ms / 1000 * 3600 / self.every_s


def main() -> None:
    """Measure, print, and write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--articles", type=int, default=20_000, metavar="N", help="stored (default: 20000)")
    parser.add_argument("--sources", type=int, default=1_000, metavar="N", help="configured (default: 1000)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there")
    options = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    logging.getLogger("apscheduler").setLevel(logging.CRITICAL)
    with tempfile.TemporaryDirectory() as folder:
        costs = measure(Path(folder), options.articles, options.sources)
    print(table(options.articles, options.sources, costs))
    if options.json:
        reported = report(options.articles, options.sources, costs)
        options.json.write_text(json.dumps(reported, indent=2) + "\n", encoding="utf-8")


def measure(folder: Path, articles: int, sources: int) -> Sequence[JobCost]:
    """Return what each job costs in a site of so many articles and sources, filled in ``folder``."""
    started_s = time.monotonic()
    config, store = fill_site(folder, articles=articles, sources=sources, now=datetime.now(UTC))
    print(f"filled in {time.monotonic() - started_s:.0f} s", file=sys.stderr, flush=True)
    tune_garbage_collection()
    with store:
        return asyncio.run(_measure_jobs(config, store))


def report(articles: int, sources: int, costs: Sequence[JobCost]) -> Mapping[str, object]:
    """Return the figures as they are written to a file."""
    rows = {
        cost.name: {
            "every_s": cost.every_s,
            "cpu_ms": round(cost.cpu_ms, 4),
            "cpu_s_an_hour": None if cost.hourly_s is None else round(cost.hourly_s, 4),
        }
        for cost in costs
    }
    return {"articles": articles, "sources": sources, "jobs": rows}


def table(articles: int, sources: int, costs: Sequence[JobCost]) -> str:
    """Return a line for each job."""
    lines = [
        f"{articles:,} articles, {sources:,} sources",
        f"{'job':24}{'every s':>10}{'CPU ms a run':>15}{'CPU s an hour':>15}",
    ]
    for cost in costs:
        every = "at need" if cost.every_s is None else f"{cost.every_s:g}"
        hourly = "" if cost.hourly_s is None else f"{cost.hourly_s:.2f}"
        mark = "  over" if cost.hourly_s is not None and cost.hourly_s > ALLOWED_S else ""
        lines.append(f"{cost.name:24}{every:>10}{cost.cpu_ms:>15.3f}{hourly:>15}{mark}")
    return "\n".join(lines)


async def _measure_jobs(config: Config, store: Store) -> Sequence[JobCost]:
    settings = config.settings
    rules = Rules.of(config, read_remembered_sources(store))
    live = LiveConfig(
        folder=config.folder, at_start=settings, store=store, stamps=read_stamps(config.folder),
        clock=_read_clock, environ={},
    )  # fmt: skip
    async with (
        open_fetchers(settings) as (fetcher, pages),
        FormPoster(fetch_limits(settings)) as poster,
    ):
        context = Context(rules=rules, store=store, fetcher=fetcher, pages=pages, clock=_read_clock)
        service = Service(state=ServiceState(context=context, live=live, poster=poster), on_stop=lambda: None)
        workspace = Workspace(config=config, rules=rules, store=store)
        _make_tree(service.state.tree_watch, rules)
        costs = []
        for name, every_s, run in _list_runs(service, workspace):
            costs.append(JobCost(name=name, every_s=every_s, cpu_ms=await _time_run(run)))
            print(costs[-1], file=sys.stderr, flush=True)
        costs.append(await _measure_starting())
        assert not service.state.polls.under_way
        return costs


def _make_tree(watch: TreeWatch, rules: Rules) -> None:
    """Make the files that are looked for, empty: what stands in them does not matter here."""
    watch.note_publication(rules)
    for name in watch.files:
        path = watch.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    for _ in range(2):
        watch.check()
        time.sleep(SETTLED_AFTER_S)


def _list_runs(service: Service, workspace: Workspace) -> Iterator[tuple[str, float | None, Run]]:
    """Yield name, pause and function of what is measured."""
    state, live = service.state, service.state.live
    for job in JOBS:
        if job.name in MEASURED and job.every is not None:
            pause = job.at_least_every if job.needs else job.every
            every_s = None if pause is None else pause.total_seconds()
            yield job.name, every_s, _bind(job.function, state)
    assert live is not None

    async def reload_again() -> None:
        live.request_reload()
        await reload_config(state)

    async def change_source() -> None:
        file = workspace.config.folder / "sources.yaml"
        text = file.read_text(encoding="utf-8")
        old, new = ('number 1"', 'number one"') if 'number 1"' in text else ('number one"', 'number 1"')
        file.write_text(text.replace(old, new, 1), encoding="utf-8")
        await reload_again()

    async def mend() -> None:
        now = _read_clock()
        await asyncio.to_thread(mend_clock, workspace.look_at_site(now))

    yield "mending the clock", MENDED_EVERY_S, mend
    yield "reload, nothing changed", None, reload_again
    yield "reload, one source", None, change_source
    yield "/healthz", PROBED_EVERY_S, _in_thread(service.health)
    yield "status", None, _in_thread(lambda: _read_status(workspace))


def _bind(function: Callable[[ServiceState], Awaitable[object]], state: ServiceState) -> Run:
    return lambda: function(state)


def _in_thread(function: Callable[[], object]) -> Run:
    return lambda: asyncio.to_thread(function)


def _read_status(workspace: Workspace) -> None:
    with redirect_stdout(io.StringIO()):
        print_status(workspace, _read_clock(), as_json=True)


async def _measure_starting() -> JobCost:
    """Return what starting the jobs costs, a second."""

    async def do_nothing() -> None:
        pass

    jobs = Jobs()
    for job in JOBS:
        if job.every is not None:
            jobs.add(job.name, do_nothing, job.every)
    jobs.start()
    await asyncio.sleep(1)
    before_s = _count_cpu_s()
    await asyncio.sleep(STARTED_FOR_S)
    used_s = _count_cpu_s() - before_s
    await jobs.stop()
    return JobCost(name="starting", every_s=1.0, cpu_ms=used_s / STARTED_FOR_S * 1000)


async def _time_run(run: Run) -> float:
    """Return CPU milliseconds of one run, the first left out."""
    await run()
    runs, started_s = 0, _count_cpu_s()
    while runs < 1 or (runs < MOST_RUNS and _count_cpu_s() - started_s < MEASURED_FOR_S):
        await run()
        runs += 1
    return (_count_cpu_s() - started_s) / runs * 1000


def _read_clock() -> datetime:
    return datetime.now(UTC)


def _count_cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
