"""Each kind of damage to a store and its tree is found, and mended where it can be made anew."""

import os
import sqlite3
from contextlib import closing
from random import Random

import pytest

from aggregator.pipeline.verification import find_violations, repair_site
from aggregator.publish.tree_paths import LOGOS, PICTURE_COPIES, RECORDS
from aggregator.secured import SecuredKeys
from aggregator.store import count_articles
from tests.profiles import repeat
from tests.publishing_equality.arrivals import ARRIVALS
from tests.publishing_equality.histories import publish_all
from tests.publishing_equality.pictures import check_pictures, look_at_marked
from tests.publishing_equality.regrouping import merge_stories, place_articles
from tests.publishing_equality.trees import find_differences
from tests.publishing_equality.world import World

NOBODY = "00000000-0000-5000-8000-00000000dead"
SOMEBODY = "(SELECT item_id FROM feed_items WHERE feed = 'all/articles' AND digest IS NOT NULL LIMIT 1)"
STORY = "(SELECT story_id FROM story_members GROUP BY story_id HAVING count(*) > 1 ORDER BY 1 LIMIT 1)"
OTHER = f"(SELECT id FROM stories WHERE id <> {STORY} ORDER BY id LIMIT 1)"
ROWS = {
    "an article that feeds show is gone": (
        f"DELETE FROM articles WHERE id = {SOMEBODY}", "there is no such article"),
    "a story is gone": (f"DELETE FROM stories WHERE id = {STORY}", "is part of a story that is not there"),
    "a grouped article does not count as one": (
        "UPDATE articles SET is_grouped = 0 WHERE is_grouped", "is part of a story, but counts as not"),
    "a member is gone": (
        f"DELETE FROM story_members WHERE story_id = {STORY}", "counts as grouped, but is part of no story"),
    "a story without articles": (
        f"INSERT INTO stories VALUES ('{NOBODY}', NULL, 0, 1, 0, 0, 0, NULL)", f"stories {NOBODY}: it has no"),
    "a story ended too early": (
        f"UPDATE stories SET last_at = 1 WHERE id = {STORY}", "it ended before its newest article"),
    "a story is too young": (
        f"UPDATE stories SET founded = 1000000 WHERE id = {STORY}", "it is younger than its first article"),
    "a story did not change": (
        f"UPDATE stories SET turn = 0 WHERE id = {STORY}", "an article joined it after it last changed"),
    "an alias to nowhere": (
        f"INSERT INTO story_aliases VALUES ('x', '{NOBODY}')", "story_aliases x: it leads to a story that"),
    "an alias that is a story": (
        f"INSERT INTO story_aliases VALUES ({OTHER}, {STORY})", "but is one itself"),
    "a link to nowhere": (
        f"INSERT INTO story_links VALUES ({STORY}, '{NOBODY}', 0.5)", "of which one is not there"),
    "a link to itself": (
        f"INSERT INTO story_links VALUES ({STORY}, {STORY}, 0.5)", "of which one is not there"),
    "a link of both ways": (
        f"DELETE FROM story_links; INSERT INTO story_links VALUES ({STORY}, {OTHER}, 0.5), ({OTHER}, {STORY}, 0.5)",
        "two stories are related twice"),
    "a feed holds an article that is not there": (
        f"INSERT INTO feed_items VALUES ('ml/articles', '{NOBODY}', 1, 1, 1, 0, NULL)", "ml/articles"),
    "a feed holds a story that is not there": (
        f"INSERT INTO feed_items VALUES ('ml', '{NOBODY}', 1, 1, 1, 0, NULL)", "no such story"),
    "a feed lacks an article": (
        f"DELETE FROM feed_items WHERE feed = 'all/articles' AND item_id = {SOMEBODY}", "do not show what the store"),
    "a topic of nothing": (f"INSERT INTO article_topics VALUES ('{NOBODY}', 'ml', 1)", "has topic ml"),
    "a picture of nothing": (f"INSERT INTO picture_uses VALUES ('h', '{NOBODY}', 'd')", "it shows a picture"),
    "a sealed text of nothing": (
        f"INSERT INTO secured_texts VALUES ('{NOBODY}', 'd', 't')", "it has a sealed text"),
    "a record of nothing": (f"INSERT INTO record_files VALUES ('{NOBODY}', 'x.md')", "it has a record"),
    "a listed record of nothing": (
        f"INSERT INTO listed_records VALUES ('{NOBODY}', 'all', 1)", "pages list its record"),
    "an address of nothing": (
        f"INSERT INTO article_urls VALUES ('https://d.example/', '{NOBODY}')", "no source ever showed"),
    "entries of no source": (f"INSERT INTO source_entries VALUES ('{NOBODY}', '', '')", "entries are known of"),
    "a poll of no source": (
        f"INSERT INTO past_polls VALUES ('{NOBODY}', 1, 0, 'failed', NULL, 0, 0, NULL, NULL)",
        "a poll is kept of a source that is not there"),
    "a poll of long ago": (
        "INSERT INTO past_polls SELECT source_id, column1, 0, '', NULL, 0, 0, NULL, NULL FROM sources, (VALUES (-9), (21))",
        "-9: a poll is kept that is older than the last ones"),
    "gone at no source": (
        f"INSERT INTO disappeared_articles VALUES ({SOMEBODY}, 'x', 'feed', '', '', '', 1, NULL, NULL, 0, NULL, NULL)",
        "an article disappeared at a source"),
    "a correction of nothing": (
        "INSERT INTO topic_corrections VALUES ('ml', 1000000)", "a topic shows a correction that is not"),
    "a mark of no kind": (
        "INSERT INTO marks (kind, key, due_at) VALUES ('other', 'x', 0)", "nobody takes up a mark"),
    "files that were forgotten": ("DELETE FROM topic_files", "it was never written"),
}  # fmt: skip
"""What is done to the tables, and part of what is told of it."""


