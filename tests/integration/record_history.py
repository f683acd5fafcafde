"""A small site with records, to which anything happens that can happen to records, a kill at any step."""

import shutil
import sqlite3
import sys
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import Engine, event, text

from aggregator.config import Config, Settings
from aggregator.model import Changes, Grouping, SourceState, Topic
from aggregator.pipeline.publish.arrangement import arrange_feeds
from aggregator.pipeline.records import publish_records, rebuild_records
from aggregator.pipeline.site import Site
from aggregator.rules import Rules
from aggregator.secured import SecuredKeys
from aggregator.store import (
    accept_source,
    find_leftovers,
    forget_leftovers,
    open_store,
    read_article_batches,
    read_last_turn,
    read_stories_since,
    read_story_ids,
    save_grouping,
)
from aggregator.store.articles.removals import remove_articles
from tests.builders import NOW, article, insert_articles, member, provider, sighting, source, story

SOURCES = tuple(source(id_) for id_ in ("daily", "evening"))
NAMES = {"ml": "Machine Learning", "ai": "AI", "tax": "Tax"}
KEYS = (SecuredKeys(), SecuredKeys((b"k" * 32,)), SecuredKeys((b"o" * 32, b"k" * 32)))
QUIET = {"enrich": {"pages": False}, "images": {"sizes": False, "logos": False, "cache": False}}
MOST_STEPS = 60


class Killed(BaseException):
    """The process would be gone."""


class _Countdown:
    """Kills at a step, a file or a transaction that is about to be finished; None: never."""

    left: int | None = None

    def count(self, *_):
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                self.left = None
                raise Killed


_countdown = _Countdown()
event.listen(Engine, "commit", _countdown.count)
sys.addaudithook(lambda name, _: _countdown.count() if name in ("os.rename", "os.remove") else None)


