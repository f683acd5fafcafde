"""What is done at the desk: it is what commands do, once somebody has said so."""

import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest
import yaml

from aggregator.cadence import make_page_gone
from aggregator.config import load_config
from aggregator.store import (
    find_article,
    note_disappearance,
    read_articles_since,
    read_quarantined,
    read_source_state,
)
from tests.builders import NOW
from tests.desk.running import DeskVisitor, run_desk
from tests.integration.site import ML, SiteFolder, ago, item, rss
from tests.loopback import Answer, Loopback


@pytest.fixture(scope="module")
def captured(tmp_path_factory):
    """A site with six articles of a source that was captured then, and brought four others."""
    with Loopback() as loopback:
        made = make_site(tmp_path_factory.mktemp("captured"), loopback.url)
        date = ago(hours=1)
        loopback.route("/feed", Answer(body=rss(*(item(n, date) for n in range(1, 7)))))
        made.run("poll")
        body = rss(*(item(n, date) for n in range(50, 54))).replace(b"daily.example", b"casino.example")
        loopback.route("/feed", Answer(body=body))
        made.run("poll", "--all")
        made.run("publish")
        yield made, loopback.url


def make_site(folder, url):
    """Return a site with one source, which is polled at ``url``."""
    return SiteFolder(folder, [{"id": "daily", "url": f"{url}/feed"}], [ML])


@pytest.fixture
def site(tmp_path, captured):
    """A site of the test's own, with what that one has stored."""
    before, url = captured
    made = make_site(tmp_path, url)
    shutil.copytree(before.folder / "data", made.folder / "data", dirs_exist_ok=True)
    return made


@pytest.fixture
def desk(site):
    """Somebody who is signed in at the site's desk, and the store behind it."""
    with run_desk(site) as (server, state):
        visitor = DeskVisitor(server)
        visitor.sign_in()
        yield visitor, state.context.store


def decisions_of(site):
    """Return the decisions in the files of a site."""
    files = sorted((site.config / "decisions").glob("*.yaml"))
    return [one for file in files for one in yaml.safe_load(file.read_text(encoding="utf-8"))["decisions"]]


def test_what_is_quarantined_is_let_in_or_removed(desk):
    """One article is let in, one is removed once that was asked again, and the source is let in with the rest."""
    visitor, store = desk
    assert "4 that wait" in visitor.open("review")
    assert "its new entries link to 'casino.example'" in visitor.text
    first = read_quarantined(store)[0].id
    visitor.send("review", {**form_of(visitor, first, "accept-article")})
    assert f"Accepted article {first}: it is shown in all, all/articles" in visitor.text
    second = read_quarantined(store)[0].id
    visitor.send("review", form_of(visitor, second, "reject-article"))
    assert "Remove it for ever?" in visitor.text
    assert find_article(store, second) is not None
    assert f"Rejected article {second}" in visitor.press("Remove it")
    assert find_article(store, second) is None
    assert "that waits no longer" in visitor.send(
        "review", {**form_of(visitor, second, "reject-article"), "sure": "yes"}
    )
    visitor.open("review")
    assert "Accepted daily, with 2 articles" in visitor.press("Accept all")
    assert read_source_state(store, "daily").quarantined_at is None
    assert "Nothing waits." in visitor.open("review")


def form_of(visitor, id_, what):
    """Return the fields of a form of the page that is open, for this id."""
    key = visitor.page.css_first("input[name=form_key]").attributes["value"]
    return {"form_key": key, "what": what, "id": id_}


def test_a_decision_is_shown_first_and_written_then(desk, site):
    """The form leads to what would change; nothing stands in a file before that is confirmed, and then once."""
    visitor, _ = desk
    visitor.open("decide?verb=retitle&target=daily.example/1")
    visitor.press("Show what it changes", value="A calm <b>title</b>", reason="shouting")
    assert "decide so?" in visitor.text
    assert "A calm <b>title</b>" in visitor.text
    assert "Machine learning finds comet 1" in visitor.text
    assert not (site.config / "decisions").exists()
    draft = visitor.page.css_first("input[name=draft]").attributes["value"]
    visitor.press("Decide so")
    assert "written; a running service takes it up within seconds" in visitor.text
    assert "0 in force, 1 not taken up yet, the newest first" in visitor.text
    assert "A calm <b>title</b>" in visitor.text
    (written,) = decisions_of(site)
    assert {key: written[key] for key in ("verb", "value", "reason", "by")} == {
        "verb": "retitle", "value": "A calm <b>title</b>", "reason": "shouting", "by": "Ann Lee",
    }  # fmt: skip
    load_config(site.config, {})
    assert "was written already" in visitor.send("confirm", {**form_of(visitor, "", ""), "draft": draft})
    assert len(decisions_of(site)) == 1


