"""Records out and in, through the program."""

import base64
import json
import re

import pytest
import yaml
from jsonschema import Draft202012Validator

from aggregator.publish.record_pages import render_schema
from tests.integration.site import TOPICS, SiteFolder, ago, item, rss, run_program
from tests.loopback import Answer
from tests.publish.sample import SAMPLE

SCHEMA = json.loads(render_schema()["schema/article.json"])
KEY = base64.b64encode(b"k" * 32).decode()
OTHER_KEY = base64.b64encode(b"o" * 32).decode()


def of_form(name):
    return Draft202012Validator({**SCHEMA, "anyOf": [{"$ref": f"#/$defs/{name}"}]})


@pytest.fixture
def site(tmp_path, loopback):
    """A site that publishes records of one source."""
    bare = "<title>Bare link on machine learning</title><link>https://daily.example/bare</link>"
    loopback.route("/feed", Answer(body=rss(*(item(n, ago(hours=n)) for n in range(1, 31)), bare)))
    source = {"id": "daily", "url": f"{loopback.url}/feed"}
    return SiteFolder(tmp_path, [source], TOPICS, publish={"records": True})


def published(site):
    site.run("poll", "--all")
    site.run("publish")
    return sorted((site.feeds / "_news").glob("*.md"))


def front_matter(path):
    return yaml.load(path.read_text().split("---\n")[1], Loader=yaml.SafeLoader)


def as_text(record):
    record["publishedDateTime"] = record["publishedDateTime"].strftime("%Y-%m-%dT%H:%M:%SZ")
    return record


def test_every_article_is_a_record(site):
    """Published or not, each article has a file of the record's form, named by day and title."""
    files = published(site)
    assert len(files) == 31
    for path in files:
        record = front_matter(path)
        of_form("frontMatter").validate(as_text(record))
        assert record["published"] == (record["heat"] >= 0)
    (bare,) = [path for path in files if "bare-link" in path.name]
    assert (front_matter(bare)["published"], front_matter(bare)["heat"]) == (False, -1)
    assert run_program("records", "rewrite", *map(str, files)).stdout == "".join(p.read_text() for p in files)


def test_pages_of_json_hold_what_is_published(site):
    """25 records a page, newest first, all of them published, each of the form."""
    published(site)
    folder = site.feeds / "api" / "news"
    first = json.loads((folder / "index.json").read_text())
    second = json.loads((folder / "page" / "2" / "index.json").read_text())
    assert (folder / "index.json").read_bytes() == (folder / "page" / "1" / "index.json").read_bytes()
    assert (first["page"], len(first["value"]), first["nextPage"]) == (1, 25, 2)
    assert (second["page"], len(second["value"]), second["nextPage"]) == (2, 5, None)
    records = [*first["value"], *second["value"]]
    for record in records:
        of_form("json").validate(record)
        assert (site.feeds / "_news" / record["path"]).is_file()
    times = [record["publishedDateTime"] for record in records]
    assert times == sorted(times, reverse=True)
    assert (folder / "ml" / "index.json").read_bytes() == (folder / "index.json").read_bytes()


def test_unchanged_records_are_not_rewritten(site):
    """A second publishing leaves every record as it is."""
    files = published(site)
    stamps = [path.stat().st_mtime_ns for path in files]
    site.run("publish")
    assert [path.stat().st_mtime_ns for path in files] == stamps


def without_heat(folder):
    """Return the files of records and pages by path, without the heat, which may fall at any moment."""
    files = [*(folder / "_news").glob("*.md"), *(folder / "api").rglob("*.json")]
    return {path: re.sub(r'"?heat"?: \d+', "", path.read_text()) for path in files}


def test_a_rebuild_mends_what_was_changed_by_hand(site):
    """Publishing takes files to be as it wrote them; a rebuild looks at each."""
    files = published(site)
    before = without_heat(site.feeds)
    files[0].unlink()
    files[1].write_text("changed")
    (site.feeds / "api" / "news" / "page" / "2" / "index.json").unlink()
    site.run("publish")
    assert without_heat(site.feeds) != before
    site.run("rebuild")
    assert without_heat(site.feeds) == before


def test_a_rebuild_without_records_leaves_nothing_of_them(tmp_path, loopback):
    """Not even the lock of those who write them."""
    loopback.route("/feed", Answer(body=rss(item(1, ago(hours=1)))))
    site = SiteFolder(tmp_path, [{"id": "daily", "url": f"{loopback.url}/feed"}], TOPICS)
    site.run("poll")
    site.run("publish")
    before = {path.relative_to(site.feeds) for path in site.feeds.rglob("*")}
    site.run("rebuild")
    assert {path.relative_to(site.feeds) for path in site.feeds.rglob("*")} == before


def test_a_second_article_of_one_name_gets_a_suffix(tmp_path, loopback):
    """The names never change, whatever comes later."""
    when = ago(hours=1)
    other = item(1, when, title="Machine learning wins").replace("/1<", "/other<").replace("g1", "o1")
    loopback.route("/a", Answer(body=rss(item(1, when, title="Machine learning wins"))))
    loopback.route("/b", Answer(body=rss(other.replace("daily.example", "b.example"))))
    sources = [{"id": name, "url": f"{loopback.url}/{name}"} for name in "ab"]
    site = SiteFolder(tmp_path, sources, TOPICS, publish={"records": True})
    before = [path.name for path in published(site)]
    plain, suffixed = sorted(before, key=len)
    assert plain.endswith("-machine-learning-wins.md")
    assert re.fullmatch(re.escape(plain.removesuffix(".md")) + r"-[0-9a-f]{4}\.md", suffixed)
    assert [path.name for path in published(site)] == before