def _change_within(path, change):
    """Change a file and let it look as it was written: as a disk does that fails."""
    stamp = path.stat()
    content = path.read_bytes()
    with path.open("r+b") as file:
        file.write(change(content).ljust(len(content))[: len(content)])
    os.utime(path, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))


def _find(world, pattern):
    return min(world.tree.glob(pattern))


FILES = {
    "a feed is removed": (lambda w: (w.tree / "all/rss.xml").unlink(), "all/rss.xml: it is missing"),
    "a feed is cut off": (
        lambda w: (w.tree / "all/feed.json").write_bytes(b"{"), "all/feed.json: it is not as it was written"),
    "a feed rots": (
        lambda w: _change_within(w.tree / "all/atom.xml", lambda old: b"<a" + old[2:]), "atom.xml: it cannot be read"),
    "a feed of numbers rots": (
        lambda w: _change_within(w.tree / "ml/feed.json", lambda old: b"x" + old[1:]), "ml/feed.json: it cannot be read"),
    "an item rots": (
        lambda w: _change_within(w.tree / "all/articles/rss.xml", lambda old: b"<rss></rss>"), "it holds 0 items, of"),
    "a compressed feed is of another": (
        lambda w: (w.tree / "all/rss.xml.gz").write_bytes(b"else"), "rss.xml.gz beside it has other bytes"),
    "an icon is removed": (lambda w: (w.tree / "favicon.ico").unlink(), "favicon.ico: it is missing"),
    "the list of feeds rots": (
        lambda w: (w.tree / "opml.xml").write_bytes(b"<opml>"), "opml.xml: it is not as it was written"),
    "the corrections rot": (
        lambda w: _change_within(w.tree / "changes.atom", lambda old: old.replace(b"0", b"1")),
        "changes.atom: it is not as it was written"),
    "a page of a story is removed": (lambda w: _find(w, "stories/*.html").unlink(), "it is missing"),
    "a page of no story": (
        lambda w: (w.tree / f"stories/{NOBODY}.html").write_text("<p>"), "it is of a story that has no page"),
    "a monogram is removed": (lambda w: _find(w, f"{LOGOS}/*.svg").unlink(), ".svg: it is missing"),
    "a monogram of nobody": (
        lambda w: (w.tree / LOGOS / "nobody.example.svg").write_bytes(_find(w, f"{LOGOS}/*.svg").read_bytes()),
        "nobody.example.svg: nobody knows it"),
    "a file that was being written": (
        lambda w: (w.tree / "all/.rss.xml.unfinished").write_text("<rss>"), "nobody knows it any more"),
    "a picture is removed": (lambda w: _find(w, f"{PICTURE_COPIES}/*/*.jpg").unlink(), "the picture is missing"),
    "a record is removed": (lambda w: _find(w, f"{RECORDS}/*.md").unlink(), "the record is missing"),
    "the index rots": (
        lambda w: _change_within(w.tree / "index.html", lambda old: old.replace(b"</h1>", b"</h2>")),
        "index.html: it is not as it was written"),
    "the style rots": (
        lambda w: _change_within(w.tree / "assets/style.css", lambda old: b"}" + old[1:]),
        "style.css: it is not as it was written"),
    "a page of a story rots": (
        lambda w: _change_within(max(w.tree.glob("stories/*.html")), lambda old: old[:-9]),
        ".html: it is not as it was written"),
    "a compressed page is of another": (
        lambda w: sorted(w.tree.glob("stories/*.html.gz"))[1].write_bytes(b"else"),
        ".html.gz beside it has other bytes"),
}  # fmt: skip
"""What is done to the tree, and part of what is told of it."""