def test_decisions_that_do_nothing_are_not_in_force(site):
    """What has ended, and what a later one outdoes, is counted apart and says so."""
    (site.config / "decisions").mkdir()
    entry = "  - {{id: {}, verb: {}, target: 'https://daily.example/1', reason: r, by: b, at: 2026-01-0{}T00:00:00Z{}}}"
    entries = [
        entry.format("over", "quality", 1, ", value: 3, until: 2026-01-02T00:00:00Z"),
        entry.format("out", "withdraw", 2, ""),
        entry.format("back", "restore", 3, ""),
        entry.format("link", "link", 4, ", value: 'https://daily.example/2', until: 2026-01-05T00:00:00Z"),
    ]
    (site.config / "decisions" / "2026-01.yaml").write_text(
        "\n".join(["decisions:", *entries, ""]), encoding="utf-8"
    )
    with run_desk(site) as (server, _):
        visitor = DeskVisitor(server)
        visitor.sign_in()
        text = visitor.open("decisions")
        rows = {row.css_first("th").text(strip=True): row.text() for row in visitor.page.css("tbody tr")}
        pages = [visitor.open(f"{page}?id=https://daily.example/1") for page in ("article", "story")]
        visitor.open("decisions")
    for page, ids in zip(pages, (("over", "out", "link"), ("link",)), strict=True):
        over = page.partition("Decisions that are over")[2]
        assert [id_ for id_ in ("over", "out", "back", "link") if f", {id_})" in over] == [*ids]
    assert "1 in force, 2 have ended, 1 is outdone by a later one, the newest first" in text
    rows = {row.css_first("th").text(strip=True): row.text() for row in visitor.page.css("tbody tr")}
    assert "it has ended" in rows["quality"]
    assert "a later decision restored its target" in rows["withdraw"]
    assert "counts" in rows["restore"]
    assert {
        row.rpartition(", since ")[2].split("\n")[0][-3:] for row in (rows["quality"], rows["withdraw"])
    } == {"ago"}


def test_what_was_shown_is_what_is_written(desk, site):
    """Where somebody changed the files meanwhile, nothing is lost: it is shown once more what it would do now."""
    visitor, _ = desk
    visitor.open("decide?verb=ban&target=daily.example/2")
    visitor.press("Show what it changes", reason="an advert")
    assert "would be" in visitor.text
    site.run("decide", "ban", "https://daily.example/3", "--reason", "an advert, too", "--by", "bo", "--yes")
    assert "changed meanwhile" in visitor.press("Decide so")
    assert len(decisions_of(site)) == 1
    visitor.press("Decide so")
    assert [one["by"] for one in decisions_of(site)] == ["bo", "Ann Lee"]


@pytest.mark.parametrize(
    ("verb", "filled", "said"),
    [
        ("retitle", {"target": "nowhere.example/1", "value": "A", "reason": "b"}, "no article"),
        ("retitle", {"target": "daily.example/1", "value": "", "reason": "b"}, "value: missing"),
        ("quality", {"target": "daily.example/1", "value": "1000", "reason": "b"}, "is no number of points"),
        ("pin", {"target": "daily.example/1", "reason": "b", "until": "soon"}, "until: soon is no time"),
        ("ban", {"target": "daily.example/1", "reason": " "}, "a decision needs what it is on, and why"),
    ],
)
def test_what_cannot_be_decided_is_told(desk, site, verb, filled, said):
    """The form says why, with what was filled in, and nothing is written."""
    visitor, _ = desk
    visitor.open(f"decide?verb={verb}")
    assert said in visitor.press("Show what it changes", **filled)
    assert visitor.status == 400
    assert visitor.page.css_first("#target").attributes["value"] == filled["target"]
    assert not (site.config / "decisions").exists()