def imported(tmp_path, **publish):
    """Return a site, and a folder with two records that it may import."""
    site = SiteFolder(tmp_path / "site", [], TOPICS, publish={"records": True, **publish})
    folder = tmp_path / "old"
    folder.mkdir()
    (folder / "2020-09-14-one.md").write_bytes(SAMPLE.encode())
    other = SAMPLE.replace("daily.example", "third.example").replace("\n", "\r\n")
    (folder / "2020-09-14-two.md").write_bytes(other.encode())
    return site, folder


def test_imported_records_are_published_unchanged(tmp_path):
    """What goes in comes out byte for byte, under its name, with either kind of line ends."""
    site, folder = imported(tmp_path)
    assert "2 records imported, 0 known, 0 bad" in site.run("records", "import", str(folder))
    site.run("publish")
    for path in folder.iterdir():
        assert (site.feeds / "_news" / path.name).read_bytes() == path.read_bytes()


def test_importing_again_changes_nothing(tmp_path):
    """Importing is idempotent; a changed file replaces what was imported."""
    site, folder = imported(tmp_path)
    site.run("records", "import", str(folder))
    assert "0 records imported, 2 known, 0 bad" in site.run("records", "import", str(folder))
    one = folder / "2020-09-14-one.md"
    one.write_text(
        SAMPLE.replace("quality: 69", "quality: 71").replace("published: false", "published: true")
    )
    assert "1 records imported, 1 known" in site.run("records", "import", str(folder))
    site.run("publish")
    page = json.loads((site.feeds / "api" / "news" / "index.json").read_text())
    (record,) = page["value"]
    of_form("json").validate(record)
    assert record["topics"] == ["Computer Vision", "A #1"]
    assert (site.feeds / "_news" / one.name).read_bytes() == one.read_bytes()


def test_a_bad_record_is_reported_and_left_out(tmp_path):
    """The rest goes in; only where nothing is good does the command fail."""
    site, folder = imported(tmp_path)
    (folder / "bad.md").write_text("---\ncategory: news\n---\n\n")
    done = run_program("records", "import", str(folder), "--config", str(site.config))
    assert "2 records imported, 0 known, 1 bad" in done.stdout
    assert f"{folder / 'bad.md'}:2: record lacks title" in done.stderr
    run_program("records", "import", str(folder / "bad.md"), "--config", str(site.config), code=1)


def test_rewrite_tells_what_is_wrong(tmp_path):
    """Good records are printed, a bad one is named with its line, and the exit code says so."""
    good, bad = tmp_path / "good.md", tmp_path / "bad.md"
    good.write_bytes(SAMPLE.replace("\n", "\r\n").encode())
    bad.write_bytes(SAMPLE.replace("quality: 69", "quality: x").encode())
    done = run_program("records", "rewrite", str(good), str(bad), code=1, text=False)
    assert done.stdout == good.read_bytes()
    assert f"{bad}:11: quality is 'x'" in done.stderr.decode()


def test_secured_is_kept_and_revealed(site, monkeypatch):
    """With a key every record carries a payload that only the key opens, and only in its own record."""
    monkeypatch.setenv("AGGREGATOR_SECURED_KEYS", KEY)
    files = published(site)
    first = files[0].read_text()
    payload = json.loads(run_program("records", "reveal", str(files[0])).stdout)
    assert (payload["source"], payload["sourceUrl"]) == (
        "daily",
        yaml.safe_load((site.config / "sources.yaml").read_text())["sources"][0]["url"],
    )
    assert payload["quality"]["base"] == 34
    assert published(site)[0].read_text() == first
    monkeypatch.setenv("AGGREGATOR_SECURED_KEYS", f"{OTHER_KEY},{KEY}")
    assert json.loads(run_program("records", "reveal", str(files[0])).stdout) == payload
    published(site)
    assert files[0].read_text() != first
    moved = site.folder / "moved.md"
    secured = [re.search(r"^secured: .*$", path.read_text(), re.MULTILINE)[0] for path in files[:2]]
    moved.write_text(files[0].read_text().replace(*secured))
    assert "another record" in run_program("records", "reveal", str(moved), code=1).stderr
    monkeypatch.setenv("AGGREGATOR_SECURED_KEYS", KEY)
    assert "none of 1 keys opens it" in run_program("records", "reveal", str(files[0]), code=1).stderr
    monkeypatch.delenv("AGGREGATOR_SECURED_KEYS")
    assert "no key is set" in run_program("records", "reveal", str(files[0]), code=1).stderr


def test_without_a_key_nothing_is_secured(site):
    """No key, no field."""
    assert all("secured" not in front_matter(path) for path in published(site))


def test_a_malformed_key_is_reported_without_showing_it(site, monkeypatch):
    """The error says what a key looks like and how to make one."""
    monkeypatch.setenv("AGGREGATOR_SECURED_KEYS", "hunter2")
    error = run_program("publish", "--config", str(site.config), code=1).stderr
    assert "openssl rand -base64 32" in error
    assert "hunter2" not in error
