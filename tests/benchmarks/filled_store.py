"""A store filled with made-up articles by the program itself, and what can happen to them."""

import random
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from aggregator.config import Config, Settings
from aggregator.model import Article, Changes, Grouping, SourceState, Story, Topic
from aggregator.pipeline.grouping import StoryDesk
from aggregator.pipeline.publish.judgements import judge_again
from aggregator.pipeline.site import Site
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
from tests.benchmarks.stories import stream_events
from tests.builders import article, insert_articles, provider, sighting, source

SOURCES = tuple(source(f"source-{number}") for number in range(50))
BATCH = 500
TOPICS_PER_PARENT = 10
TOPICS_PER_EVENT = 2
LOOKUPS_OFF = {"enrich": {"pages": False}, "images": {"sizes": False, "logos": False, "cache": False}}


class StoreFiller:
    """Articles as their sources would bring them, stored and grouped by the program itself."""

    def __init__(self, folder: Path, *, articles: int, topics: int, now: datetime) -> None:
        self._topics = topics
        self._now = now
        self._chance = random.Random(2)
        self._headlines: Iterator[tuple[int, Newcomer]] = stream_events(max(articles, 1_000))
        self._store = open_database(folder)
        self._store.sync_sources(SOURCES, now=self._now)
        self._rules = make_rules(self._store, folder, topics)
        self._desk = StoryDesk()
        self._newest = self._write_article(self._now, count=1)

    def fill(self, count: int) -> None:
        """Store ``count`` articles, spread over the window of the feeds, oldest first."""
        window = timedelta(days=self._rules.publishing.window_days)
        step = window * 0.99 / count
        for start in range(0, count, BATCH):
            numbers = range(start, min(start + BATCH, count))
            self._add(
                [self._write_article(self._now - step * (count - number)) for number in numbers], self._now
            )
            print(f"filled {numbers.stop:,} of {count:,}", file=sys.stderr, flush=True)
        judge_again(Site(rules=self._rules, store=self._store, now=self._now))

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
        edited = self._rules.judge(changed, [stored.source_id], now=now)
        decided = Changes(updated=(edited,), sightings=(sighting(edited),))
        self._store.save_poll(SourceState(source_id=edited.source_id), [edited], lambda _: decided)

    def merge_two(self, now: datetime) -> None:
        """Make one story of the two that last got an article."""
        stories, members = read_stories_since(self._store, now - timedelta(days=1))
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
        self._desk.group_site(Site(rules=self._rules, store=self._store, now=now))
        self._newest = written[-1]

    def _write_article(self, at: datetime, count: int | None = None) -> Article:
        """Return a judged article in ``count`` topics of its event, one or two where that is None."""
        event, headline = next(self._headlines)
        chosen = pick_topics(event, self._topics)[: count or self._chance.choice((1, 1, 2))]
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
        return self._rules.judge(written, [written.source_id], now=at)


def open_database(folder: Path) -> Store:
    """Return the store of the benchmark."""
    path = folder / "data" / "aggregator.db"
    path.parent.mkdir(exist_ok=True)
    return open_store(f"sqlite:///{path}")


def make_rules(store: Store, folder: Path, topics: int) -> Rules:
    """Return the rules of a site with so many topics, which looks nothing up."""
    return Rules.of(make_config(folder, topics), read_remembered_sources(store))


def make_config(folder: Path, topics: int) -> Config:
    """Return the configuration of that site."""
    settings = Settings.model_validate({"storage": {"feeds_dir": str(folder / "feeds")}, **LOOKUPS_OFF})
    return Config(folder=folder, settings=settings, sources=SOURCES, topics=make_topics(topics))


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


def pick_topics(event: int, topics: int) -> list[int]:
    """Return the numbers of the topics that an event is about, of so many."""
    return random.Random(event).sample(range(topics), min(TOPICS_PER_EVENT, topics))


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
