"""What serves nothing goes, from the store and from the tree, wherever the process is killed in between."""

import asyncio
import os
import shutil
import signal
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context

import pytest
from sqlalchemy import Engine, event, text

from aggregator.cli import main
from aggregator.config import load_config
from aggregator.enrich.logos import LOGO_SIDES
from aggregator.pipeline.context import Context
from aggregator.pipeline.enrich.pictures import check_pictures
from aggregator.pipeline.grouping import StoryDesk
from aggregator.pipeline.publish.orphaned_files import remove_orphaned_files
from aggregator.pipeline.publish.publication import publish
from aggregator.pipeline.records import publish_records
from aggregator.pipeline.removals import prune
from aggregator.pipeline.site import Site
from aggregator.publish.files import write_files
from aggregator.publish.tree_paths import PICTURE_COPIES, name_logo
from aggregator.rules import Rules
from aggregator.secured import SecuredKeys
from aggregator.store import (
    Logo,
    count_articles,
    open_store,
    read_article_batches,
    read_remembered_sources,
    read_source_states,
    retire_source,
    save_logos,
    save_robots_file,
)
from tests.enrich.pictures import picture_file
from tests.integration.site import TOPICS, SiteFolder, ago, item, rss
from tests.loopback import Answer, Loopback
from tests.profiles import repeat

KILLED_AT = (1, 6, 16, 34, 58, 70, 82, 94, 106, 130)
KEYS = SecuredKeys((b"k" * 32,))
ZEBRAS = {"id": "zebras", "name": "Zebras", "keywords": ["machine"]}
PATHS = ("daily", "evening", "morning")
LATER = timedelta(days=91)
# Of rows that serve nothing: what is wrong with them, and the ids of those that are.
ORPHANS = {
    "sealed texts": "SELECT article_id FROM secured_texts WHERE article_id NOT IN (SELECT id FROM articles)",
    "names of records": "SELECT article_id FROM record_files WHERE article_id NOT IN (SELECT id FROM articles)",
    "uses": "SELECT article_id FROM picture_uses WHERE article_id NOT IN (SELECT id FROM articles)",
    "pictures": "SELECT url FROM pictures WHERE hash NOT IN (SELECT hash FROM picture_uses)",
    "logos": "SELECT domain FROM logos WHERE domain NOT IN (SELECT provider_domain FROM articles)",
    "topics": "SELECT article_id FROM article_topics WHERE article_id NOT IN (SELECT id FROM articles)",
    "members": "SELECT article_id FROM story_members WHERE article_id NOT IN (SELECT id FROM articles)",
    "stories": "SELECT id FROM stories WHERE id NOT IN (SELECT story_id FROM story_members)",
    "aliases": "SELECT id FROM story_aliases WHERE story_id NOT IN (SELECT id FROM stories)",
    "links": "SELECT story_id FROM story_links WHERE story_id NOT IN (SELECT id FROM stories)"
    " OR other_id NOT IN (SELECT id FROM stories)",
    "sightings": "SELECT article_id FROM sightings WHERE source_id NOT IN (SELECT source_id FROM sources)",
    "addresses": "SELECT url FROM article_urls WHERE article_id NOT IN (SELECT article_id FROM sightings)",
    "entries": "SELECT source_id FROM source_entries WHERE source_id NOT IN (SELECT source_id FROM sources)",
    "removed articles": "SELECT article_id FROM removed_articles",
    "robots.txt": "SELECT origin FROM robots_files",
}
_FORKS = get_context("fork")


def feed(server, name, numbers):
    """Serve a source whose items link to a publisher of its own; each third picture is shared."""
    items = []
    for number in numbers:
        path = f"/{name}-{number if number % 3 else 0}.jpg"
        content = picture_file("JPEG", 320, 200, seed=number if number % 3 else 0)
        server.route(path, Answer(body=content, headers={"Content-Type": "image/jpeg"}))
        text_ = item(number, ago(hours=number % 40), guid=f"{name}-{number}")
        text_ = text_.replace("https://daily.example/", f"https://{name}.example/")
        items.append(text_.replace(f"https://{name}.example/{number}.jpg", f"{server.url}{path}"))
    server.route(f"/{name}", Answer(body=rss(*items)))


def rules_of(site, store):
    return Rules.of(load_config(site.config, {}), read_remembered_sources(store))


def now_utc():
    return datetime.now(UTC)


def publish_all(site, store, now):
    """Publish everything there is."""
    rules = rules_of(site, store)
    assert publish(Site(rules=rules, store=store, now=now)).errors == ()
    assert publish_records(Site(rules=rules, store=store, now=now), keys=KEYS).errors == ()


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """A site with records, copies of pictures and logos of three sources; half of one's articles are old."""
    with Loopback() as server:
        return fill(tmp_path_factory.mktemp("filled"), server)