def test_what_is_urgent_is_decided_beside_problems(desk, site):
    """While files have problems, a withdrawal is written all the same, and another decision is not."""
    visitor, _ = desk
    (site.config / "topics.yaml").write_text("topics: [{id: ml, nmae: ML}]\n", encoding="utf-8")
    visitor.open("decide?verb=ban&target=daily.example/1")
    assert "nmae" in visitor.press("Show what it changes", reason="an advert")
    visitor.open("decide?verb=withdraw&target=daily.example/1")
    visitor.press("Show what it changes", reason="made up", public_reason="The publisher took it back.")
    assert "the files are left aside until their problems are mended" in visitor.press("Decide so")
    assert [one["verb"] for one in decisions_of(site)] == ["withdraw"]


def test_every_verb_has_its_form(desk):
    """Each verb is offered, with a form that has its fields."""
    visitor, _ = desk
    visitor.open("decide?target=daily.example/1")
    links = [one.attributes["href"] for one in visitor.page.css(".verbs a")]
    assert len(links) == 19
    for link in links:
        visitor.open(link)
        fields = {one.attributes["name"] for one in visitor.page.css("main [name]")}
        assert {"verb", "target", "reason", "public_reason", "until", "form_key"} <= fields
        for one in visitor.page.css("main input:not([type=hidden]), main select, main textarea"):
            assert visitor.page.css_first(f"label[for={one.attributes['id']}]") is not None


def test_an_article_tells_its_life(desk):
    """Its page says why each feed has it or not, and where it is from; the story's says what is in it."""
    visitor, store = desk
    text = visitor.open("article?id=daily.example/1")
    assert "Machine learning finds comet 1" in text
    assert "In 4 of 4 feeds" in text
    assert "machine learning" in text
    assert "daily , first seen" in text
    visitor.open(visitor.page.css_first("a[href^='story?']").attributes["href"])
    assert "Why they are together" in visitor.text
    assert "not joined" in visitor.text
    quarantined = read_quarantined(store)[0]
    assert "it is quarantined" in visitor.open(f"article?id={quarantined.id}")
    assert "no article" in visitor.open("article?id=nothing.of+it")
    assert "Explain an article" in visitor.open("article")


def test_a_source_that_moved_gets_its_new_address(desk, site):
    """The address that was shown is written into sources.yaml; another one that is proposed meanwhile is not."""
    visitor, store = desk
    propose_address(site, "https://daily.example/new")
    visitor.open("review")
    assert "https://daily.example/new" in visitor.text
    shown = {**form_of(visitor, "daily", ""), "url": "https://daily.example/other"}
    assert "another address is proposed" in visitor.send("move", shown)
    visitor.open("source?id=daily")
    assert "moved" in visitor.text
    assert "daily has its new address" in visitor.press("Accept the new address")
    (moved,) = load_config(site.config, {}).sources
    assert (moved.id, moved.url) == ("daily", "https://daily.example/new")
    assert read_source_state(store, "daily").source_id == "daily"


def propose_address(site, url):
    """Let the store have another address of the source, as after two days of redirects."""
    with closing(sqlite3.connect(site.folder / "data" / "aggregator.db")) as store, store:
        store.execute("UPDATE sources SET proposed_url = ?, proposed_why = 'redirected'", [url])


def test_what_disappeared_is_withdrawn_or_kept(desk, site):
    """One is withdrawn by a decision with a reason for readers, one stays for good."""
    visitor, store = desk
    gone = read_articles_since(store, NOW - timedelta(days=900))[:2]
    for one in gone:
        found = make_page_gone(one.id, "daily", now=NOW)
        note_disappearance(store, replace(found, proposed_at=NOW), now=NOW)
    assert "2 articles disappeared at their source" in visitor.open("")
    visitor.open("review")
    assert "Articles that disappeared at their source" in visitor.text
    assert f"Article {gone[0].id} is withdrawn" in visitor.send(
        "review", form_of(visitor, gone[0].id, "withdraw")
    )
    visitor.open("review")
    assert f"Article {gone[1].id} stays" in visitor.send("review", form_of(visitor, gone[1].id, "keep"))
    (written,) = decisions_of(site)
    assert (written["verb"], written["target"], written["by"]) == ("withdraw", gone[0].id, "Ann Lee")
    assert written["public_reason"]
    assert "that waits no longer" in visitor.send("review", form_of(visitor, gone[1].id, "keep"))
