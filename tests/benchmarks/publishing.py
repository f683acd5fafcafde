"""What a cycle of publishing costs, and how that grows with the articles and topics that are stored.

    python -m tests.benchmarks.publishing [--articles N] [--topics N] [--json FILE]

A seeded stream of made-up articles fills a store: they are judged, stored and grouped into stories by the
program itself, spread over the topics, 300 publishers and the window of the feeds. Then another process
publishes, as the job of the service does, each time starting from what its publication before left:

first         everything, into an empty folder
idle          nothing changed
one new       one article in two topics more, which is also in their parents and in ``all``
one edit      the title of one article changed
merge         two stories became one
hundred new   100 more articles at once

CPU is user and system time of that process, the files it writes included; storing and grouping what changed
is not. Its peak memory is of publishing alone. Pages, pictures and logos are not looked for. How long an
entry takes from its poll to its feed in a running service (``seen_to_feed_s``) is not measured yet.
"""

import argparse
import json
import random
import resource
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from aggregator.config import Config, Settings
from aggregator.machine.memory import share_arenas, tune_garbage_collection
from aggregator.model import Article, Changes, Grouping, SourceState, Story, Topic
from aggregator.pipeline.grouping import StoryDesk
from aggregator.pipeline.publish.judgements import judge_again
from aggregator.pipeline.publish.publication import publish
from aggregator.pipeline.publish.tree_state import UNKNOWN
from aggregator.rules import Rules
from aggregator.store import (
    Store,
    open_store,
    read_last_turn,
    read_remembered_sources,
    read_stories_since,
    save_grouping,
)
from aggregator.stories.placement import Newcomer
from tests.benchmarks.stories import stream
from tests.builders import article, insert_articles, provider, sighting, source

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
PAUSE = timedelta(seconds=2)
"""From one cycle to the next, as in the service."""
SOURCES = tuple(source(f"source-{number}") for number in range(50))
BATCH = 500
TOPICS_PER_PARENT = 10
CYCLES = ("first", "idle", "one_new", "one_edit", "merge", "hundred_new")


@dataclass(frozen=True, kw_only=True, slots=True)
class Cycle:
    """What a cycle cost: ``cpu_s`` in seconds, files that it ``changed``, ``peak_mib`` since the start."""

    cpu_s: float
    changed: int
    peak_mib: float


class StoreFiller:
    """Articles as their sources would bring them, stored and grouped by the program itself."""

    def __init__(self, folder: Path, *, articles: int, topics: int) -> None:
        self._topics = topics
        self._chance = random.Random(2)
        self._headlines: Iterator[Newcomer] = stream(max(articles, 1_000))
        self._store = open_database(folder)
        self._store.sync_sources(SOURCES, now=NOW)
        self._rules = make_rules(self._store, folder, topics)
        self._desk = StoryDesk()
        self._newest = self._write_article(NOW, count=1)

    def fill(self, count: int) -> None:
        """Store ``count`` articles, spread over the window of the feeds, oldest first."""
        window = timedelta(days=self._rules.publishing.window_days)
        step = window * 0.99 / count
        for start in range(0, count, BATCH):
            numbers = range(start, min(start + BATCH, count))
            self._add([self._write_article(NOW - step * (count - number)) for number in numbers], NOW)
            print(f"filled {numbers.stop:,} of {count:,}", file=sys.stderr, flush=True)
        judge_again(self._rules, self._store)

    def add_one(self, now: datetime) -> None:
        """Store a new article in two topics."""
        self._add([self._write_article(now, count=2)], now)

    def add_hundred(self, now: datetime) -> None:
        """Store 100 new articles at once."""
        self._add([self._write_article(now) for _ in range(100)], now)

    def edit_one(self, now: datetime) -> None:
        """Change the title of the newest article."""
        stored = self._store.article(self._newest.id)
        changed = replace(stored, title=f"{stored.title} as amended", updated_at=now)
        edited = self._rules.judge(changed, [stored.source_id])
        decided = Changes(updated=(edited,), sightings=(sighting(edited),))
        self._store.save_poll(SourceState(source_id=edited.source_id), [edited], lambda _: decided)

    def merge_two(self, now: datetime) -> None:
        """Make one story of the two that last got an article."""
        stories, members = read_stories_since(self._store, NOW - timedelta(days=1))
        kept, gone = sorted(stories, key=lambda story: story.turn)[-2:]
        moved = [(member.article_id, kept.id) for member in members if member.story_id == gone.id]
        done = save_grouping(
            self._store,
            Grouping(
                since_turn=read_last_turn(self._store),
                stories=(_join_stories(kept, gone, now),),
                moved=tuple(moved),
                merged=((gone.id, kept.id),),
            ),
        )
        assert done
        self._desk = StoryDesk()  # the one before does not know of it

    def close(self) -> None:
        """Close the store."""
        self._store.close()

    def _add(self, written: Sequence[Article], now: datetime) -> None:
        insert_articles(self._store, written)
        self._desk.group(rules=self._rules, store=self._store, now=now)
        self._newest = written[-1]

    def _write_article(self, at: datetime, count: int | None = None) -> Article:
        """Return a judged article in ``count`` topics, one or two where that is None."""
        headline = next(self._headlines)
        chosen = self._chance.sample(
            range(self._topics), min(count or self._chance.choice((1, 1, 2)), self._topics)
        )
        url = f"https://{headline.provider}/{headline.id}"
        written = article(
            at=at,
            id=str(uuid5(NAMESPACE_URL, url)),
            source_id=self._chance.choice(SOURCES).id,
            provider=provider(headline.provider),
            title=" ".join((headline.title, *map(name_subject, chosen))),
            excerpt=headline.excerpt,
            entry_id=url,
            canonical_url=url,
            web_url=url,
            original_url=url,
            stated_at=at,
            authors=("A. Person",),
            language="en",
        )
        return self._rules.judge(written, [written.source_id])


