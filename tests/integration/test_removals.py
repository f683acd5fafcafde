"""What is removed is gone: the published tree has what is stored, and nothing else of ours."""

import json
import re
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest
import structlog
import yaml

from aggregator.config import load_config
from aggregator.pipeline.publish.publication import publish
from aggregator.pipeline.records import publish_records
from aggregator.pipeline.site import Site
from aggregator.publish.removed_topic import find_publisher_icons
from aggregator.rules import Rules
from aggregator.secured import SecuredKeys
from aggregator.store import open_store, read_remembered_sources, remove_articles_before, retire_source
from tests.integration.site import TOPICS, SiteFolder, ago, item, rss, run_program
from tests.loopback import Answer, Loopback

BY_HAND = {
    "_news/2020-01-01-written-by-hand.md": "---\ntitle: By hand\n---\n",
    "api/news/own/index.json": '{"mine": true}\n',
    "api/news/page/9/index.json": "[]\n",
    "stories/about.html": "<p>About our stories</p>\n",
    "assets/images/organizations/ours.svg": "<svg/>\n",
    "assets/images/organizations/ours-50x50.jpg": "a picture\n",
    "assets/images/cache/note.txt": "a note\n",
}
ATOM = "{http://www.w3.org/2005/Atom}"
ZEBRAS = {"id": "zebras", "name": "Zebras", "keywords": ["zebra"]}


def feed(numbers, domain):
    """Return a document of these items, all linking to one domain."""
    body = rss(*(item(n, ago(hours=n % 40), guid=f"{domain}-{n}") for n in numbers))
    return Answer(body=body.replace(b"daily.example", domain.encode()))


def site_in(folder, url):
    """Return a site with records of two sources at ``url`` and three topics."""
    return SiteFolder(
        folder,
        [{"id": name, "url": f"{url}/{name}"} for name in ("daily", "evening")],
        [*TOPICS, ZEBRAS],
        publish={"records": True, "min_items": 1},
        enrich={"pages": False},
        images={"sizes": False, "logos": False},
    )


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """The site, polled and published, with files put in by hand: tests change a copy."""
    with Loopback() as loopback:
        loopback.route("/daily", feed(range(1, 31), "daily.example"))
        loopback.route("/evening", feed(range(31, 71), "evening.example"))
        made = site_in(tmp_path_factory.mktemp("published"), loopback.url)
        made.run("poll", "--all")
        made.run("publish")
        for name, text in BY_HAND.items():
            path = made.feeds / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        made.url = loopback.url
        yield made


@pytest.fixture
def site(tmp_path, published):
    """A copy of the published site."""
    shutil.copytree(published.folder, tmp_path, dirs_exist_ok=True)
    return site_in(tmp_path, published.url)


def files_below(folder):
    """Return the files of a folder with what they hold, by path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.suffix != ".lock"
    }


def publish_all(site, folder, now, *, days=0, is_clock_trusted=True):
    """Publish what the site has stored to a folder, and return the tree that came of it."""
    config = load_config(site.config, {})
    settings = config.settings
    storage = settings.storage.model_copy(update={"feeds_dir": str(folder)})
    config = replace(config, settings=settings.model_copy(update={"storage": storage}))
    with open_store(settings.database_url) as store:
        rules = Rules.of(config, read_remembered_sources(store))
        if days:
            remove_articles_before(store, now - timedelta(days=days))
        done = publish(Site(rules=rules, store=store, now=now), is_clock_trusted=is_clock_trusted)
        assert done.errors == ()
        assert publish_records(Site(rules=rules, store=store, now=now), keys=SecuredKeys()).errors == ()
    return files_below(folder)


def assert_as_stored(site):
    """The tree is what publishing the same store to an empty folder gives, and what lies there by hand."""
    now = datetime.now(UTC)
    fresh: Path = site.folder / "fresh"
    shutil.rmtree(fresh, ignore_errors=True)
    found = publish_all(site, site.feeds, now)
    wanted = publish_all(site, fresh, now)
    by_hand = {name: text.encode() for name, text in BY_HAND.items()}
    assert sorted(found) == sorted(wanted | by_hand)
    assert [name for name in wanted if found[name] != wanted[name]] == []
    assert {name: found[name] for name in by_hand} == by_hand
    return found


def public(tree, text):
    return [name for name, content in tree.items() if text.encode() in content]


def test_what_is_kept_stays(site):
    """Publishing again without a removal removes nothing."""
    tree = assert_as_stored(site)
    assert len([name for name in tree if name.startswith("_news/")]) == 71
    assert "api/news/page/3/index.json" in tree


def test_articles_removed_with_their_source_are_gone(site):
    """Records, surplus pages and emblems of a removed source's articles go with the items of feeds."""
    assert public(files_below(site.feeds), "evening.example")
    site.run("sources", "remove", "evening", "--with-articles")
    tree = assert_as_stored(site)
    assert public(tree, "evening.example") == []
    assert "api/news/page/2/index.json" in tree
    assert "api/news/page/3/index.json" not in tree
    assert not [name for name in tree if "evening" in name]


