"""How long entries take from their poll to their feed, in a running service with a filled store.

    python -m tests.benchmarks.feed_delay FOLDER --topics N [--rate N] [--seconds N] [--alone N]

``FOLDER`` has a store that ``filled_store`` filled for so many topics, in ``data/``; it is written to.
"""

import argparse
import os
import sqlite3
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from aggregator.model import Topic
from aggregator.model.ids import make_article_id
from tests.benchmarks.filled_store import LOOKUPS_OFF, make_topics, pick_topics
from tests.benchmarks.stories import stream_events
from tests.integration.site import SiteFolder, ago, rss
from tests.loopback import Answer, Loopback, Request

STORE = Path("data") / "aggregator.db"
SOURCES = 50
SHOWN = 30
"""Entries that a source's document shows at the most."""
LOOK_EVERY_S = 0.02
PATIENCE_S = 900


@dataclass(frozen=True, kw_only=True, slots=True)
class FeedDelay:
    """Seconds from a poll's commit to the file of a topic's feed that holds the entry.

    ``alone_s`` is the median of entries that came one at a time, ``median_s`` and ``p95_s`` are of ``count``
    entries that came at ``rate`` a second; as many were in the store after ``stored_in_s`` seconds.
    ``service_cpu_s`` is what the service used from the first of them to the last one's feed.
    """

    alone_s: float
    median_s: float
    p95_s: float
    count: int
    rate: int
    stored_in_s: float
    service_cpu_s: float

    def __str__(self) -> str:
        return (
            f"seen to feed, in a running service: {self.alone_s:.2f} s for an entry alone; "
            f"{self.median_s:.2f} s (95 %: {self.p95_s:.2f} s) for {self.count:,} entries, {self.rate} a second, "
            f"stored within {self.stored_in_s:.0f} s, {self.service_cpu_s:.0f} s of CPU"
        )


def main() -> None:
    """Measure on a store that is there, and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    parser.add_argument("--topics", type=int, required=True, metavar="N")
    parser.add_argument("--rate", type=int, default=50, metavar="N", help="entries a second (default: 50)")
    parser.add_argument("--seconds", type=int, default=30, metavar="N", help="for so long (default: 30)")
    parser.add_argument("--alone", type=int, default=3, metavar="N", help="entries alone first (default: 3)")
    options = parser.parse_args()
    topics = make_topics(options.topics)
    print(measure_feed_delay(options.folder, topics, options.rate, options.seconds, alone=options.alone))


def measure_feed_delay(
    folder: Path, topics: Sequence[Topic], rate: int, seconds: int, *, alone: int = 3
) -> FeedDelay:
    """Run a service on the store in ``folder``, bring it entries, and return how long they take.

    The first two, for which the service starts and publishes everything, do not count.
    """
    publisher = EntryPublisher(topics)
    with Loopback() as loopback:
        site = make_site(folder, topics, publisher, loopback)
        with _run_service(site) as service, closing(sqlite3.connect(site.folder / STORE)) as store:
            watch = Watch(services=[service], find_stored=partial(_find_stored, store), feeds=site.feeds)
            for number in range(alone + 2):
                watch.follow([publisher.bring()])
                print(
                    f"entry {number} in its feed after {watch.delays[-1]:.2f} s", file=sys.stderr, flush=True
                )
            alone_s = statistics.median(watch.delays[2:])
            watch.delays.clear()
            cpu_s, started_s = _read_cpu_s(service), time.monotonic()
            watch.follow(publisher.bring_at_rate(rate, rate * seconds))
            delays = sorted(watch.delays)
            return FeedDelay(
                alone_s=alone_s,
                median_s=statistics.median(delays),
                p95_s=delays[int(len(delays) * 0.95)],
                count=len(delays),
                rate=rate,
                stored_in_s=watch.stored_at_s - started_s,
                service_cpu_s=_read_cpu_s(service) - cpu_s,
            )


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """An entry of a publisher: its item shows from ``at_s`` on, by ``time.monotonic``."""

    url: str
    topic_id: str
    item: str
    at_s: float

    @property
    def id(self) -> str:
        """The id of its article."""
        return make_article_id(self.url)


@dataclass(slots=True)
class EntryPublisher:
    """The sources of a loopback server: entries go round them, each of an event of its own."""

    topics: Sequence[Topic]
    entries: list[list[Entry]] = field(default_factory=lambda: [[] for _ in range(SOURCES)])
    made: int = 0
    headlines: Iterator = field(default_factory=lambda: stream_events(1_000, seed=100))
    last_event: int = -1

    def bring(self, after_s: float = 0.0) -> Entry:
        """Add an entry that shows ``after_s`` seconds from now."""
        event, headline = next(found for found in self.headlines if found[0] > self.last_event)
        self.last_event = event
        topics = [self.topics[number] for number in pick_topics(event, len(self.topics))]
        title = " ".join((headline.title, *(topic.keywords[0] for topic in topics)))
        url = f"https://{headline.provider}/fresh-{self.made}"
        entry = Entry(
            url=url,
            topic_id=topics[0].id,
            at_s=time.monotonic() + after_s,
            item=f"<title>{title}</title><link>{url}</link><guid>{url}</guid>"
            f"<pubDate>{ago(seconds=-after_s)}</pubDate><author>a@{headline.provider} (Ann Lee)</author>"
            f"<description>{headline.excerpt}</description>",
        )
        self.entries[self.made % SOURCES].append(entry)
        self.made += 1
        return entry

    def bring_at_rate(self, rate: int, count: int) -> list[Entry]:
        """Add ``count`` entries that show one after another, ``rate`` of them a second."""
        return [self.bring(after_s=number / rate) for number in range(count)]

    def answer(self, source: int, _: Request) -> Answer:
        """Return a source's document: what shows by now, newest first."""
        now_s = time.monotonic()
        shown = [entry.item for entry in self.entries[source] if entry.at_s <= now_s]
        return Answer(body=rss(*reversed(shown[-SHOWN:])), headers={"Content-Type": "application/rss+xml"})


