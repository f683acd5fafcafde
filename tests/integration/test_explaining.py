"""The operator asks why an article is where it is."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.store import open_store, remove_articles_before
from tests.integration.site import TOPICS, SiteFolder, ago, item, rss, run_program
from tests.loopback import Answer

CAKE = (
    "<title>A cake recipe</title><link>https://daily.example/2</link><guid>g2</guid>"
    f"<pubDate>{ago(hours=2)}</pubDate><description>Flour and butter.</description>"
)


@pytest.fixture
def site(tmp_path, loopback):
    """A site that polled and published an article on a topic, and polled one on none."""
    loopback.route("/feed", Answer(body=rss(item(1, ago(hours=1)), CAKE)))
    site = SiteFolder(tmp_path, [{"id": "daily", "url": f"{loopback.url}/feed"}], TOPICS)
    site.run("poll")
    site.run("publish")
    return site


def explain(site, number):
    """Return what is told of an article of the source by its address."""
    return json.loads(site.run("explain", f"https://daily.example/{number}", "--json"))


def feed_of(told, name):
    """Return what is told of one feed."""
    return next(feed for feed in told["feeds"] if feed["feed"] == name)


def test_an_article_is_explained_by_its_address_its_id_and_how_that_begins(site):
    """Whatever an operator has of it leads to the same article."""
    told = explain(site, 1)
    assert told["title"] == "Machine learning finds comet 1"
    assert told["sources"][0]["source"] == "daily"
    assert told["topics"]["ml"] == "keyword 'machine learning' in title"
    for text in (told["id"], told["id"][:13], f"urn:uuid:{told['id']}", "daily.example/1"):
        assert json.loads(site.run("explain", text, "--json"))["id"] == told["id"]
        assert json.loads(site.run("stories", "show", text, "--json"))["lead"] == told["id"]
    shown = site.run("explain", told["id"])
    assert "quality " in shown
    assert "first seen 2" in shown


def test_what_is_told_to_take_an_article_out_does_so(site, loopback):
    """So many points less are enough, and one point less is not; then the same points bring it back."""
    told = feed_of(explain(site, 1), "ml/articles")
    assert told["why"] == "keyword 'machine learning' in title; item 1, as long as it is recent"
    points = next(int(change.split()[0]) for change in told["changes"] if "quality" in change)
    for weight, is_shown in ((1 - points, True), (-points, False)):
        url = f"{loopback.url}/feed"
        site.write("sources", {"sources": [{"id": "daily", "url": url, "weight": weight}]})
        site.run("publish")
        told = feed_of(explain(site, 1), "ml/articles")
        assert told["isShown"] is is_shown
    assert told["why"] == "its quality is 69, 70 is needed"
    assert "1 more `weight` at its source or provider" in told["changes"]


def test_an_article_on_no_topic_is_told_so(site):
    """It is in no feed, and the reason is its topic."""
    told = explain(site, 2)
    assert not any(feed["isShown"] for feed in told["feeds"])
    assert "it is on no topic" in feed_of(told, "all/articles")["why"]


def test_an_unknown_article_is_refused_with_what_to_give(site):
    """The error says what an article is called by."""
    done = run_program("explain", "https://elsewhere.example/9", "--config", str(site.config), code=1)
    assert "no article 'https://elsewhere.example/9' is known: give its id" in done.stderr


def test_what_is_left_of_a_removed_article_is_told(site):
    """Its source and its addresses are remembered."""
    known = explain(site, 1)
    with open_store(f"sqlite:///{site.folder}/data/aggregator.db") as store:
        assert remove_articles_before(store, datetime.now(UTC) + timedelta(days=1)) == 2
    told = explain(site, 1)
    assert (told["id"], told["isStored"]) == (known["id"], False)
    assert told["sources"] == known["sources"]
    assert told["addresses"] == ["https://daily.example/1"]
    assert "it is not stored any more" in site.run("explain", "daily.example/1")


def test_rules_are_told_clause_by_clause(site):
    """What they do to topics and quality is told with their names, and what none of them matched."""
    rules = [
        {"id": "no-comets", "topics": ["ml"], "when": ['title.contains("comet")'], "then": {"drop": True}},
        {"id": "cakes", "when": ['title.contains("cake")', "age_h < 48.0"], "then": {"add_topic": "ml"}},
    ]
    site.write("curation", {"rules": rules})
    site.run("publish")
    comet, cake = explain(site, 1), explain(site, 2)
    assert feed_of(comet, "ml/articles")["why"] == "taken out by rule no-comets"
    assert feed_of(comet, "ml/articles")["changes"] == ["change or end rule no-comets"]
    assert cake["topics"]["ml"] == "by rule cakes"
    said = [[clause["holds"] for clause in rule["clauses"]] for rule in comet["rules"]]
    assert said == [[True], [False, True]]
    assert "- cakes: not applied" in site.run("explain", "daily.example/1")


def test_decisions_are_told_with_who_made_them(site):
    """What each does to topics, quality and time is told with its id and reason."""
    told = {"by": "ada", "at": "2026-03-02T12:00:00Z", "target": "https://daily.example/1"}
    decisions = [
        {"id": "d1", "verb": "remove-topic", "value": "ml", "reason": "it is astronomy", **told},
        {"id": "d2", "verb": "hold-until", "value": "2099-01-01T00:00:00Z", "reason": "embargo", **told},
    ]
    (site.config / "decisions").mkdir()
    (site.config / "decisions" / "2026-03.yaml").write_text(json.dumps({"decisions": decisions}))
    site.run("publish")
    comet = explain(site, 1)
    assert [(one["id"], one["by"], one["reason"]) for one in comet["decisions"]] == [
        ("d1", "ada", "it is astronomy"),
        ("d2", "ada", "embargo"),
    ]
    assert feed_of(comet, "ml/articles")["why"] == "taken out by decision d1"
    waiting = feed_of(comet, "all/articles")
    assert waiting["why"] == "it waits for the end of decision d2 until then at the latest"
    assert waiting["since"] == "2099-01-01T00:00:00Z"
    shown = site.run("explain", "daily.example/1")
    assert "embargo (ada, 2026-03-02T12:00:00Z)" in shown
    assert "taken out by decision d1\n" in shown
