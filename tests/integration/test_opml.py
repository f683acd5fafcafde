"""Sources imported from OPML files of feed readers, and exported as one."""

import json

import pytest

from aggregator.config import load_config
from tests.integration.site import SiteFolder, ago, item, run_program, send_feed
from tests.integration.terminal import run_on_terminal

TOPICS = "# Our topics.\ntopics:\n  # The first.\n  - {id: ml, name: Machine Learning, keywords: [machine learning]}\n"
SOURCES = "# Our sources.\nsources:\n  - url: https://daily.example/feed # the daily\n    id: daily\n"


@pytest.fixture
def site(tmp_path):
    """A site with a source and a topic, commented."""
    made = SiteFolder(tmp_path, [])
    (made.config / "topics.yaml").write_text(TOPICS, encoding="utf-8")
    (made.config / "sources.yaml").write_text(SOURCES, encoding="utf-8")
    return made


def feed(name, url):
    return f'<outline type="rss" text="{name}" xmlUrl="{url}"/>'


def folder(name, *inner):
    return f'<outline text="{name}">{"".join(inner)}</outline>'


def write(site, *outlines):
    path = site.folder / "feeds.opml"
    path.write_text(f'<opml version="1.0"><body>{"".join(outlines)}</body></opml>', encoding="utf-8")
    return str(path)


def entries(site):
    made = load_config(site.config, {})
    sources = [(one.id, one.url, one.name, one.topics, one.assign, one.weight) for one in made.sources]
    return sources, [(one.id, one.name, one.parent) for one in made.topics]


def test_feeds_and_folders_become_sources_and_topics(site):
    """Folders nest as topics do; a topic of that name is taken; what is configured or no address is told."""
    path = write(
        site,
        folder("Science", folder("Volcanoes", feed("Lava", "feed://www.lava.example/rss")), feed("Sky", "https://sky.example/f")),
        folder("machine learning", feed("ML", "https://ml.example/feed"), feed("Daily", "http://daily.example/feed/")),
        folder("World", folder("Science", feed("Lava", "https://www.lava.example/rss"))),
        feed("Wrong", "mailto:x"), feed("Secret", "https://ann:pw@x.example/"), feed("Plain", "https://plain.example/"),
    )  # fmt: skip
    said = site.run("sources", "import", path, "--weight", "6", "--yes")
    sources, topics = entries(site)
    assert topics == [
        ("ml", "Machine Learning", None), ("science", "Science", None), ("volcanoes", "Volcanoes", "science"),
        ("world", "World", None), ("world-science", "Science", "world"),
    ]  # fmt: skip
    assert sources == [
        ("daily", "https://daily.example/feed", None, (), False, 0),
        ("lava", "https://www.lava.example/rss", "Lava", ("volcanoes", "world-science"), True, 6),
        ("sky", "https://sky.example/f", "Sky", ("science",), True, 6),
        ("ml", "https://ml.example/feed", "ML", ("ml",), False, 6),
        ("plain", "https://plain.example/", "Plain", (), False, 6),
    ]
    assert "not added: mailto:x: is no address of a feed" in said
    assert "4 to add, 1 configured already, 2 that cannot be added" in said
    assert "ann:pw" not in said + (site.config / "sources.yaml").read_text(encoding="utf-8")
    assert (site.config / "sources.yaml").read_text(encoding="utf-8").startswith(SOURCES)
    assert (site.config / "topics.yaml").read_text(encoding="utf-8").startswith(TOPICS)
    again = site.run("sources", "import", path)
    assert "nothing to add, 5 configured already" in again
    assert (sources, topics) == entries(site)


def test_a_dry_run_shows_all_and_writes_nothing(site):
    """Without one twenty are shown, and how many more there are."""
    path = write(site, *(feed(f"F{n}", f"https://f{n}.example/feed") for n in range(25)))
    said = site.run("sources", "import", path, "--dry-run")
    assert said.count(".example/feed") == 25
    assert "feeds.opml: 25 to add" in said
    assert (site.config / "sources.yaml").read_text(encoding="utf-8") == SOURCES
    said = site.run("sources", "import", path, "--yes")
    assert said.count(".example/feed") == 20
    assert "… and 5 more, which --dry-run shows" in said
    assert len(entries(site)[0]) == 26


def test_the_report_as_json(site):
    """What is added, known and wrong, for programs."""
    path = write(
        site, folder("New", feed("A", "https://a.example/")), feed("D", "https://daily.example/feed")
    )
    report = json.loads(site.run("sources", "import", path, "--json", "--flat", "--yes"))
    assert report["written"] is True
    assert report["sources"] == [{"id": "a", "url": "https://a.example/", "name": "A"}]
    assert report["topics"] == []
    assert report["known"] == [{"url": "https://daily.example/feed", "why": "is configured already as daily"}]