def main() -> None:
    """Measure, print, and write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--articles", type=int, default=2_000, metavar="N", help="stored (default: 2000)")
    parser.add_argument("--topics", type=int, default=20, metavar="N", help="of the site (default: 20)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there")
    options = parser.parse_args()
    cycles = measure(options.articles, options.topics)
    print(table(options.articles, options.topics, cycles))
    if options.json:
        reported = report(options.articles, options.topics, cycles)
        options.json.write_text(json.dumps(reported, indent=2) + "\n", encoding="utf-8")


def measure(articles: int, topics: int) -> Mapping[str, Cycle]:
    """Return what each cycle of publishing costs with so many articles and topics, by its name."""
    with tempfile.TemporaryDirectory() as made:
        filler = StoreFiller(Path(made), articles=articles, topics=topics)
        filler.fill(articles)
        changes: Mapping[str, Callable[[datetime], None]] = {
            "one_new": filler.add_one,
            "one_edit": filler.edit_one,
            "merge": filler.merge_two,
            "hundred_new": filler.add_hundred,
        }
        cycles, now = {}, NOW
        with start_publisher(Path(made), topics) as publisher:
            for name in CYCLES:
                now += PAUSE
                if name in changes:
                    changes[name](now)
                publisher.send(now)
                cycles[name] = publisher.recv()
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
        f"{'cycle':12}{'CPU s':>10}{'files':>8}{'peak MiB':>10}",
    ]
    for name, cycle in cycles.items():
        words = name.replace("_", " ")
        lines.append(f"{words:12}{cycle.cpu_s:>10.3f}{cycle.changed:>8,}{cycle.peak_mib:>10.0f}")
    return "\n".join(lines)


@contextmanager
def start_publisher(folder: Path, topics: int) -> Iterator[Connection]:
    """Start a process that publishes at every time it is sent, and answers with a ``Cycle``."""
    context = get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=publish_cycles, args=(there, folder, topics))
    process.start()
    there.close()
    try:
        yield here
    finally:
        here.close()
        process.join()


def publish_cycles(orders: Connection, folder: Path, topics: int) -> None:
    """Publish at every time that is sent, until nobody sends any more."""
    share_arenas()
    tune_garbage_collection()
    before = UNKNOWN
    with open_database(folder) as store:
        rules = make_rules(store, folder, topics)
        while (now := _receive(orders)) is not None:
            started_s = _count_cpu_s()
            done = publish(rules=rules, store=store, now=now, before=before, is_clock_trusted=True)
            cpu_s = _count_cpu_s() - started_s
            if done.errors:
                raise SystemExit("\n".join(done.errors))
            before = done.state
            orders.send(Cycle(cpu_s=cpu_s, changed=len(done.changed), peak_mib=_read_peak_mib()))


def open_database(folder: Path) -> Store:
    """Return the store of the benchmark."""
    return open_store(f"sqlite:///{folder / 'aggregator.sqlite'}")


def make_rules(store: Store, folder: Path, topics: int) -> Rules:
    """Return the rules of a site with so many topics, which looks nothing up."""
    settings = Settings.model_validate(
        {
            "storage": {"feeds_dir": str(folder / "feeds")},
            "enrich": {"pages": False},
            "images": {"sizes": False, "logos": False, "cache": False},
        }
    )
    config = Config(folder=folder, settings=settings, sources=SOURCES, topics=make_topics(topics))
    return Rules.of(config, read_remembered_sources(store))


def make_topics(count: int) -> tuple[Topic, ...]:
    """Return topics of one keyword each; every tenth is the parent of the nine after it."""
    return tuple(
        Topic(
            id=f"topic-{number}",
            name=f"Topic {number}",
            keywords=(name_subject(number),),
            parent=f"topic-{number - number % TOPICS_PER_PARENT}" if number % TOPICS_PER_PARENT else None,
        )
        for number in range(count)
    )


def name_subject(topic: int) -> str:
    """Return a word that is only in titles of articles in this topic."""
    syllables = ("ba", "ke", "di", "fo", "gu", "la", "me", "ni", "po", "ru")
    return "zy" + "".join(syllables[int(digit)] for digit in f"{topic:04}") + "x"


def _join_stories(kept: Story, gone: Story, now: datetime) -> Story:
    return replace(
        kept,
        total=dict(Counter(kept.total) + Counter(gone.total)),
        turn=max(kept.turn, gone.turn),
        last_at=max(kept.last_at, gone.last_at),
        formed_at=now,
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
