"""``aggregator topics forecast``, as an editor asks before a topic is published."""

import json

import pytest
import yaml

from tests.integration.site import ML, SiteFolder, ago, item, send_feed

COMETS = {"id": "comets", "name": "Comets", "keywords": ["postbird"]}


@pytest.fixture
def site(tmp_path, loopback):
    """A site with three sources: two tell one story on the Postbird, and one writes of other things."""
    shared = "Postbird rocket scrubbed at Skerry launchpad after a leak"
    send_feed(
        loopback,
        item(1, ago(hours=3), title=shared),
        item(2, ago(hours=9), title="Postbird crew named"),
        path="/a",
    )
    send_feed(loopback, _move(item(3, ago(hours=2), title=f"{shared} in the night")), path="/b")
    send_feed(loopback, _move(item(4, ago(hours=1), title="Machine learning reads letters")), path="/c")
    sources = [{"id": name, "url": f"{loopback.url}/{name}"} for name in "abc"]
    made = SiteFolder(tmp_path, [*sources, {"id": "off", "url": f"{loopback.url}/d", "enabled": False}, {"id": "other", "url": f"{loopback.url}/c?2", "topics": ["ml"]}], [ML],
        enrich={"pages": False})  # fmt: skip
    made.run("poll")
    made.run("publish")
    return made


def _move(entry):
    """Return an item as another publisher has it."""
    return entry.replace("daily.example", "weekly.example")


def test_a_topic_that_is_only_in_the_files_is_told_of(site):
    """What it would publish, who brings it, who tells the same, and who brings nothing."""
    site.write("topics", {"topics": [ML, COMETS]})
    found = json.loads(site.run("topics", "forecast", "comets", "--json"))
    assert (found["on_topic"], found["published"]) == (3, 3)
    assert {one["source_id"]: (one["published"], one["articles"]) for one in found["sources"]} == {
        "a": (2, 2), "b": (1, 1)
    }  # fmt: skip
    assert found["independent"] == 1
    assert found["verdict"].startswith("yes: 1.0 stories a day of two or more independent publishers")
    assert [(one["a"], one["b"], one["stories"]) for one in found["overlaps"]] == [("a", "b", 1)]
    assert found["silent"] == {
        "c": "its article is not on the topic", "off": "it is switched off",
        "other": "its `topics` in sources.yaml leave this one out",
    }  # fmt: skip
    assert (found["days"], found["stored_days"], found["articles_per_day"]) == (
        7,
        pytest.approx(0.38, abs=0.02),
        3,
    )
    said = site.run("topics", "forecast", "comets")
    assert "in 7 days 3 articles on the topic, 3 of them published (3.0 a day)" in said
    assert "the store has 0.4 of the last 7 days, numbers a day are of a whole one" in said


def test_a_topic_without_articles_yields_nothing(site):
    """It says so, and what is not configured is refused with what there is."""
    site.write("topics", {"topics": [ML, {**COMETS, "keywords": ["nothing of it"]}]})
    said = site.run("topics", "forecast", "comets")
    assert said.startswith("comets: no: nothing would be published; no article is on the topic")
    site.run("topics", "forecast", "nothing", code=1)


def test_what_a_decision_added_is_told_by_what_keeps_it_out(site):
    """It is on the topic: too little for it, out by a decision, or held by a rule; not what is in review."""
    site.write("topics", {"topics": [ML, {**COMETS, "keywords": ["nothing of it"], "quality_threshold": 90}]})
    reason = ("--reason", "it fits", "--yes")
    site.run("decide", "add-topic", "daily.example/1", "comets", *reason)
    site.run("decide", "add-topic", "daily.example/2", "comets", *reason)
    said = site.run("topics", "forecast", "comets")
    assert said.startswith(
        "comets: no: nothing would be published; none of the 2 articles on the topic is published: "
        "its quality is below 90 in 2\n"
    )
    site.run("decide", "ban", "daily.example/2", *reason)
    site.write("curation", {"rules": [{"id": "slow", "when": 'url.endsWith("/1")', "then": {"hold": "2d"}}]})
    site.run("publish")
    found = json.loads(site.run("topics", "forecast", "comets", "--json"))
    ban = next(one["id"] for one in explain(site, 2)["decisions"] if one["verb"] == "ban")
    assert found["silent"]["a"] == (
        "none of its 2 articles on the topic is published: "
        f"held for a time by rule slow in 1, kept out by decision {ban} in 1"
    )
    site.write(
        "curation", {"rules": [{"id": "look", "when": 'url.endsWith("/1")', "then": {"review": True}}]}
    )
    site.run("publish")
    found = json.loads(site.run("topics", "forecast", "comets", "--json"))
    assert found["silent"]["a"] == f"its article on the topic is not published: kept out by decision {ban}"


def test_what_takes_articles_out_of_the_topic_is_named(site):
    """Rules and decisions that do so are told of articles whose words are the topic's, with how many."""
    rules = [{"id": "no-daily", "when": 'url.contains("daily")', "then": {"remove_topic": ["comets"]}}]
    site.write("topics", {"topics": [ML, COMETS]})
    site.write("curation", {"rules": rules})
    site.run("decide", "remove-topic", "weekly.example/3", "comets", "--reason", "no", "--yes")
    (decision,) = explain(site, 3)["decisions"]
    found = json.loads(site.run("topics", "forecast", "comets", "--json"))
    by_decision = f"1 article by decision {decision['id']}"
    assert found["silent"]["a"] == (
        "none of its 2 articles is on the topic; taken out: 2 articles by rule no-daily"
    )
    assert found["silent"]["b"] == f"its article is not on the topic; taken out: {by_decision}"
    assert found["silent"]["c"] == "its article is not on the topic"
    assert found["verdict"].endswith(
        f"no article is on the topic; taken out: {by_decision}, 2 articles by rule no-daily"
    )


def test_what_was_old_when_it_came_is_told_so(site, loopback):
    """A decision puts it on the topic, and no quality would bring it into its feeds."""
    send_feed(loopback, item(9, ago(days=3), title="A postbird of the day before yesterday"), path="/a")
    site.write("settings", {**read_settings(site), "polling": {"backlog_days": 1}})
    site.run("poll", "--all")
    site.write("topics", {"topics": [ML, {**COMETS, "keywords": ["nothing of it"]}]})
    site.run("decide", "add-topic", "daily.example/9", "comets", "--reason", "it fits", "--yes")
    found = json.loads(site.run("topics", "forecast", "comets", "--json"))
    assert found["verdict"] == (
        "no: nothing would be published; the article on the topic is not published: "
        "older than `polling.backlog_days` when it was first seen"
    )


def explain(site, number):
    """Return what is told of an article by its address."""
    host = "weekly" if number == 3 else "daily"
    return json.loads(site.run("explain", f"{host}.example/{number}", "--json"))


def read_settings(site):
    """Return the settings of a site."""
    return yaml.safe_load((site.config / "settings.yaml").read_text(encoding="utf-8"))