def fill(folder, server):
    """Return a site in a folder that has what months of running leave behind."""
    for number, name in enumerate(PATHS):
        feed(server, name, range(10 * number + 1, 10 * number + 9))
    site = SiteFolder(
        folder,
        [{"id": name, "url": f"{server.url}/{name}"} for name in PATHS],
        [*TOPICS, ZEBRAS],
        publish={"records": True, "min_items": 1, "keep_removed_days": 0},
        enrich={"pages": False},
        images={"sizes": True, "cache": True},
    )
    site.run("poll", "--all")
    now = datetime.now(UTC)
    with open_store(load_config(site.config, {}).settings.database_url) as store:
        long_ago = now - timedelta(days=100)
        found = [a for batch in read_article_batches(store) for a in batch]
        aged = [a for a in found if a.source_id == "daily"][::2] + [
            a for a in found if a.source_id == "morning"
        ]
        store.update_articles([replace(a, published_at=long_ago, first_seen_at=long_ago) for a in aged])
        StoryDesk().group_site(Site(rules=rules_of(site, store), store=store, now=now))
        domains = sorted({a.provider.domain for a in found})
        save_logos(store, [Logo(domain=d, url="https://x.example/", checked_at=now) for d in domains])
        save_robots_file(store, "https://daily.example", "", long_ago)
        write_files(site.feeds, {name_logo(d, side): b"jpeg" for d in domains for side in LOGO_SIDES})
        publish_all(site, store, now)
    return site


@pytest.fixture
def site(filled, tmp_path):
    """A copy of that site, from which a source and a topic are being removed."""
    for name in ("config", "data", "feeds"):
        shutil.copytree(filled.folder / name, tmp_path / name)
    made = SiteFolder.__new__(SiteFolder)
    made.folder, made.config, made.feeds = tmp_path, tmp_path / "config", tmp_path / "feeds"
    settings = made.config / "settings.yaml"
    settings.write_text(settings.read_text().replace(str(filled.folder), str(tmp_path)))
    sources = (made.config / "sources.yaml").read_text()
    made.write("topics", {"topics": TOPICS})
    url = next(line for line in sources.splitlines() if "/daily" in line).split()[-1]
    made.write("sources", {"sources": [{"id": "daily", "url": url}]})
    return made


def remove(site, now):
    """Remove a source with its articles, what is old, and what those leave in the tree."""
    config = load_config(site.config, {})
    with open_store(config.settings.database_url) as store:
        retire_source(store, "evening", with_articles=True)
        store.sync_sources(config.sources, now=now)
        prune(Site(rules=rules_of(site, store), store=store, now=now))
        publish_all(site, store, now)


def remove_and_die(site, now, at):
    """Do so, but be killed at the ``at``-th time that a file is to go or a transaction to end."""
    done = 0

    def count(*_):
        nonlocal done
        done += 1
        if done == at:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(lambda name, _: count() if name == "os.remove" else None)
    event.listen(Engine, "commit", count)
    remove(site, now)
    os._exit(done)


def orphans(site):
    """Return what the store has that serves nothing, and the files of the tree that nobody knows of."""
    with (
        open_store(load_config(site.config, {}).settings.database_url) as store,
        store.reading() as connection,
    ):
        found = {kind: connection.execute(text(query)).scalars().all() for kind, query in ORPHANS.items()}
        copies = set(connection.execute(text("SELECT file FROM pictures")).scalars())
    folder = site.feeds / PICTURE_COPIES
    found["copies"] = [p.name for p in folder.rglob("*.jpg") if str(p.relative_to(folder)) not in copies]
    found["unfinished"] = [p.name for p in site.feeds.rglob("*.unfinished")]
    return {kind: ids for kind, ids in found.items() if ids}


def files_below(folder):
    return {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file() and p.name[0] != "."}


def test_nothing_is_left_of_what_is_removed(site):
    """Without a kill; what is kept keeps all that it had."""
    assert len(list((site.feeds / PICTURE_COPIES).rglob("*.jpg"))) > 10
    remove(site, datetime.now(UTC))
    assert orphans(site) == {}
    names = files_below(site.feeds)
    assert not [name for name in names if "evening" in name or "morning" in name or "zebras" in name]
    assert len([name for name in names if name.startswith("_news/")]) == 4
    assert {name_logo("daily.example", side) for side in LOGO_SIDES} <= names
    assert 0 < len([name for name in names if name.startswith(PICTURE_COPIES)]) <= 4


@pytest.mark.parametrize("at", KILLED_AT[:: repeat(3, large=1)])
def test_nothing_is_left_after_a_kill(site, at):
    """Whatever was under way, the next time finishes it, and looks for nothing that no list names."""
    now = datetime.now(UTC)
    child = _FORKS.Process(target=remove_and_die, args=(site, now, at))
    child.start()
    child.join(60)
    assert child.exitcode == -signal.SIGKILL
    remove(site, now)
    assert orphans(site).keys() <= {"unfinished"}
    names = files_below(site.feeds)
    assert not [name for name in names if "evening" in name or "morning" in name]
    assert len([name for name in names if name.startswith("_news/")]) == 4


