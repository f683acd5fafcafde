"""What a cycle of publishing costs, and how that grows with the articles and topics that are stored.

    python -m tests.benchmarks.publishing [--articles N] [--topics N] [--publishers N] [--json FILE]

A seeded stream of made-up articles fills a store: they are judged, stored and grouped into stories by the
program itself, spread over the topics, 300 publishers and the window of the feeds. Then another process
publishes, as the job of the service does, each time starting from what its publication before left:

first         everything, into an empty folder
idle          nothing changed
one new       one article more, in the two topics of its event, in their parents and in ``all``
one edit      the title of one article changed
merge         two stories became one
hundred new   100 more articles at once

With more ``--publishers`` than one (1) others write some of the topics, as workers do. CPU is user and system
time of the process that publishes, and of those that ``help``, the files they write included; storing and
grouping what changed is not. Its peak memory is of publishing alone. Pages, pictures and logos are not looked for. At last a
service runs on that store, polls 50 sources that bring ``--rate`` new entries a second (50) for ``--seconds``
(30), and ``seen_to_feed_s`` is how long one takes from the commit of its poll to the file of a feed that holds
it (median), ``seen_to_feed_p95_s`` what all but 5 % take at the most.
"""

import argparse
import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path

from aggregator.machine.memory import share_arenas, tune_garbage_collection
from aggregator.pipeline.publish.publication import publish
from aggregator.pipeline.publish.topic_groups import Helpers, help_with_topics
from aggregator.pipeline.site import Site
from aggregator.publish.topic_offers import read_offer
from aggregator.service.workers.shared_jobs import HELP
from tests.benchmarks.feed_delay import measure_feed_delay
from tests.benchmarks.filled_store import StoreFiller, make_rules, make_topics, open_database

PAUSE = timedelta(seconds=2)
"""From one cycle to the next, as in the service."""
CYCLES = ("first", "idle", "one_new", "one_edit", "merge", "hundred_new")


@dataclass(frozen=True, kw_only=True, slots=True)
class Cycle:
    """What a cycle cost: ``cpu_s`` in seconds, files that it ``changed``, ``peak_mib`` since the start.

    It took ``wall_s``, and other processes helped with ``help_s`` of CPU.
    """

    cpu_s: float
    help_s: float = 0.0
    wall_s: float = 0.0
    changed: int
    peak_mib: float