class RecordHistory:
    """What happens to a site, and what its records say then."""

    def __init__(self, folder, rng):
        self._folder, self._rng = folder, rng
        self._store = open_store(f"sqlite:///{folder}/a.db")
        self._store.sync_sources(SOURCES, now=NOW)
        self._now, self._number = NOW, 0
        self._topics, self._settings, self._keys = dict(NAMES), {"records": True}, KEYS[0]
        self._urls = {}
        self.kills = 0

    def go_on(self):
        """Let one thing happen."""
        self._rng.choice(
            (
                self.add, self.add, self.add_many, self.edit, self.edit, self.remove, self.quarantine,
                self.accept, self.join, self.join, self.merge, self.link, self.wait, self.wait, self.turn_back,
                self.switch, self.rename, self.change_topics, self.change_keys, self.move_source,
                self.break_files, self.kill, self.kill, self.publish, self.publish_without_heat,
            )
        )()  # fmt: skip

    def add(self):
        """Store a new article."""
        insert_articles(self._store, [self._write()])

    def add_many(self):
        """Store enough for another page."""
        insert_articles(self._store, [self._write() for _ in range(self._rng.randrange(10, 40))])

    def edit(self):
        """Change what is said of some articles."""
        for known in self._choose(self._rng.randrange(1, 4)):
            changes = {
                "title": f"{known.title}, amended",
                "quality": self._rng.choice((60, 70, 71, 90)),
                "published_at": known.published_at + timedelta(hours=self._rng.choice((0, 0, 0, 30))),
                "topics": tuple(self._rng.sample(sorted(NAMES), self._rng.randrange(3))),
                "is_backlog": self._rng.random() < 0.1,
            }
            names = self._rng.sample(sorted(changes), 2)
            edited = replace(known, **{name: changes[name] for name in names})
            decided = Changes(updated=(edited,), sightings=(sighting(edited),))
            state = SourceState(source_id=edited.source_id)
            self._store.save_poll(state, [edited], lambda _, decided=decided: decided)

    def remove(self):
        """Remove some articles, and sometimes what they leave behind."""
        with self._store.writing() as connection:
            remove_articles(connection, [a.id for a in self._choose(self._rng.randrange(1, 30))])
        if self._rng.random() < 0.5:
            while (left := find_leftovers(self._store, except_source="imported")) is not None:
                for name in left.records:
                    (self._feeds / "_news" / name).unlink(missing_ok=True)
                forget_leftovers(self._store, left, except_source="imported")

    def quarantine(self):
        """Have some articles wait for the operator."""
        for known in self._choose(3):
            self._store.update_articles([replace(known, is_quarantined=True)])

    def accept(self):
        """Let in what waits."""
        accept_source(self._store, self._rng.choice(SOURCES).id, now=self._now)

    def join(self):
        """Put articles that have no story into a new one, or into one that is there."""
        chosen = self._choose(4)
        placed = read_story_ids(self._store, [a.id for a in chosen])
        loose = [a for a in chosen if a.id not in placed]
        if loose:
            into = next(iter(placed.values()), loose[0].id)
            turn = read_last_turn(self._store)
            members = [
                member(a.id, into, turn=turn + n, provider=a.provider.domain, published_at=a.published_at)
                for n, a in enumerate(loose, start=1)
            ]
            stories, _ = read_stories_since(self._store, self._now - timedelta(days=900))
            known = next((s for s in stories if s.id == into), None)
            first = known or story(into, founded=turn + 1, last_at=self._now)
            self._group(stories=(replace(first, turn=members[-1].turn),), members=tuple(members))

    def merge(self):
        """Make one story of two."""
        stories, members = read_stories_since(self._store, self._now - timedelta(days=900))
        if len(stories) > 1:
            kept, gone = self._rng.sample(stories, 2)
            moved = tuple((m.article_id, kept.id) for m in members if m.story_id == gone.id)
            self._group(stories=(kept,), moved=moved, merged=((gone.id, kept.id),))

    def link(self):
        """Find two stories to be related."""
        stories, _ = read_stories_since(self._store, self._now - timedelta(days=900))
        if len(stories) > 1:
            a, b = sorted(s.id for s in self._rng.sample(stories, 2))
            self._group(links=((a, b, 0.5),))

    def wait(self):
        """Let time pass."""
        self._now += self._rng.choice((timedelta(seconds=7), timedelta(hours=3), timedelta(days=12)))

    def turn_back(self):
        """Set the clock back, as after it was wrong."""
        self._now -= self._rng.choice((timedelta(seconds=7), timedelta(hours=3)))

    def switch(self):
        """Switch records off, or on again."""
        self._settings["records"] = not self._settings["records"]

    def rename(self):
        """Give a topic another name."""
        topic_id = self._rng.choice(sorted(NAMES))
        self._topics[topic_id] = f"{NAMES[topic_id]} {self._rng.randrange(100)}"

    def change_topics(self):
        """Remove a topic from the configuration, or put it there again."""
        if self._topics.pop("tax", None) is None:
            self._topics["tax"] = NAMES["tax"]

    def change_keys(self):
        """Seal by another key, or not at all."""
        self._keys = self._rng.choice(KEYS)

    def move_source(self):
        """Give a source another address."""
        self._urls["daily"] = f"https://daily.example/feed-{self._rng.randrange(100)}"

    def break_files(self):
        """Remove the file of a record that will be written again, as somebody by hand."""
        for path in sorted(self._feeds.glob("_news/*.md"))[:2]:
            path.unlink()
        self._settings["records"] = True
        rebuild_records(Site(rules=self._make_rules(), store=self._store, now=self._now), keys=self._keys)

    def publish(self, *, is_cooling=True):
        """Write what changed."""
        self._arrange()
        done = publish_records(
            Site(rules=self._make_rules(), store=self._store, now=self._now), keys=self._keys, is_cooling=is_cooling,
        )  # fmt: skip
        assert done.errors == ()

    def publish_without_heat(self):
        """Write what changed, but leave what only has another heat."""
        self.publish(is_cooling=False)

    def kill(self):
        """Write what changed, and be killed in between."""
        self._arrange()
        _countdown.left = self._rng.choice((self._rng.randrange(4), self._rng.randrange(MOST_STEPS)))
        try:
            self.publish()
        except Killed:
            self.kills += 1
        finally:
            _countdown.left = None

    def check(self):
        """What there is equals what a rebuild into an empty folder gives."""
        self.publish()
        shutil.rmtree(self._folder / "anew", ignore_errors=True)
        copied = self._folder / "copy.db"
        copied.unlink(missing_ok=True)
        with sqlite3.connect(self._folder / "a.db") as known, sqlite3.connect(copied) as copy:
            known.backup(copy)
        with open_store(f"sqlite:///{copied}") as copy:
            rules = replace(self._make_rules(), feeds_dir=self._folder / "anew")
            done = rebuild_records(Site(rules=rules, store=copy, now=self._now), keys=self._keys)
        assert done.errors == ()
        found, wanted = files_below(self._feeds), files_below(self._folder / "anew")
        assert sorted(found) == sorted(wanted)
        assert [name for name in wanted if found[name] != wanted[name]] == []
        if not self._settings["records"]:
            assert found == {}
            assert not self._count("marks WHERE kind = 'record'")

    def close(self):
        """Close the store."""
        self._store.close()

    @property
    def _feeds(self):
        return self._folder / "feeds"

    def _arrange(self):
        """Mark the records of what changed."""
        arrange_feeds(Site(rules=self._make_rules(), store=self._store, now=self._now))

    def _make_rules(self):
        settings = {"storage": {"feeds_dir": str(self._feeds)}, "publish": dict(self._settings), **QUIET}
        topics = tuple(Topic(id=id_, name=name, keywords=(name,)) for id_, name in self._topics.items())
        sources = tuple(replace(s, url=self._urls.get(s.id, s.url)) for s in SOURCES)
        config = Config(
            folder=self._folder, settings=Settings.model_validate(settings), sources=sources, topics=topics
        )
        return Rules.of(config, {})

    def _group(self, **changes):
        assert save_grouping(self._store, Grouping(since_turn=read_last_turn(self._store), **changes))

    def _count(self, where):
        with self._store.reading() as connection:
            return connection.execute(text(f"SELECT count(*) FROM {where}")).scalar_one()

    def _choose(self, count):
        known = [a for batch in read_article_batches(self._store) for a in batch]
        return self._rng.sample(known, min(count, len(known)))

    def _write(self):
        self._number += 1
        age = timedelta(hours=self._rng.choice((0, 0, 1, 2, 30, 200, 800)), minutes=self._rng.randrange(3))
        return article(
            self._number,
            at=self._now - age,
            source_id=self._rng.choice(SOURCES).id,
            provider=provider(self._rng.choice(("a.example", "b.example", "c.example"))),
            title=f"Title {self._rng.randrange(50)}",
            topics=tuple(self._rng.sample(sorted(NAMES), self._rng.randrange(3))),
            quality=self._rng.choice((60, 70, 75, 90)),
            is_backlog=self._rng.random() < 0.1,
        )


def files_below(folder):
    """Return the files of a folder with what they hold, by name, without those of a lock or left by a kill."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith(".")
    }
