"""The tables of stories agree with each other, whatever happens to a store."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from aggregator.errors import StoreError
from aggregator.model import Grouping
from aggregator.pipeline.grouping import StoryDesk, restore_grouper
from aggregator.pipeline.site import Site
from aggregator.store import (
    find_articles_to_group,
    find_current_story,
    find_filled_stories,
    find_leftovers,
    find_stories_by_prefix,
    forget_leftovers,
    open_store,
    read_article_batches,
    read_stories,
    read_story_ids,
    remove_articles_before,
    retire_source,
    save_grouping,
)
from aggregator.stories import Thresholds
from tests.builders import article, insert_articles, member, provider, story
from tests.profiles import repeat
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


def make_seeds(count):
    """Return what histories are played on: most of them on SQLite, where they take a third of the time."""
    ours, theirs = range(repeat(count, large=60)), range(100, 100 + repeat(1, large=20))
    return [*(("sqlite", seed) for seed in ours), *(("postgresql", seed) for seed in theirs)]


@pytest.mark.parametrize(("store_url", "seed"), make_seeds(3), indirect=["store_url"])
def test_stories_that_come_together_and_part_in_one_batch_are_whole(store_url, defaults, seed):
    """Stories, their articles, the ids that led to them and their links agree after each batch."""
    now, newsroom, desk = START, Newsroom(random.Random(seed)), StoryDesk()
    with open_store(store_url) as store:
        for _ in range(6):
            insert_articles(store, newsroom.articles(50, now))
            desk.group(rules=defaults, store=store, now=now)
            assert broken_invariants(store) == []
            now += timedelta(minutes=1)


class History:
    """A store to which anything happens, in an order that only ``rng`` knows."""

    def __init__(self, store, rules, rng):
        self._store, self._rules, self._rng = store, rules, rng
        self._is_sqlite = store.url.startswith("sqlite")
        self._newsroom = Newsroom(rng)
        self._desk = StoryDesk()
        self._now = START
        self.has_empty = False

    def go_on(self):
        """Let the next thing happen."""
        self._now += timedelta(hours=self._rng.choice((0, 1, 8, 60)))
        insert_articles(self._store, self._newsroom.articles(self._rng.randrange(1, 40), self._now))
        happens = (self.group, self.group, self.restart, self.kill, self.prune, self.come_back, self.forget)
        self._rng.choice(happens)()

    def group(self):
        """Group what is new."""
        self._desk.group_site(Site(rules=self._rules, store=self._store, now=self._now))
        assert find_articles_to_group(self._store, 1) == ()

    def restart(self):
        """Group what is new by a new process."""
        self._desk = StoryDesk()
        self.group()

    def kill(self):
        """Let grouping fail within its transaction, and be done again by the same process."""
        place = self._rng.choice(sorted(KILLED_AT.values()))
        self._break(place)
        try:
            self.group()
        except StoreError:
            assert broken_invariants(self._store, may_be_empty=self.has_empty) == []
        self._run("DROP TRIGGER killed" if self._is_sqlite else f"DROP TRIGGER killed ON {place.split()[-1]}")
        self.group()

    def prune(self):
        """Remove what is old."""
        self.group()
        self.has_empty |= (
            remove_articles_before(self._store, self._now - timedelta(hours=self._rng.choice((1, 24, 72))))
            > 0
        )

    def come_back(self):
        """Remove a source's articles, some of which come again with the ids they had."""
        self.group()
        source_id = f"s{self._rng.randrange(3)}"
        batches = [
            a for batch in read_article_batches(self._store) for a in batch if a.source_id == source_id
        ]
        self.has_empty |= retire_source(self._store, source_id, with_articles=True) > 0
        insert_articles(self._store, self._rng.sample(batches, len(batches) // 2))
        self.group()

    def forget(self):
        """Remove the stories that lost their articles."""
        while (left := find_leftovers(self._store, except_source="imported")) is not None:
            forget_leftovers(self._store, left, except_source="imported")
        self.restart()

    def _break(self, place):
        """Let the database refuse a kind of change to a table."""
        if self._is_sqlite:
            self._run(f"CREATE TRIGGER killed BEFORE {place} BEGIN SELECT RAISE(ABORT, 'killed'); END")
            return
        said = "BEGIN RAISE EXCEPTION 'killed'; END"
        self._run(f"CREATE OR REPLACE FUNCTION killed() RETURNS trigger LANGUAGE plpgsql AS $${said}$$")
        self._run(f"CREATE TRIGGER killed BEFORE {place} FOR EACH ROW EXECUTE FUNCTION killed()")

    def _run(self, sql):
        with self._store.writing() as connection:
            connection.execute(text(sql))


@pytest.mark.parametrize(("store_url", "seed"), make_seeds(4), indirect=["store_url"])
def test_stories_stay_whole_whatever_happens(store_url, defaults, seed):
    """So do they when articles are removed and come back, and processes are killed and begin anew."""
    with open_store(store_url) as store:
        history = History(store, defaults, random.Random(seed))
        for _ in range(14):
            history.go_on()
            assert broken_invariants(store, may_be_empty=history.has_empty) == []


def reported(number, title, **changes):
    """Return an article of a publisher of its own."""
    values = {"id": f"id-{number}", "source_id": f"s{number}", "provider": provider(f"p{number}.example")}
    return article(number, at=START, **{**values, "title": title, **changes})


def story_of(store, number):
    """Return the id of an article's story."""
    return read_story_ids(store, [f"id-{number}"]).get(f"id-{number}")


@pytest.mark.parametrize("days", [0, 60])
@pytest.mark.parametrize("is_new_process", [False, True])
def test_an_article_that_comes_back_leaves_its_old_story_alone(store_url, defaults, is_new_process, days):
    """The story that was named after it has other articles by then, and keeps id and row."""
    fire = "Battery plant fire halts Kestrelholm accelerator deliveries"
    with open_store(store_url) as store:
        desk = StoryDesk()
        insert_articles(
            store,
            [
                reported(1, fire),
                reported(2, f"{fire} again"),
                reported(3, "Irida malaria vaccine halves infections"),
            ],
        )
        desk.group(rules=defaults, store=store, now=START)
        assert story_of(store, 1) == story_of(store, 2)
        named_after = int(story_of(store, 1).removeprefix("id-"))
        other = 3 - named_after
        retire_source(store, f"s{named_after}", with_articles=True)
        at = START + timedelta(days=days)
        insert_articles(
            store, [reported(named_after, "Dockers stop Port Alder crane automation", published_at=at)]
        )
        desk = StoryDesk() if is_new_process else desk
        desk.group(rules=defaults, store=store, now=START)
        assert story_of(store, other) == f"id-{named_after}" != story_of(store, named_after)
        assert broken_invariants(store, may_be_empty=True) == []
        assert find_current_story(store, f"id-{named_after}") == f"id-{named_after}"


def test_a_new_process_knows_which_ids_are_taken(store_url):
    """A story that is over keeps its id, though its first article is in one that goes on."""
    later = START + timedelta(days=60)
    kept = {"total": {"comet": 1.0}, "checked": 1}
    rows = {"terms": ("comet",), "vector": {"comet": 1.0}}
    with open_store(store_url) as store:
        insert_articles(store, [reported(n, "A comet") for n in (1, 2, 3)])
        grouping = Grouping(
            since_turn=0,
            stories=(
                story("id-1", founded=2, turn=5, last_at=START, **kept),
                story("id-3", founded=1, turn=6, last_at=later, **kept),
            ),
            members=(
                member("id-1", "id-3", turn=1, published_at=later, **rows),
                member("id-2", "id-1", turn=3, published_at=START, **rows),
                member("id-3", "id-3", turn=4, published_at=later, **rows),
            ),
        )
        assert save_grouping(store, grouping)
        assert broken_invariants(store) == []
        assert restore_grouper(store, Thresholds()).taken == {"id-1"}
        assert find_filled_stories(store, ["id-1", "id-2", "id-3"]) == {"id-1", "id-3"}
        assert find_stories_by_prefix(store, "ID-2") == find_stories_by_prefix(store, "id-2") == ("id-1",)


def test_when_a_story_was_formed_stays_known(store_url):
    """An article more does not undo it, and what forms it again is what counts."""
    with open_store(store_url) as store:
        known = None
        for turn, formed_at in enumerate((None, START, None, START + timedelta(hours=1), None)):
            kept = story(turn=turn + 1, last_at=START, formed_at=formed_at)
            assert save_grouping(store, Grouping(since_turn=turn, stories=(kept,)))
            known = formed_at or known
            (one,) = read_stories(store, ["id-1"])
            assert one.formed_at == known
