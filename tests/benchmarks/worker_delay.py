"""How long entries take from the store to their feed with ``aggregator run``, and with workers, on PostgreSQL.

    python -m tests.benchmarks.worker_delay [--workers N ...] [--rate N] [--seconds N]

Fifty sources are polled every one to three seconds, and bring entries at a moderate pace. One worker publishes.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg

from tests.benchmarks.feed_delay import EntryPublisher, Watch, make_site
from tests.benchmarks.filled_store import make_topics
from tests.integration.site import SiteFolder
from tests.loopback import Loopback
from tests.postgresql import PostgreSQL, run_postgresql

TOPICS = 20
FIRST = 3
"""Entries that come one at a time before it counts: the service starts and publishes everything for them."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--workers", type=int, nargs="+", default=[2, 4], metavar="N", help="(default: 2 4)")
    parser.add_argument("--rate", type=float, default=1, metavar="N", help="entries a second (default: 1)")
    parser.add_argument("--seconds", type=int, default=40, metavar="N", help="how long (default: 40)")
    options = parser.parse_args()
    with run_postgresql() as server:
        for workers in (0, *options.workers):
            delays = sorted(measure_delays(server, workers, options.rate, options.seconds))
            name, p95_s = f"{workers} workers" if workers else "run", delays[int(len(delays) * 0.95)]
            print(
                f"{name}: {statistics.median(delays):.2f} s (95 %: {p95_s:.2f} s) for {len(delays)} entries",
                flush=True,
            )


def measure_delays(server: PostgreSQL, workers: int, rate: float, seconds: int) -> Sequence[float]:
    """Return the delays of entries in seconds with so many workers, 0 for ``aggregator run``."""
    publisher = EntryPublisher(make_topics(TOPICS))
    with ExitStack() as stack:
        url = stack.enter_context(server.lend_store())
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        loopback = stack.enter_context(Loopback())
        site = make_site(folder, publisher.topics, publisher, loopback, storage={"database": url})
        store = stack.enter_context(psycopg.connect(url, autocommit=True))
        services = stack.enter_context(_run_services(site, workers))

        def find_stored(ids: Sequence[str]) -> Iterator[str]:
            yield from (
                row[0] for row in store.execute("SELECT id FROM articles WHERE id = ANY(%s)", [list(ids)])
            )

        watch = Watch(services=services, find_stored=find_stored, feeds=site.feeds)
        for _ in range(FIRST):
            watch.follow([publisher.bring()])
        watch.delays.clear()
        watch.follow([publisher.bring(after_s=number / rate) for number in range(int(rate * seconds))])
        return watch.delays


@contextmanager
def _run_services(site: SiteFolder, workers: int) -> Iterator[Sequence[subprocess.Popen]]:
    alone = [("run", "--port", "0")]
    programs = [("worker", "--publish"), *[("worker",)] * (workers - 1)] if workers else alone
    services = [
        subprocess.Popen(
            [sys.executable, "-m", "aggregator", *words, "--config", str(site.config)],
            stdout=log, stderr=log, env={**os.environ},
        )
        for number, words in enumerate(programs)
        for log in [(site.folder / f"{number}.log").open("wb")]
    ]  # fmt: skip
    try:
        yield services
    finally:
        for service in services:
            service.terminate()
        for service in services:
            service.wait()


if __name__ == "__main__":
    main()