def test_where_nobody_can_be_asked_nothing_is_added(site):
    """What would be is shown, also as JSON, and the last line says what to do."""
    path = write(site, folder("New", feed("A", "https://a.example/")))
    done = run_program("sources", "import", path, "--config", str(site.config), code=1)
    assert "https://a.example/" in done.stdout
    assert done.stderr.endswith("nobody can be asked, and nothing is added: add with --yes\n")
    report = json.loads(site.run("sources", "import", path, "--json"))
    assert (report["written"], [one["id"] for one in report["topics"]]) == (False, ["new"])
    assert len(entries(site)[0]) == len(entries(site)[1]) == 1


@pytest.mark.parametrize(("typed", "added"), [("n\n", 0), ("\n", 1)])
def test_on_a_terminal_it_asks(site, typed, added):
    """What is shown is added when the operator says so."""
    path = write(site, feed("A", "https://a.example/"))
    said, code = run_on_terminal("sources", "import", path, "--config", str(site.config), typed=typed)
    assert (code, len(entries(site)[0])) == (1 - added, 1 + added), said


@pytest.mark.parametrize(
    ("text", "reported"),
    [
        ("<rss/>", "no OPML: its first element is <rss>, not <opml>"),
        ('<!DOCTYPE o [<!ENTITY a "b">]><opml/>', "declares entities"),
        (None, "No such file or directory"),
    ],
)
def test_what_is_no_list_is_one_line(site, text, reported):
    """The line names the file, and nothing is written."""
    path = site.folder / "odd.opml"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    done = run_program("sources", "import", str(path), "--config", str(site.config), code=1)
    assert done.stderr.startswith(f"aggregator: {path}: ")
    assert reported in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_what_is_exported_comes_back(site, tmp_path_factory):
    """In an empty site the same sources, topics and choices stand after an import; headers stay at home."""
    path = write(
        site,
        folder("Sci", folder("Fire", feed("L", "https://l.example/"))),
        feed("P", "https://p.example/?a&amp;b"),
    )
    site.run("sources", "import", path, "--yes")
    with (site.config / "sources.yaml").open("a", encoding="utf-8") as sources:
        sources.write('  - {id: own, url: "https://own.example/", headers: {X-Key: hidden}}\n')
    exported = site.run("sources", "export")
    assert "hidden" not in exported
    site.run("sources", "export", str(site.folder / "out.opml"))
    assert (site.folder / "out.opml").read_text(encoding="utf-8") == exported
    other = SiteFolder(tmp_path_factory.mktemp("other"), [])
    other.run("sources", "import", str(site.folder / "out.opml"), "--yes")
    ours, theirs = entries(site), entries(other)
    assert set(ours[0]) == set(theirs[0])
    assert set(theirs[1]) == {topic for topic in ours[1] if topic[0] != "ml"}
    assert sorted(other.run("sources", "export").splitlines()) == sorted(exported.splitlines())


def test_the_export_tells_titles_and_sites_once_they_are_known(tmp_path, loopback):
    """Before the first poll its id stands for a feed; then its own title, unless the configuration names it."""
    send_feed(loopback, item(1, ago(hours=1)))
    send_feed(loopback, item(2, ago(hours=1)), path="/named")
    sources = [
        {"id": "one", "url": f"{loopback.url}/feed"},
        {"id": "two", "url": f"{loopback.url}/named", "name": "Our name"},
    ]
    site = SiteFolder(tmp_path, sources)
    assert 'text="one"' in site.run("sources", "export")
    site.run("poll")
    one, two = (line for line in site.run("sources", "export").splitlines() if "xmlUrl" in line)
    assert 'text="The Daily"' in one
    assert " title=" not in one
    assert 'text="Our name" title="Our name"' in two
    assert all('htmlUrl="https://daily.example/"' in line for line in (one, two))


def test_a_site_begins_with_the_list_of_a_reader(tmp_path, loopback):
    """``init`` takes an OPML file as its first source; topics of folders get what their feeds bring."""
    send_feed(loopback, item(1, ago(hours=1)))
    path = tmp_path / "reader.opml"
    path.write_text(
        f"<opml><body>{folder('Stars', feed('A', f'{loopback.url}/feed'))}</body></opml>", encoding="utf-8"
    )
    said = run_program("init", "site", "--title", "T", "--source", str(path), cwd=tmp_path).stdout
    assert "added 1 source in 1 new topic" in said
    config = tmp_path / "site" / "config"
    with (config / "settings.yaml").open("a", encoding="utf-8") as settings:
        settings.write("\nfetch:\n  allow_private_addresses: true\n")
    run_program("poll", "--config", str(config))
    run_program("publish", "--config", str(config))
    assert "comet 1" in (tmp_path / "site/feeds/stars/rss.xml").read_text(encoding="utf-8")