def test_the_program_itself_removes(site):
    """The command alone does it, without a service that runs."""
    site.run("sources", "remove", "evening", "--with-articles")
    site.run("publish")
    assert public(files_below(site.feeds), "evening.example") == []


def test_pruned_articles_are_gone(site):
    """What is past its retention leaves every place where it was published."""
    now = datetime.now(UTC) + timedelta(days=3)
    publish_all(site, site.feeds, now, days=2)
    tree = assert_as_stored(site)
    assert public(tree, "daily.example/1") == public(tree, "evening.example") == []
    assert [name for name in tree if name.startswith("_news/")] == ["_news/2020-01-01-written-by-hand.md"]


def test_a_removed_topic_is_gone_where_none_is_kept(site):
    """With `keep_removed_days: 0` its feeds, its page and its pages of records go at once."""
    set_keep_days(site, 0)
    site.write("topics", {"topics": TOPICS[:1]})
    tree = assert_as_stored(site)
    assert not [name for name in tree if "zebras" in name.split("/")]


def set_keep_days(site, days):
    """Change for how many days articles are kept."""
    path = site.config / "settings.yaml"
    settings = yaml.safe_load(path.read_text(encoding="utf-8"))
    settings["publish"]["keep_removed_days"] = days
    site.write("settings", settings)


def feeds_of(tree, topic_id):
    """Return the files of one topic by their names below its folder."""
    return {name.removeprefix(f"{topic_id}/"): tree[name] for name in tree if name.startswith(f"{topic_id}/")}


def test_feeds_of_a_removed_topic_stay_for_a_while(site):
    """They are as they were but for a note of until when; nothing leads there, and nothing new comes."""
    before, now = files_below(site.feeds), datetime.now(UTC)
    site.write("topics", {"topics": TOPICS[:1]})
    with structlog.testing.capture_logs() as logged:
        tree = publish_all(site, site.feeds, now)
    (line,) = [entry for entry in logged if entry["event"] == "topics"]
    assert (line["removed"], line["log_level"]) == ("Machine Learning (ml), Zebras (zebras)", "warning")
    for topic_id in ("ml", "zebras"):
        was, kept = feeds_of(before, topic_id), feeds_of(tree, topic_id)
        assert kept.keys() == was.keys()
        for name, content in kept.items():
            (note,) = re.findall(
                rb"No longer updated since [^.]+: the topic was removed\. [^.]+\. ?", content
            )
            assert f"{now + timedelta(days=7):%Y, %H:%M} UTC.".encode() in note
            bare = content.replace(b'<p class="about" role="status">' + note + b"</p>\n", b"")
            assert bare.replace(note, b"") == was[name]
        assert all(f"/{topic_id}/".encode() not in tree[name] for name in ("index.html", "opml.xml"))
        assert f"api/news/{topic_id}/index.json" not in tree
    assert well_formed(tree["ml/rss.xml"]).findtext("channel/description").startswith("No longer updated")
    assert well_formed(tree["ml/atom.xml"]).findtext(f"{ATOM}subtitle").startswith("No longer updated")
    assert json.loads(tree["ml/feed.json"])["description"].startswith("No longer updated")
    assert find_publisher_icons(site.feeds, ["ml"]) <= tree.keys()


def test_a_removed_topic_goes_when_its_days_are_over(site):
    """The days count from its removal, whatever is published or started meanwhile, and end."""
    now = datetime.now(UTC)
    site.write("topics", {"topics": TOPICS[:1]})
    first = publish_all(site, site.feeds, now)
    for days in (1, 6.9):
        later = publish_all(site, site.feeds, now + timedelta(days=days))
        assert feeds_of(later, "ml") == feeds_of(first, "ml")
    with structlog.testing.capture_logs() as logged:
        tree = publish_all(site, site.feeds, now + timedelta(days=7))
    assert not [name for name in tree if name.split("/")[0] in ("ml", "zebras")]
    assert {"event": "topics", "log_level": "info", "deleted": "ml, zebras"} in logged