@dataclass(kw_only=True, slots=True)
class Watch:
    """Sees entries come to the store and to their feeds; ``stored_at_s`` is when the last one was stored.

    ``find_stored`` returns those of some ids that are in the store.
    """

    services: Sequence[subprocess.Popen]
    find_stored: Callable[[Sequence[str]], Iterable[str]]
    feeds: Path
    delays: list[float] = field(default_factory=list)
    stored_at_s: float = 0.0

    def follow(self, entries: Sequence[Entry]) -> None:
        """Wait until all are in their feeds, and add to ``delays`` how long each took."""
        coming = {entry.id: entry for entry in entries}
        stored: dict[str, dict[Entry, float]] = {}
        read_at: dict[str, int] = {}
        end_s = time.monotonic() + PATIENCE_S
        while coming or stored:
            ended = [service.returncode for service in self.services if service.poll() is not None]
            if ended:
                raise SystemExit(f"the service ended with code {ended[0]}")
            if time.monotonic() > end_s:
                raise SystemExit(f"not stored after {PATIENCE_S} s: {len(coming)}; not published: {stored}")
            now_s = time.monotonic()
            for entry_id in self.find_stored([one.id for one in coming.values() if one.at_s <= now_s]):
                entry, self.stored_at_s = coming.pop(entry_id), time.monotonic()
                stored.setdefault(entry.topic_id, {})[entry] = self.stored_at_s
                read_at.pop(entry.topic_id, None)
            for topic_id in list(stored):
                self._look_into_feed(topic_id, stored, read_at)
            time.sleep(LOOK_EVERY_S)

    def _look_into_feed(
        self, topic_id: str, stored: dict[str, dict[Entry, float]], read_at: dict[str, int]
    ) -> None:
        """Read a topic's feed where its file is another one than when it was last read."""
        feed, waiting = self.feeds / topic_id / "rss.xml", stored[topic_id]
        if not feed.exists() or (changed_at := feed.stat().st_mtime_ns) == read_at.get(topic_id):
            return
        content, now_s = feed.read_bytes(), time.monotonic()
        for entry in [entry for entry in waiting if f"{entry.url}<".encode() in content]:
            self.delays.append(now_s - waiting.pop(entry))
        read_at[topic_id] = changed_at
        if not waiting:
            del stored[topic_id]


def _find_stored(store: sqlite3.Connection, ids: Sequence[str]) -> Iterable[str]:
    marks = ", ".join("?" * len(ids))
    return [row[0] for row in store.execute(f"SELECT id FROM articles WHERE id IN ({marks})", ids)]


def make_site(
    folder: Path, topics: Sequence[Topic], publisher: EntryPublisher, loopback: Loopback, **settings: object
) -> SiteFolder:
    """Return the site whose sources ``publisher`` has."""
    sources = []
    for number in range(SOURCES):
        path = f"/feed-{number}"
        loopback.route(path, lambda request, number=number: publisher.answer(number, request))
        interval_min = (1 + 2 * number / SOURCES) / 60  # of its own, so that polls spread
        rhythm = {"min_interval_min": interval_min, "max_interval_min": interval_min}
        url = loopback.at(f"fresh-{number}.localhost", path)
        sources.append({"id": f"fresh-{number}", "url": url, "poll": rhythm})
    return SiteFolder(
        folder, sources, [_describe(topic) for topic in topics], server={"port": 0}, **LOOKUPS_OFF, **settings
    )


def _describe(topic: Topic) -> dict[str, object]:
    described = {"id": topic.id, "name": topic.name, "keywords": list(topic.keywords)}
    return described if topic.parent is None else {**described, "parent": topic.parent}


@contextmanager
def _run_service(site: SiteFolder) -> Iterator[subprocess.Popen]:
    command = [sys.executable, "-m", "aggregator", "run", "--config", str(site.config)]
    with (site.folder / "service.log").open("wb") as log:
        service = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            yield service
        finally:
            service.terminate()
            service.wait()


def _read_cpu_s(service: subprocess.Popen) -> float:
    """Return the seconds of user and system time that a process used, its threads included."""
    fields = Path(f"/proc/{service.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