def poll_and_die(config):
    """Poll, but be killed when the second copy of a picture is about to get its name."""
    copies = []

    def count(name, arguments):
        if name == "os.rename" and PICTURE_COPIES in str(arguments[1]):
            copies.append(arguments[1])
            if len(copies) == 2:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(count)
    sys.argv = ["aggregator", "poll", "--config", str(config)]
    main()


def test_a_copy_is_known_before_it_is_there(tmp_path, loopback):
    """Killed while copies are written, the next look writes the rest, and none is without its row."""
    feed(loopback, "daily", range(1, 9))
    site = SiteFolder(
        tmp_path,
        [{"id": "daily", "url": f"{loopback.url}/daily"}],
        TOPICS,
        enrich={"pages": False},
        images={"sizes": True, "cache": True},
    )
    child = get_context("forkserver").Process(target=poll_and_die, args=(site.config,))
    child.start()
    child.join(60)
    assert child.exitcode == -signal.SIGKILL
    assert len(list((site.feeds / PICTURE_COPIES).rglob("*.jpg"))) == 1
    assert "copies" not in orphans(site)
    feed(loopback, "daily", range(1, 11))
    site.run("poll", "--all")
    assert orphans(site).keys() <= {"unfinished"}
    assert len(list((site.feeds / PICTURE_COPIES).rglob("*.jpg"))) == 8


def test_without_a_cache_no_copy_is_kept(site):
    """None is shown any more, in use or not."""
    settings = site.config / "settings.yaml"
    settings.write_text(settings.read_text().replace("cache: true", "cache: false"))
    with open_store(load_config(site.config, {}).settings.database_url) as store:
        context = Context(rules=rules_of(site, store), store=store, fetcher=None, clock=now_utc)
        nothing = asyncio.run(check_pictures((), context))
    assert nothing.count == 0
    assert list((site.feeds / PICTURE_COPIES).rglob("*.jpg")) == []
    assert "copies" not in orphans(site)


def test_a_removed_source_and_its_articles_are_forgotten_in_the_end(site):
    """Of a source that is still configured only what keeps its old entries from coming again is kept."""
    now = datetime.now(UTC)
    remove(site, now)
    remove(site, now + LATER)
    assert orphans(site) == {}
    with open_store(load_config(site.config, {}).settings.database_url) as store:
        assert set(read_source_states(store)) == {"daily"}
        with store.reading() as connection:
            seen = connection.execute(text("SELECT DISTINCT source_id FROM sightings")).scalars().all()
        assert (seen, count_articles(store)) == (["daily"], 0)
    kept = {name.split("/")[0] for name in files_below(site.feeds) if not name.startswith("assets/site")}
    assert "_news" not in kept
    assert not [name for name in files_below(site.feeds) if name.startswith("assets/images")]


def test_a_source_that_comes_back_in_time_publishes_nothing_anew(tmp_path, loopback):
    """Its old articles were pruned meanwhile, its row and what it showed were not."""
    feed(loopback, "daily", range(1, 5))
    sources = [{"id": "daily", "url": f"{loopback.url}/daily"}]
    quiet = {"enrich": {"pages": False}, "images": {"logos": False, "sizes": False}}
    site = SiteFolder(tmp_path, sources, TOPICS, **quiet)
    assert "4 new articles" in site.run("poll", "--all")
    site.write("sources", {"sources": []})
    config, now = load_config(site.config, {}), datetime.now(UTC)
    with open_store(config.settings.database_url) as store:
        store.sync_sources(config.sources, now=now)
        for later in (LATER, 2 * LATER - timedelta(days=2)):
            prune(Site(rules=rules_of(site, store), store=store, now=now + later))
        assert count_articles(store) == 0
    site.write("sources", {"sources": sources})
    assert "0 new articles" in site.run("poll", "--all")


def test_what_killed_processes_left_is_removed_at_the_start(site):
    """Unfinished files and copies that nobody knows of go; what an operator put there stays."""
    folder = site.feeds / PICTURE_COPIES
    copy = next(folder.rglob("*.jpg"))
    left = {
        site.feeds / "gone" / "articles" / ".rss.xml.unfinished": b"<rss",
        copy.with_name(f".{copy.name}.unfinished"): b"half",
        site.feeds / "_news" / ".2020-01-01-a.md.unfinished": b"---",
    }
    by_hand = {
        folder / "ab" / ("ab" + "0" * 30 + "-320x200.jpg"): b"not ours",
        folder / "ab" / "note.txt": b"a note",
        folder / "own.jpg": b"own",
    }
    for path, content in (left | by_hand).items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    with open_store(load_config(site.config, {}).settings.database_url) as store:
        with store.writing() as connection:
            known = str(copy.relative_to(folder))
            connection.execute(text("DELETE FROM pictures WHERE file = :file"), {"file": known})
        before = files_below(site.feeds)
        assert remove_orphaned_files(rules=rules_of(site, store), store=store) == 4
        assert before - files_below(site.feeds) == {f"{PICTURE_COPIES}/{known}"}
    assert not [path for path in left if path.exists()]
    assert not (site.feeds / "gone").exists()
    assert {path: path.read_bytes() for path in by_hand} == by_hand
