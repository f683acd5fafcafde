"""The tables of stories agree with each other, whatever happens to a store."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from aggregator.errors import StoreError
from aggregator.model import SourceState
from aggregator.pipeline import StoryDesk
from aggregator.store import articles_to_group, forget_empty_stories, open_store
from tests.store.test_contract import inserting
from tests.stories.invariants import broken_invariants
from tests.stories.newsroom import Newsroom

START = datetime(2026, 11, 28, tzinfo=UTC)
KILLED_AT = {
    "stories": "INSERT ON stories",
    "members": "INSERT ON story_members",
    "merging": "INSERT ON story_aliases",
    "moving": "UPDATE ON story_members",
    "links": "INSERT ON story_links",
}


def insert(store, articles):
    """Store articles as polls of their sources do."""
    for source_id in sorted({article.source_id for article in articles}):
        own = [article for article in articles if article.source_id == source_id]
        store.save_poll(SourceState(source_id=source_id), own, inserting(*own))


@pytest.mark.parametrize("seed", range(12))
def test_stories_that_come_together_and_part_in_one_batch_are_whole(tmp_path, defaults, seed):
    """Stories, their articles, the ids that led to them and their links agree after each batch."""
    now, newsroom, desk = START, Newsroom(random.Random(seed)), StoryDesk()
    with open_store(f"sqlite:///{tmp_path}/a.db") as store:
        for _ in range(6):
            insert(store, newsroom.articles(50, now))
            desk.group(rules=defaults, store=store, now=now)
            assert broken_invariants(store) == []
            now += timedelta(minutes=1)


class History:
    """A store to which anything happens, in an order that only ``rng`` knows."""

    def __init__(self, store, rules, rng):
        self._store, self._rules, self._rng = store, rules, rng
        self._newsroom = Newsroom(rng)
        self._desk = StoryDesk()
        self._now = START
        self._gone = []
        self.has_empty = False

    def go_on(self):
        """Let the next thing happen."""
        self._now += timedelta(hours=self._rng.choice((0, 1, 8, 60)))
        insert(self._store, self._newsroom.articles(self._rng.randrange(1, 40), self._now))
        happens = (self.group, self.group, self.restart, self.kill, self.prune, self.come_back, self.forget)
        self._rng.choice(happens)()

    def group(self):
        """Group what is new."""
        self._desk.group(rules=self._rules, store=self._store, now=self._now)
        assert articles_to_group(self._store, 1) == ()

    def restart(self):
        """Group what is new by a new process."""
        self._desk = StoryDesk()
        self.group()

    def kill(self):
        """Let grouping fail within its transaction, and be done again by the same process."""
        place = self._rng.choice(sorted(KILLED_AT.values()))
        self._run(f"CREATE TRIGGER killed BEFORE {place} BEGIN SELECT RAISE(ABORT, 'killed'); END")
        try:
            self.group()
        except StoreError:
            assert broken_invariants(self._store, may_be_empty=self.has_empty) == []
        self._run("DROP TRIGGER killed")
        self.group()

    def prune(self):
        """Remove what is old."""
        self.group()
        self.has_empty |= self._store.prune(self._now - timedelta(hours=self._rng.choice((1, 24, 72)))) > 0

    def come_back(self):
        """Remove a source's articles, some of which come again with the ids they had."""
        self.group()
        source_id = f"s{self._rng.randrange(3)}"
        batches = [a for batch in self._store.article_batches() for a in batch if a.source_id == source_id]
        self.has_empty |= self._store.remove_source(source_id, with_articles=True) > 0
        insert(self._store, self._rng.sample(batches, len(batches) // 2))
        self.group()

    def forget(self):
        """Remove the stories that lost their articles."""
        forget_empty_stories(self._store)
        self.restart()

    def _run(self, sql):
        with self._store.writing() as connection:
            connection.execute(text(sql))


@pytest.mark.parametrize("seed", range(16))
def test_stories_stay_whole_whatever_happens(tmp_path, defaults, seed):
    """So do they when articles are removed and come back, and processes are killed and begin anew."""
    with open_store(f"sqlite:///{tmp_path}/a.db") as store:
        history = History(store, defaults, random.Random(seed))
        for _ in range(14):
            history.go_on()
            assert broken_invariants(store, may_be_empty=history.has_empty) == []
