"""What a poll costs with workers, and with ``aggregator run``, on the same PostgreSQL server and publishers.

    python -m tests.benchmarks.workers [--sources N] [--workers N] [--seconds N]

Both poll each source every few seconds, answered by documents that stay as they are after the first time. CPU is user
and system time of the processes and their children, from when nothing is left to be grouped or published of what all
sources brought at first until so many seconds later; the server's own is left out. What workers use above ``run`` is
the queue's share, and that of being several.
"""

import argparse
import os
import tempfile
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

from aggregator.service.publishing_jobs import PUBLISHED_MARKS
from aggregator.store import count_due_marks, find_articles_to_group, open_store
from tests.integration.site import SiteFolder, start_anew
from tests.loopback import Answer, Loopback
from tests.postgresql import run_postgresql

LOOK_EVERY_S = 0.5
TICKS = os.sysconf("SC_CLK_TCK")
TOPIC = {"id": "ml", "name": "Machine Learning", "keywords": ["machine learning"]}


class Program:
    """A process of the program, and how many polls it logged."""

    def __init__(self, site, *words):
        self.polls = 0
        self._process = start_anew(*words, "--config", str(site.config), environment={})
        self._reader = Thread(target=self._read, daemon=True)
        self._reader.start()

    def cpu_s(self):
        """Return the seconds that it and its ended children used."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return sum(map(int, fields[11:15])) / TICKS

    def end(self):
        """Let it end."""
        self._process.terminate()
        self._process.wait()
        self._reader.join()

    def _read(self):
        for line in self._process.stdout:
            self.polls += "event=poll source=" in line


def main():
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sources", type=int, default=200, metavar="N", help="how many (default: 200)")
    parser.add_argument("--workers", type=int, default=2, metavar="N", help="how many (default: 2)")
    parser.add_argument("--seconds", type=int, default=30, metavar="N", help="how long (default: 30)")
    options = parser.parse_args()
    workers = [("worker", "--publish"), *[("worker",)] * (options.workers - 1)]
    with run_postgresql() as server:
        run_ms = measure(server, options, [("run", "--port", "0")])
        workers_ms = measure(server, options, workers)
    share = (workers_ms - run_ms) / workers_ms
    print(f"workers / run: {workers_ms / run_ms:.2f}; the queue's share of what workers use: {share:.0%}")


def measure(server, options, programs):
    """Return the milliseconds of CPU that a poll costs these programs together."""
    with ExitStack() as stack:
        url = stack.enter_context(server.lend_store())
        publishers = stack.enter_context(Loopback())
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        site = make_site(folder, publishers, url, options.sources)
        running = [Program(site, *words) for words in programs]
        for program in running:
            stack.callback(program.end)
        store = stack.enter_context(open_store(url))
        while sum(program.polls for program in running) < options.sources:
            time.sleep(LOOK_EVERY_S)
        wait_for_rest(store)
        before_s, polls = [program.cpu_s() for program in running], [program.polls for program in running]
        time.sleep(options.seconds)
        wait_for_rest(store)
        used = [program.cpu_s() - before for program, before in zip(running, before_s, strict=True)]
        done = [program.polls - before for program, before in zip(running, polls, strict=True)]
    cost_ms = 1_000 * sum(used) / sum(done)
    each = ", ".join(f"{count} polls in {cpu_s:.1f} s CPU" for count, cpu_s in zip(done, used, strict=True))
    print(f"{programs[0][0]}: {each}: {cost_ms:.2f} ms a poll", flush=True)
    return cost_ms


def wait_for_rest(store):
    """Wait until nothing is left to be grouped or published."""
    while find_articles_to_group(store, 1) or not count_due_marks(store, datetime.now(UTC)).keys().isdisjoint(
        PUBLISHED_MARKS
    ):
        time.sleep(LOOK_EVERY_S)


def make_site(folder, publishers, url, sources):
    """Return a site of so many publishers, each polled every three seconds."""
    for number in range(sources):
        publishers.route(f"/{number}", Answer(body=_document(number), headers={"ETag": '"1"'}))
    return SiteFolder(
        folder,
        [
            {"id": f"s{number}", "url": publishers.at(f"p{number}.localhost", f"/{number}"), "topics": ["ml"]}
            for number in range(sources)
        ],
        [TOPIC],
        storage={"database": url}, enrich={"pages": False}, images={"sizes": False, "logos": False},
        polling={"default_interval_min": 0.05, "min_interval_min": 0.05, "max_interval_min": 0.05},
    )  # fmt: skip


def _document(number):
    items = "".join(
        f"<item><guid>{number}-{n}</guid><title>Publisher {number} on machine learning, part {n}</title>"
        f"<link>https://p{number}.example/{n}</link></item>"
        for n in range(5)
    )
    return f'<rss version="2.0"><channel><title>P {number}</title>{items}</channel></rss>'.encode()


if __name__ == "__main__":
    main()