def _split(damages, groups):
    """Return the names of damages in groups that are done together: with many examples each by itself."""
    names = list(damages)
    groups = repeat(groups, large=len(names))
    return [names[start::groups] for start in range(groups)]


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """A site with stories of several articles, pictures, records and compressed files, all published."""
    made = World(tmp_path_factory.mktemp("world"))
    made.setup = made.setup.set("publish", records=True, compressed=True)
    rng = Random(3)
    for number in range(12):
        ARRIVALS["add_articles"](made, rng)
        place_articles(made, rng)
        check_pictures(made, rng)
        if number == 8:
            merge_stories(made, rng)
    publish_all(made, rng)
    while look_at_marked(made):
        publish_all(made, rng)
    made.wait(minutes=5)
    publish_all(made, rng)
    yield made
    made.close()


def _look(world):
    found = find_violations(
        rules=world.rules, store=world.store, clock=lambda: world.now, pause=lambda _: None
    )
    return [str(one) for one in found]


def _repair(world):
    errors = repair_site(world.look_at_site(), keys=SecuredKeys.of({}))
    assert errors == ()


def _damage_rows(world, statements):
    world.close()
    with closing(sqlite3.connect(world.url.removeprefix("sqlite:///"))) as connection:
        connection.executescript(statements)


@pytest.mark.parametrize("names", _split(ROWS, 7), ids="; ".join)
def test_rows_that_are_wrong_are_found_and_mended(world, names):
    """No stored article goes, and the tree is again what would be built anew."""
    assert _look(world) == []
    for name in names:
        _damage_rows(world, ROWS[name][0])
    left = count_articles(world.store)
    found = _look(world)
    assert [name for name in names if not any(ROWS[name][1] in line for line in found)] == [], found
    assert all(line.endswith("`aggregator verify --repair` mends it") for line in found)
    _repair(world)
    assert _look(world) == []
    assert count_articles(world.store) == left


@pytest.mark.parametrize("names", _split(FILES, 2), ids="; ".join)
def test_files_that_are_wrong_are_found_and_mended(world, names):
    """Those that are made of the store are made anew; nothing shows pictures until they are fetched again."""
    assert _look(world) == []
    for name in names:
        FILES[name][0](world)
    found = _look(world)
    assert [name for name in names if not any(FILES[name][1] in line for line in found)] == [], found
    _repair(world)
    assert _look(world) == []


def test_what_was_mended_is_what_would_be_built_anew(world):
    """After all these damages no byte is another one."""
    assert find_differences(world) == []


def test_an_article_that_cannot_be_read_is_told(world):
    """It is not mended: nothing says what it was."""
    before = "(SELECT id FROM articles ORDER BY id LIMIT 1)"
    _damage_rows(world, f"CREATE TABLE kept AS SELECT id, authors FROM articles WHERE id = {before};"
                 "UPDATE articles SET authors = '[' WHERE id = (SELECT id FROM kept)")  # fmt: skip
    (line,) = [line for line in _look(world) if line.startswith("articles ")]
    assert "it cannot be read (" in line
    _damage_rows(world, "UPDATE articles SET authors = (SELECT authors FROM kept) WHERE id = (SELECT id FROM kept);"
                 "DROP TABLE kept")  # fmt: skip
    assert _look(world) == []
