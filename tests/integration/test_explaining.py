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


WRITTEN = (
    "http://www.daily.example/1/", "HTTPS://Daily.Example:443/1?utm_source=mail", " <https://daily.example/1> ",
    "www.daily.example/1/#top", "machine finds COMET 1", "“Machine learning finds comet 1”", "comet",
)  # fmt: skip
"""What an editor may write for one article: its address as others write it, and words of its title."""


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
    for text in (told["id"], told["id"][:13], f"urn:uuid:{told['id']}", "daily.example/1", *WRITTEN):
        assert json.loads(site.run("explain", text, "--json"))["id"] == told["id"]
        assert json.loads(site.run("stories", "show", text, "--json"))["lead"] == told["id"]
    shown = site.run("explain", told["id"], "--all")
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


def test_the_answer_comes_first_and_is_short(site):
    """The feeds that have it and why, and why the others have not, with the smallest change; no more."""
    lines = site.run("explain", "daily.example/1").splitlines()
    assert lines[0] == "Machine learning finds comet 1"
    assert lines[1].startswith("of daily.example, 2")
    assert lines[2] == "in 6 of 6 feeds:"
    assert (
        "- in ml (item 1), ml/articles (item 1): keyword 'machine learning' in title, until 2"
        in "\n".join(lines)
    )
    told = explain(site, 1)["id"][:8]
    assert lines[-1].startswith(f"(`aggregator explain {told} --all --config {site.config}`")
    assert len(lines) == 7
    lines = site.run("explain", "cake").splitlines()
    assert lines[0] == "A cake recipe"
    assert "in 0 of 6 feeds" in lines
    assert any(line.startswith("    to change that: ") for line in lines)
    assert "- not in ai, ai/articles, ml, ml/articles: no keyword of the topic stands" in "\n".join(lines)


def test_several_that_are_meant_are_listed_newest_first(site, loopback):
    """With their ids; by the whole title, or one that an editor gave it, one alone is meant."""
    items = [item(n, ago(hours=1 + n), title=f"Comet {n} seen") for n in range(3, 15)]
    loopback.route("/feed", Answer(body=rss(*items)))
    site.run("poll", "--all")
    done = run_program("explain", "comet", "--config", str(site.config), code=1)
    first, *rows = done.stderr.splitlines()
    what = "13 articles are meant by 'comet': write more of it, or an id of these, the newest 10:"
    assert first == f"aggregator: {what}"
    titles = ["Machine learning finds comet 1", *(f"Comet {n} seen" for n in range(3, 12))]
    assert [row.partition("daily.example  ")[2] for row in rows] == titles
    assert json.loads(site.run("explain", rows[1].split()[1], "--json"))["title"] == "Comet 3 seen"
    assert json.loads(site.run("explain", "comet 3 seen", "--json"))["title"] == "Comet 3 seen"
    done = run_program("stories", "show", "comet", "--config", str(site.config), code=1)
    assert "stories are meant by 'comet'" in done.stderr
    site.run("decide", "retitle", "comet 3 seen", "An icy visitor", "--reason", "calm", "--yes")
    assert json.loads(site.run("explain", "icy visitor", "--json"))["title"] == "Comet 3 seen"
    site.run("decide", "ban", "icy visitor", "--reason", "no", "--yes")
    assert (
        "no article 'cometary' is known"
        in run_program(
            "decide", "ban", "cometary", "--reason", "no", "--config", str(site.config), code=1
        ).stderr
    )


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


def test_decisions_on_stories_and_removed_articles_that_are_over_are_told(site):
    """With why, and since when; of an article that is gone as well, by whichever name a decision has it."""
    ids = [explain(site, number)["id"] for number in (1, 2)]
    told = {"by": "ada", "at": "2026-03-02T12:00:00Z", "reason": "so"}
    decisions = [
        {
            "id": "s1",
            "verb": "link",
            "target": ids[0],
            "value": ids[1],
            "until": "2026-03-04T00:00:00Z",
            **told,
        },
        {"id": "s2", "verb": "link", "target": ids[1], "value": "https://daily.example/1", **told},
        {
            "id": "s3",
            "verb": "unlink",
            "target": ids[0],
            "value": ids[1],
            **told,
            "at": "2026-03-05T00:00:00Z",
        },
        {"id": "a1", "verb": "quality", "target": "https://daily.example/1", "value": 3, **told},
        {"id": "a2", "verb": "ban", "target": ids[0], "until": "2026-03-06T00:00:00Z", **told},
    ]
    (site.config / "decisions").mkdir()
    (site.config / "decisions" / "2026-03.yaml").write_text(json.dumps({"decisions": decisions}))
    site.run("publish")
    ended = ("it has ended", "2026-03-04T00:00:00Z")
    outdone = ("a later decision on both counts", "2026-03-05T00:00:00Z")
    for number in (1, 2):
        said = explain(site, number)
        over = {one["id"]: (one["overBecause"], one["overSince"]) for one in said["storyDecisionsOver"]}
        assert over == {"s1": ended, "s2": outdone}
        assert [one["id"] for one in said["storyDecisions"]] == ["s3"]
    shown = json.loads(site.run("stories", "show", ids[0], "--json"))
    assert {one["id"] for one in shown["decisionsOver"]} == {"s1", "s2"}
    line = f"- s1: link {ids[1]}: so (ada, 2026-03-02T12:00:00Z, until {ended[1]}); over since {ended[1]}: {ended[0]}"
    assert line in site.run("stories", "show", ids[0]).splitlines()
    with open_store(f"sqlite:///{site.folder}/data/aggregator.db") as store:
        remove_articles_before(store, datetime.now(UTC) + timedelta(days=1))
    said = explain(site, 1)["decisionsOver"]
    assert [(one["id"], one["overBecause"]) for one in said] == [
        ("a1", "its target is not stored"), ("a2", "it has ended"),
    ]  # fmt: skip
    for words in ((), ("--all",)):
        assert "decisions that are over:\n- a1: quality 3" in site.run("explain", "daily.example/1", *words)


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
    assert "- cakes: not applied" in site.run("explain", "daily.example/1", "--all")


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
    waits = "it waits until 2099-01-01T00:00:00Z by decision d2"
    assert feed_of(comet, "ml/articles")["why"] == "taken out by decision d1"
    waiting = feed_of(comet, "all/articles")
    assert waiting["why"] == waits
    assert waiting["since"] == "2099-01-01T00:00:00Z"
    shown = site.run("explain", "daily.example/1", "--all")
    assert "embargo (ada, 2026-03-02T12:00:00Z)" in shown
    assert "taken out by decision d1\n" in shown


