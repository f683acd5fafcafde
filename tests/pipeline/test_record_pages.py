"""Which pages of records a change concerns, and that no others are written."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from aggregator.config import Config, Settings
from aggregator.model import Changes, SourceState
from aggregator.pipeline.records import publish_records
from aggregator.pipeline.records.page_changes import find_page_marks, select_page_marks
from aggregator.pipeline.site import Site
from aggregator.rules import Rules
from aggregator.secured import SecuredKeys
from aggregator.store import MarkKind, RecordState, open_store, read_marks
from aggregator.store.articles.removals import remove_articles
from aggregator.store.marks import add_marks
from tests.builders import NOW, article, insert_articles, sighting, source, topic
from tests.empty_store import put_empty_store

HOUR = timedelta(hours=1)


def record_state(**changes):
    """Return what a record on the pages of all and of a topic says."""
    values = {
        "article_id": "id-1", "published_at": NOW, "heat": 70, "warmth": 70.0, "cools_at": None,
        "item": b"old", "topic_ids": ("ai", "all"),
    }  # fmt: skip
    return RecordState(**{**values, **changes})


def changes_of(before, after):
    """Return topic, age and whether what follows moves, of each place that changes."""
    marks = select_page_marks(find_page_marks(before, after))
    return sorted((mark.topic_id, NOW - mark.published_at, mark.moves) for mark in marks)


def test_a_record_that_says_the_same_marks_nothing():
    """Neither does one that is on no page."""
    assert changes_of(record_state(), record_state()) == []
    assert changes_of(None, record_state(item=None, topic_ids=())) == []


def test_what_changes_moves_nothing_and_what_comes_or_goes_does():
    """In each topic for itself; one with another date does so where it was and where it is."""
    now = timedelta(0)
    assert changes_of(record_state(), record_state(item=b"new")) == [("ai", now, False), ("all", now, False)]
    assert changes_of(None, record_state()) == [("ai", now, True), ("all", now, True)]
    assert changes_of(record_state(), None) == [("ai", now, True), ("all", now, True)]
    assert changes_of(record_state(), record_state(item=b"new", topic_ids=("all",))) == [
        ("ai", now, True),
        ("all", now, False),
    ]
    older = record_state(published_at=NOW - HOUR, topic_ids=("all",))
    assert changes_of(older, replace(older, published_at=NOW)) == [("all", now, True)]


def test_what_follows_a_move_needs_no_mark():
    """The first place that moves others says all that those after it say."""
    states = [record_state(published_at=NOW - n * HOUR, topic_ids=("all",)) for n in range(4)]
    changed = [find_page_marks(one, replace(one, item=b"new")) for one in states]
    marks = [mark for found in (*changed, find_page_marks(None, states[2])) for mark in found]
    assert [(NOW - mark.published_at, mark.moves) for mark in select_page_marks(marks)] == [
        (0 * HOUR, False), (HOUR, False), (2 * HOUR, True),
    ]  # fmt: skip


@pytest.fixture
def site(tmp_path):
    """A published site with records, four pages of them in all; nothing changes with time there."""
    with open_store(put_empty_store(tmp_path / "a.db")) as store:
        store.sync_sources([source()], now=NOW)
        made = RecordSite(tmp_path, store)
        made.add(*(made.write(number) for number in range(80)))
        made.publish()
        yield made


class RecordSite:
    """A site with records of articles that came in some order."""

    def __init__(self, folder, store):
        self.store, self.feeds = store, folder / "feeds"
        settings = Settings.model_validate(
            {
                "storage": {"feeds_dir": str(self.feeds)},
                "publish": {"records": True},
                "images": {"sizes": False},
            }
        )
        config = Config(folder=folder, settings=settings, sources=(source(),), topics=(topic("ai"),))
        self.rules = Rules.of(config, {})

    def write(self, number, **changes):
        """Return an article of long ago, so many hours before others."""
        values = {"at": NOW - timedelta(days=100, hours=number), "topics": ()}
        return article(number, **{**values, **changes})

    def add(self, *articles):
        insert_articles(self.store, articles)
        self.mark(*(a.id for a in articles))

    def mark(self, *ids):
        with self.store.writing() as connection:
            add_marks(connection, MarkKind.RECORD, ids)

    def publish(self, now=NOW):
        """Return what was done, and the names of the files that were written."""
        before = self.stamps()
        done = publish_records(Site(rules=self.rules, store=self.store, now=now), keys=SecuredKeys())
        after = self.stamps()
        return done, sorted(name for name, stamp in after.items() if before.get(name) != stamp)

    def stamps(self):
        files = (path for path in self.feeds.rglob("*") if path.is_file() and path.name[0] != ".")
        return {path.relative_to(self.feeds).as_posix(): path.stat().st_ino for path in files}

    def read_page(self, number):
        return json.loads((self.feeds / f"api/news/page/{number}/index.json").read_bytes())


def test_a_new_record_writes_the_pages_from_its_place_on(site):
    """Those before it, and those of topics that do not list it, are left alone."""
    site.add(site.write(100, at=NOW - timedelta(days=100, hours=55, minutes=1)))
    done, names = site.publish()
    assert (done.changed, done.errors) == (3, ())
    assert names[1:] == ["api/news/page/3/index.json", "api/news/page/4/index.json"]


def test_a_record_that_changes_writes_one_page(site):
    """Nothing moves, whatever else is on the pages."""
    edited = replace(site.store.article("id-30"), title="Another one")
    decided = Changes(updated=(edited,), sightings=(sighting(edited),))
    site.store.save_poll(SourceState(source_id="daily"), [edited], lambda _: decided)
    site.mark("id-30")
    done, names = site.publish()
    assert (done.changed, names[1:]) == (2, ["api/news/page/2/index.json"])


def test_a_record_that_was_marked_again_and_again_is_written_once(site):
    """However many marks of others stand between."""
    for _ in range(300):
        site.mark("id-30", "id-31")
    done, _ = site.publish()
    assert (done.changed, done.unchanged) == (0, 2)
    assert read_marks(site.store, MarkKind.RECORD, now=NOW, limit=1) == ()


def test_the_page_before_one_that_comes_or_goes_leads_there_or_not(site):
    """The last page is told from the others by what it leads to."""
    new = [site.write(200 + number) for number in range(21)]
    site.add(*new)
    site.publish()
    assert [site.read_page(n)["nextPage"] for n in (4, 5)] == [5, None]
    with site.store.writing() as connection:
        remove_articles(connection, [new[-1].id])
    site.mark(new[-1].id)
    done, names = site.publish()
    assert (done.removed, names) == (2, ["api/news/page/4/index.json"])
    assert site.read_page(4)["nextPage"] is None


def test_a_record_that_cannot_be_written_is_tried_again(site):
    """The others are written; a minute later so is this one."""
    (blocked,) = (site.feeds / "_news").glob("*-title-3.md")
    blocked.unlink()
    blocked.mkdir()
    site.mark("id-3", "id-4")
    done, _ = site.publish()
    assert [blocked.name in error for error in done.errors] == [True]
    assert read_marks(site.store, MarkKind.RECORD, now=NOW, limit=9) == ()
    blocked.rmdir()
    done, names = site.publish(NOW + timedelta(minutes=1))
    assert (done.errors, names) == ((), [f"_news/{blocked.name}"])


def test_a_page_that_cannot_be_written_is_tried_again(site):
    """What it should show is known meanwhile."""
    page = site.feeds / "api/news/page/4/index.json"
    page.unlink()
    page.mkdir()
    site.add(site.write(300))
    done, _ = site.publish()
    assert len(done.errors) == 1
    page.rmdir()
    done, names = site.publish()
    assert (done.errors, names) == ((), ["api/news/page/4/index.json"])


def test_a_removed_file_comes_again_with_the_heat(site):
    """Where heat has fallen, only that line changes; where there is no such file, it is written whole."""
    measured_at = NOW.replace(hour=6, microsecond=0)
    fresh = site.write(400, at=measured_at, quality=90)
    site.add(fresh)
    site.publish()
    (path,) = (site.feeds / "_news").glob("*-title-400.md")
    whole = path.read_text()
    _, names = site.publish(NOW + timedelta(hours=48))
    assert path.read_text() == whole.replace("heat: 90\n", "heat: 45\n")
    assert names == [f"_news/{path.name}", "api/news/index.json", "api/news/page/1/index.json"]
    assert site.read_page(1)["value"][0]["heat"] == 45
    path.unlink()
    site.publish(NOW + timedelta(hours=96))
    assert path.read_text() == whole.replace("heat: 90\n", "heat: 27\n")