def test_other_days_move_the_end(site):
    """A changed `keep_removed_days` counts for what was removed before, and its note says so."""
    now = datetime.now(UTC)
    site.write("topics", {"topics": TOPICS[:1]})
    publish_all(site, site.feeds, now)
    set_keep_days(site, 30)
    tree = publish_all(site, site.feeds, now + timedelta(days=8))
    assert all(content.count(b"No longer updated") == 1 for content in feeds_of(tree, "ml").values())
    set_keep_days(site, 2)
    assert not feeds_of(publish_all(site, site.feeds, now + timedelta(days=8)), "ml")


def test_a_topic_that_comes_back_goes_on(site):
    """Its feeds are those that it had, with the same ids and times, as if it had never been away."""
    now = datetime.now(UTC)
    before = publish_all(site, site.feeds, now)
    site.write("topics", {"topics": TOPICS[:1]})
    publish_all(site, site.feeds, now)
    site.write("topics", {"topics": [*TOPICS, ZEBRAS]})
    with structlog.testing.capture_logs() as logged:
        assert feeds_of(publish_all(site, site.feeds, now), "ml") == feeds_of(before, "ml")
    assert not [entry for entry in logged if entry["event"] == "topics"]
    site.write("topics", {"topics": TOPICS[:1]})
    again = publish_all(site, site.feeds, now + timedelta(days=5))
    assert feeds_of(publish_all(site, site.feeds, now + timedelta(days=11)), "ml") == feeds_of(again, "ml")


@pytest.mark.parametrize(
    ("is_published_between", "is_clock_trusted"), [(True, True), (False, True), (True, False)]
)
def test_what_is_removed_by_hand_is_in_no_kept_feed(site, is_published_between, is_clock_trusted):
    """Articles that go with their source are public nowhere, as the kept feeds that may show them go, too."""
    now = datetime.now(UTC)
    site.write("topics", {"topics": TOPICS[:1]})
    if is_published_between:
        assert feeds_of(publish_all(site, site.feeds, now), "ml")
    site.run("sources", "remove", "evening", "--with-articles")
    tree = publish_all(site, site.feeds, now, is_clock_trusted=is_clock_trusted)
    assert public(tree, "evening.example") == []


def test_a_removal_that_was_killed_is_ended_by_the_next(site):
    """Asked again, the command ends the kept feeds of what was removed before it was killed."""
    site.write("topics", {"topics": TOPICS[:1]})
    site.run("publish")
    with open_store(load_config(site.config, {}).settings.database_url) as store:
        assert retire_source(store, "evening", with_articles=True)
    assert "removed evening and 0 articles" in site.run("sources", "remove", "evening", "--with-articles")
    site.run("publish")
    assert public(files_below(site.feeds), "evening.example") == []


def test_publishing_tells_which_topics_go(site):
    """The command says on standard error what it will take away, and until when it stays."""
    site.write("topics", {"topics": TOPICS[:1]})
    reported = run_program("publish", "--config", str(site.config)).stderr
    assert "Machine Learning (ml), Zebras (zebras)" in reported
    assert "their feeds stay until" in reported
    assert run_program("publish", "--config", str(site.config)).stderr == ""


def well_formed(content):
    return ElementTree.fromstring(content)


def test_records_that_are_turned_off_are_gone(site):
    """Without `publish.records` no record, page or schema is left; turned on, they are as they were."""
    before = assert_as_stored(site)
    settings = site.config / "settings.yaml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("records: true", "records: false"), encoding="utf-8")
    without = assert_as_stored(site)
    ours = [name for name in without if name.split("/")[0] in ("_news", "api", "schema")]
    assert set(ours) <= BY_HAND.keys()
    settings.write_text(text, encoding="utf-8")
    assert assert_as_stored(site).keys() == before.keys()


def test_records_that_were_imported_stay_where_they_lay(site):
    """A record file that was there before it was imported is never removed by us."""
    path = site.feeds / "_news" / "2020-05-05-imported.md"
    known = next(site.feeds.glob("_news/*comet-1*.md")).read_text(encoding="utf-8")
    path.write_text(
        known.replace("comet 1", "comet 901").replace("example/1", "example/901"), encoding="utf-8"
    )
    site.run("records", "import", str(path))
    site.run("publish")
    now = datetime.now(UTC) + timedelta(days=3)
    assert path.name in "".join(publish_all(site, site.feeds, now, days=2))
