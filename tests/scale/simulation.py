"""The simulation: workers poll for a while, and what they noted is put together."""

import os
import signal
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import groupby, pairwise
from multiprocessing import get_context
from operator import itemgetter
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import text

from aggregator.store import Store, count_articles, open_store, read_queue
from tests.scale.sources import Load, fill_store
from tests.scale.worker import Visits, run

PROCESSES = get_context("forkserver")
TICKS = os.sysconf("SC_CLK_TCK")
ENDS_WITHIN_S = 60
BEGINS_WITHIN_S = 300


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of it: polls that ended, delays in seconds from due to asked, in order.

    ``overlaps`` are services that two workers asked at once, ``closest_s`` is the shortest time between the end of
    an exchange and the next of another worker with the same service. CPU is in seconds, of the workers and of the
    database's server; sizes are bytes of the database, ``articles`` those that came.
    """

    load: Load
    polls: int
    delays: Sequence[float]
    overlaps: Sequence[str]
    closest_s: float | None
    handed_over: int
    worker_cpu_s: float
    server_cpu_s: float
    source_bytes: float
    article_bytes: float
    articles: int

    def delay_at(self, share: float) -> float:
        """Return the delay that this share of polls did not exceed."""
        return self.delays[min(len(self.delays) - 1, int(share * len(self.delays)))] if self.delays else 0.0

    def describe(self) -> str:
        """Return some lines for people."""
        load = self.load
        asked_for = load.sources / (60 * load.interval_min)
        cpu_ms = [1_000 * cpu / max(self.polls, 1) for cpu in (self.worker_cpu_s, self.server_cpu_s)]
        soonest = "-" if self.closest_s is None else f"{self.closest_s:.1f}"
        lines = (
            f"{load.sources} sources every {load.interval_min:g} min: {asked_for:.0f} polls/s are due",
            f"{load.workers} workers: {self.polls / load.seconds:.0f} polls/s in {load.seconds:.0f} s",
            f"delay: {self.delay_at(0.5):.1f} s at the 50th percentile, {self.delay_at(0.99):.1f} s at the 99th",
            f"CPU a poll: {cpu_ms[0]:.2f} ms of workers, {cpu_ms[1]:.2f} ms of PostgreSQL",
            f"services asked by two workers at once: {len(self.overlaps)}",
            f"services handed over: {self.handed_over} times, at the soonest after {soonest} s",
            f"database: {self.source_bytes:.0f} bytes a source, {self.article_bytes:.0f} bytes an article",
            f"articles that came: {self.articles}",
        )
        return "\n".join(lines)


def simulate(url: str, load: Load, server_pid: int | None = None) -> Outcome:
    """Simulate a load on the store at ``url``, which is empty."""
    with open_store(url) as store, TemporaryDirectory() as name:
        empty = _measure_bytes(store)
        fill_store(store, load)
        filled = _measure_bytes(store)
        with _run_workers(url, load, Path(name)) as (pids, paths):
            _wait_for_workers(store, load.workers)
            time.sleep(load.warm_up_s)
            began_s, before = time.monotonic(), _read_cpu(pids, server_pid)
            time.sleep(load.seconds)
            ended_s, after = time.monotonic(), _read_cpu(pids, server_pid)
        done = [Visits.read(path) for path in paths]
        delays = sorted(late for one in done for at, late in one.polls if began_s <= at <= ended_s)
        overlaps, gaps = compare_visits(one.visits for one in done)
        articles = count_articles(store)
        return Outcome(
            load=load,
            polls=len(delays),
            delays=delays,
            overlaps=overlaps,
            closest_s=min(gaps, default=None),
            handed_over=len(gaps),
            worker_cpu_s=after[0] - before[0],
            server_cpu_s=after[1] - before[1],
            source_bytes=(filled - empty) / load.sources,
            article_bytes=_measure_articles(store) / max(articles, 1),
            articles=articles,
        )


def compare_visits(of_workers: Iterable[Sequence[tuple[str, float, float]]]) -> tuple[list[str], list[float]]:
    """Return the services that two workers asked at once, and the time between others' exchanges and the next's.

    Of each service, its exchanges are looked at in the order in which they began.
    """
    visits = sorted(
        (service, began, ended, number)
        for number, some in enumerate(of_workers)
        for service, began, ended in some
    )
    overlaps, gaps = [], []
    for service, group in groupby(visits, itemgetter(0)):
        ends: dict[int, float] = {}
        for (_, _, ended, number), (_, began, _, other) in pairwise(group):
            ends[number] = max(ended, ends.get(number, 0.0))
            if other == number:
                continue
            gap = began - max(end for worker, end in ends.items() if worker != other)
            if gap < 0:
                overlaps.append(service)
            gaps.append(gap)
    return overlaps, gaps


@contextmanager
def _run_workers(url: str, load: Load, folder: Path) -> Iterator[tuple[list[int], list[Path]]]:
    """Give the workers' processes and the files that each writes at its end, which is that of the block."""
    paths = [folder / f"{number}.json" for number in range(load.workers)]
    with ExitStack() as stack:
        running = []
        for path in paths:
            process = PROCESSES.Process(target=run, args=(url, load, path))
            process.start()
            stack.callback(process.kill)
            running.append(process)
        yield [process.pid for process in running], paths
        for process in running:
            os.kill(process.pid, signal.SIGTERM)
        for process in running:
            process.join(ENDS_WITHIN_S)
        for path in paths:
            assert path.exists(), f"a worker told nothing: {path.with_suffix('.log').read_text()[-2_000:]}"


def _wait_for_workers(store: Store, count: int) -> None:
    """Wait until so many workers take jobs."""
    until_s = time.monotonic() + BEGINS_WITHIN_S
    while len(read_queue(store)[1]) < count:
        assert time.monotonic() < until_s, "the workers did not begin"
        time.sleep(0.1)


def _measure_bytes(store: Store) -> int:
    with store.reading() as connection:
        return connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one()


def _measure_articles(store: Store) -> int:
    """Return the bytes of what is kept of articles, with indexes."""
    names = ("articles", "article_topics", "sightings", "article_urls")
    with store.reading() as connection:
        sizes = (
            connection.execute(text(f"SELECT pg_total_relation_size('{name}')")).scalar_one()
            for name in names
        )
        return sum(sizes)


def _read_cpu(pids: Sequence[int], server_pid: int | None) -> tuple[float, float]:
    """Return the seconds of CPU that workers, and the processes of the server, have used."""
    own = sum(_read_seconds(pid, with_children=True) for pid in pids)
    if server_pid is None:
        return own, 0.0
    children = Path(f"/proc/{server_pid}/task/{server_pid}/children").read_text().split()
    # Those that ended count at their parent, those that run by themselves.
    return own, _read_seconds(server_pid, with_children=True) + sum(
        _read_seconds(int(pid)) for pid in children
    )


def _read_seconds(pid: int, *, with_children: bool = False) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:
        return 0.0
    return sum(map(int, fields[11 : 15 if with_children else 13])) / TICKS