def test_what_readers_see_is_told_beside_what_editors_and_the_publisher_say(site):
    """The title that an editor gave it with its publisher's, and the public reason with the internal one."""
    reasons = ("--reason", "shouting", "--public-reason", "It was too loud.", "--yes")
    site.run("decide", "retitle", "daily.example/1", "A calm title", *reasons)
    site.run("publish")
    told = explain(site, 1)
    assert (told["title"], told["shownTitle"]) == ("Machine learning finds comet 1", "A calm title")
    assert told["decisions"][0]["publicReason"] == "It was too loud."
    short, long = (site.run("explain", "daily.example/1", *words) for words in ((), ("--all",)))
    assert short.startswith("A calm title\n(its publisher's title: Machine learning finds comet 1)\n")
    assert "\ntitle: A calm title\nits publisher's title: Machine learning finds comet 1\n" in long
    for said in (short, long):
        line = next(one for one in said.splitlines() if ": retitle " in one)
        assert ": shouting (" in line
        assert line.endswith("); readers are told: It was too loud.")


def test_a_decision_without_effect_is_told_so(site):
    """As of a pin in a topic that a rule took the article out of."""
    site.write("curation", {"rules": [{"id": "sky", "when": "true", "then": {"remove_topic": ["ml"]}}]})
    told = {"by": "ada", "at": "2026-03-02T12:00:00Z", "target": "https://daily.example/1"}
    pin = {"id": "d1", "verb": "pin", "topic": "ml", "reason": "big", "until": "2099-01-01T00:00:00Z", **told}
    (site.config / "decisions").mkdir()
    (site.config / "decisions" / "2026-03.yaml").write_text(json.dumps({"decisions": [pin]}))
    site.run("publish")
    idle = "its target is not in the topic ml"
    assert explain(site, 1)["decisions"][0]["changesNothingBecause"] == idle
    for words in ((), ("--all",)):
        line = next(n for n in site.run("explain", "daily.example/1", *words).splitlines() if "- d1:" in n)
        assert line.endswith(f"; it changes nothing now: {idle}")


def test_what_a_rule_holds_is_told_until_when(site):
    """It waits until then, by the rule, which is no ban; a decision that lets it go later is told with it."""
    held = {"id": "slow", "when": 'title.contains("comet")', "then": {"hold": "2d", "quality": 100}}
    site.write("curation", {"rules": [held]})
    site.run("publish")
    told = explain(site, 1)
    end = datetime.fromisoformat(told["sources"][0]["firstSeen"]) + timedelta(days=2)
    why = f"it waits until {end:%Y-%m-%dT%H:%M:%SZ} by rule slow"
    assert {feed["why"] for feed in told["feeds"] if feed["feed"][:2] != "ai"} == {why}
    assert feed_of(told, "ml")["changes"] == ["change or end rule slow"]
    lines = site.run("explain", "comet").splitlines()
    assert f"- not in all, all/articles, ai, ai/articles, ml, ml/articles: {why}" in lines
    assert lines.count("    to change that: change or end rule slow") == 1
    decide = ("decide", "hold-until", "comet", "2099-01-01T01:00:00+01:00", "--reason", "embargo", "--yes")
    site.run(*decide, "--until", "2098-01-01T00:00:00Z")
    site.run("publish")
    told = explain(site, 1)
    name = told["decisions"][0]["id"]
    both = why.replace("it waits", f"it waits until 2098-01-01T00:00:00Z by decision {name} and")
    assert feed_of(told, "ml")["why"] == both
    assert feed_of(told, "ml")["changes"] == [
        f"a sooner `hold-until` than decision {name} and change or end rule slow"
    ]