def main() -> None:
    """Measure, print, and write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--articles", type=int, default=2_000, metavar="N", help="stored (default: 2000)")
    parser.add_argument("--topics", type=int, default=20, metavar="N", help="of the site (default: 20)")
    parser.add_argument(
        "--publishers", type=int, default=1, metavar="N", help="that write topics at once (default: 1)"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there")
    parser.add_argument("--rate", type=int, default=50, metavar="N", help="entries a second (default: 50)")
    parser.add_argument("--seconds", type=int, default=30, metavar="N", help="for so long (default: 30)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        cycles = measure(Path(folder), options.articles, options.topics, helpers=options.publishers - 1)
        print(table(options.articles, options.topics, cycles), flush=True)
        topics = make_topics(options.topics)
        delay = measure_feed_delay(Path(folder), topics, options.rate, options.seconds)
    print(delay)
    if options.json:
        reported = report(options.articles, options.topics, cycles)
        reported |= {"seen_to_feed_s": round(delay.median_s, 3), "seen_to_feed_p95_s": round(delay.p95_s, 3)}
        options.json.write_text(json.dumps(reported, indent=2) + "\n", encoding="utf-8")


def measure(folder: Path, articles: int, topics: int, *, helpers: int = 0) -> Mapping[str, Cycle]:
    """Return what each cycle of publishing costs with so many articles and topics, by its name.

    So many other processes help.

    The store is left in ``folder``.
    """
    now = datetime.now(UTC)
    filler = StoreFiller(folder, articles=articles, topics=topics, now=now)
    filler.fill(articles)
    changes: Mapping[str, Callable[[datetime], None]] = {
        "one_new": filler.add_one,
        "one_edit": filler.edit_one,
        "merge": filler.merge_two,
        "hundred_new": filler.add_hundred,
    }
    cycles = {}
    with (
        start_helpers(folder, topics, helpers) as helped_s,
        start_publisher(folder, topics, helpers) as publisher,
    ):
        for name in CYCLES:
            now += PAUSE
            if name in changes:
                changes[name](now)
            before_s = helped_s()
            publisher.send(now)
            cycles[name] = replace(publisher.recv(), help_s=helped_s() - before_s)
            print(f"{name}: {cycles[name]}", file=sys.stderr, flush=True)
    filler.close()
    return cycles


def report(articles: int, topics: int, cycles: Mapping[str, Cycle]) -> dict[str, float]:
    """Return the figures as they are written to a file."""
    seconds = {f"{name}_cpu_s": round(cycles[name].cpu_s, 5) for name in CYCLES}
    peak_mib = round(max(cycle.peak_mib for cycle in cycles.values()), 1)
    return {"articles": articles, "topics": topics, **seconds, "peak_mib": peak_mib}


def table(articles: int, topics: int, cycles: Mapping[str, Cycle]) -> str:
    """Return a line for each cycle."""
    lines = [
        f"{articles:,} articles, {topics:,} topics",
        f"{'cycle':12}{'CPU s':>10}{'help s':>10}{'wall s':>10}{'files':>8}{'peak MiB':>10}",
    ]
    for name, cycle in cycles.items():
        words = name.replace("_", " ")
        seconds = "".join(f"{part:>10.3f}" for part in (cycle.cpu_s, cycle.help_s, cycle.wall_s))
        lines.append(f"{words:12}{seconds}{cycle.changed:>8,}{cycle.peak_mib:>10.0f}")
    return "\n".join(lines)


@contextmanager
def start_publisher(folder: Path, topics: int, helpers: int = 0) -> Iterator[Connection]:
    """Start a process that publishes at every time it is sent, and answers with a ``Cycle``."""
    context = get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=publish_cycles, args=(there, folder, topics, helpers))
    process.start()
    there.close()
    try:
        yield here
    finally:
        here.close()
        process.join()


@contextmanager
def start_helpers(folder: Path, topics: int, count: int) -> Iterator[Callable[[], float]]:
    """Start processes that help with topics; give what tells how many seconds of CPU they took."""
    context = get_context("spawn")
    used = [context.Value("d", 0.0) for _ in range(count)]
    processes = [context.Process(target=help_for_good, args=(one, folder, topics)) for one in used]
    for process in processes:
        process.start()
    try:
        yield lambda: sum(one.value for one in used)
    finally:
        for process in processes:
            process.terminate()
            process.join()


def help_for_good(used: "Synchronized[float]", folder: Path, topics: int) -> None:
    """Write topics that another process offers, as a worker does, until the end."""
    share_arenas()
    tune_garbage_collection()
    seen = ""
    with open_database(folder) as store:
        rules = make_rules(store, folder, topics)
        while True:
            time.sleep(HELP.every.total_seconds() if HELP.every else 0)
            offer = read_offer(rules.feeds_dir)
            if offer is not None and offer.id != seen:
                seen, started_s = offer.id, _count_cpu_s()
                help_with_topics(offer, rules=rules, store=store)
                used.value += _count_cpu_s() - started_s


def publish_cycles(orders: Connection, folder: Path, topics: int, helpers: int) -> None:
    """Publish at every time that is sent, until nobody sends any more."""
    share_arenas()
    tune_garbage_collection()
    is_first = True
    with open_database(folder) as store:
        rules = make_rules(store, folder, topics)
        while (now := _receive(orders)) is not None:
            started_s, began_s = _count_cpu_s(), time.monotonic()
            done = publish(
                Site(rules=rules, store=store, now=now),
                is_tree_checked=is_first,
                helpers=Helpers(most=helpers),
            )
            cpu_s, wall_s = _count_cpu_s() - started_s, time.monotonic() - began_s
            if done.errors:
                raise SystemExit("\n".join(done.errors))
            is_first = False
            orders.send(
                Cycle(cpu_s=cpu_s, wall_s=wall_s, changed=len(done.changed), peak_mib=_read_peak_mib())
            )


def _receive(orders: Connection) -> datetime | None:
    try:
        return orders.recv()
    except EOFError:
        return None


def _count_cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _read_peak_mib() -> float:
    """Return the most memory of this process itself; what ``getrusage`` has may be its parent's."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


if __name__ == "__main__":
    main()
