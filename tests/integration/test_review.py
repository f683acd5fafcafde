"""A captured source from the operator's seat: status, review, accept and reject."""

import json

import pytest

from tests.desk.running import DeskVisitor, run_desk
from tests.integration.site import ML, SiteFolder, ago, item, rss, run_program
from tests.loopback import Answer


def serve(loopback, numbers, domain="daily.example"):
    """Let the source send these items, all linking to one domain."""
    date = ago(hours=1)
    body = rss(*(item(n, date) for n in numbers)).replace(b"daily.example", domain.encode())
    loopback.route("/feed", Answer(body=body))


@pytest.fixture
def site(tmp_path, loopback):
    """A site whose one source was captured after six articles."""
    source = {"id": "daily", "url": f"{loopback.url}/feed"}
    made = SiteFolder(tmp_path, [source], [ML], publish={"records": True})
    serve(loopback, range(1, 7))
    made.run("poll")
    serve(loopback, range(50, 54), "casino.example")
    assert "4 quarantined" in made.run("poll", "--all")
    return made


def published(site):
    """Return the feed of all topics after publishing."""
    site.run("publish")
    return (site.feeds / "all" / "articles" / "rss.xml").read_text(encoding="utf-8")


def is_public(site, text):
    """Tell whether any file of the published tree has ``text``."""
    files = (path for path in site.feeds.rglob("*") if path.is_file())
    return any(text.encode() in path.read_bytes() for path in files)


def test_the_operator_is_told(site):
    """Status and review have the source, the reason and every quarantined article; nothing of it is published."""
    (row,) = site.status()["sources"]
    assert (row["quarantined"], row["articles"]) == (4, 10)
    assert row["error"] == (
        "new entries are quarantined: its new entries link to 'casino.example', not to 'daily.example'; "
        "its site is 'casino.example', not 'daily.example': see `aggregator review`"
    )
    quarantined = json.loads(site.run("review", "--json"))
    assert [row["source"] for row in quarantined["sources"]] == ["daily"]
    assert "casino.example" in quarantined["sources"][0]["because"]
    assert len(quarantined["articles"]) == 4
    assert quarantined["articles"][0]["article"] in site.run("review")
    site.run("publish")
    assert is_public(site, "daily.example/3")
    assert not is_public(site, "casino.example")


def test_accepting_publishes(site):
    """All of it at once, and nothing is left for review."""
    assert "accepted 4 articles of daily" in site.run("review", "accept", "daily")
    assert published(site).count("<link>https://casino.example/") == 4
    assert json.loads(site.run("review", "--json")) == {
        "sources": [], "articles": [], "by_rule": [], "withdrawals": [], "moves": [],
    }  # fmt: skip
    site.run("poll")
    assert site.status()["sources"][0]["error"] is None


def test_rejecting_keeps_the_old(site):
    """What was quarantined is gone for ever, one article alone or all; the old articles stay published."""
    first = json.loads(site.run("review", "--json"))["articles"][0]["article"]
    assert "rejected 1 article of" in site.run("review", "reject", first[:8])
    assert "rejected 3 articles of daily" in site.run("review", "reject", "daily")
    site.run("poll", "--all")
    text = published(site)
    assert "casino.example" not in text
    assert text.count("<link>https://daily.example/") == 6


@pytest.mark.parametrize("verb", ["accept", "reject", "withdraw", "keep"])
def test_what_is_not_listed_cannot_be_decided(site, verb):
    """An id of nothing that waits is an error that says where to look."""
    said = run_program("review", verb, "nobody", "--config", str(site.config), code=1).stderr
    look = f"see `aggregator review --config {site.config}`"
    assert said == f"aggregator: nothing waits for review under 'nobody': {look}\n"


def test_each_list_says_what_can_be_typed(site):
    """And a verb that is for the other list says which is meant, and does nothing."""
    first = json.loads(site.run("review", "--json"))["articles"][0]["article"]
    lines = site.run("review").splitlines()
    for place in (2, -4):
        assert f"`aggregator review accept ID --config {site.config}` lets" in lines[place]
        assert f"`aggregator review reject ID --config {site.config}` removes" in lines[place]
    for verb in ("withdraw", "keep"):
        said = run_program("review", verb, first[:8], "--config", str(site.config), code=1).stderr
        advice = " or ".join(
            f"`aggregator review {one} {first} --config {site.config}`" for one in ("accept", "reject")
        )
        assert said == f"aggregator: {first} is quarantined: {advice}\n"
        said = run_program("review", verb, "daily", "--config", str(site.config), code=1).stderr
        assert "daily is quarantined: `aggregator review accept daily --config" in said
    assert len(json.loads(site.run("review", "--json"))["articles"]) == 4


def test_an_article_is_decided_on_by_its_address_beside_problems(site):
    """A mistake in another file keeps nobody from letting it in."""
    site.run("publish")  # which keeps the configuration
    site.write("curation", {"rules": [{"id": "x", "when": 'titel == "x"', "then": {"drop": True}}]})
    url = json.loads(site.run("review", "--json"))["articles"][0]["url"]
    assert "accepted 1 article of" in site.run("review", "accept", url.removeprefix("https://"))
    assert len(json.loads(site.run("review", "--json"))["articles"]) == 3


def test_accepting_tells_what_is_not_good_enough(tmp_path, loopback):
    """What is let in and lacks points all the same is told with what it lacks."""
    source = {"id": "daily", "url": f"{loopback.url}/feed", "weight": -30}
    site = SiteFolder(tmp_path, [source], [ML])
    serve(loopback, range(1, 7))
    site.run("poll")
    serve(loopback, range(50, 54), "casino.example")
    site.run("poll", "--all")
    first = json.loads(site.run("review", "--json"))["articles"][0]["article"]
    told = site.run("review", "accept", first)
    assert f"accepted 1 article of {first}; no feed shows it all the same: its quality is " in told
    assert ", 70 is needed; there is weight -30" in told
    told = site.run("review", "accept", "daily")
    assert f"accepted 3 articles of daily; `aggregator publish --config {site.config}` shows none of" in told


def test_what_a_rule_wants_reviewed_is_listed_apart(tmp_path, loopback):
    """Its source is not quarantined, and is neither offered nor decided on; each article is, with its rule."""
    site = SiteFolder(tmp_path, [{"id": "daily", "url": f"{loopback.url}/feed"}], [ML])
    site.write(
        "curation", {"rules": [{"id": "third", "when": 'title.contains("3")', "then": {"review": True}}]}
    )
    serve(loopback, range(1, 7))
    site.run("poll")
    report = json.loads(site.run("review", "--json"))
    assert (report["sources"], report["articles"]) == ([], [])
    (told,) = report["by_rule"]
    assert (told["source"], told["because"]) == ("daily", "rule third")
    said = run_program("review", "reject", "daily", "--config", str(site.config), code=1).stderr
    assert "daily is not quarantined; 1 article of it a rule wants reviewed" in said
    with run_desk(site) as (server, _):
        visitor = DeskVisitor(server)
        visitor.sign_in()
        assert "Articles that a rule wants reviewed" in visitor.open("review")
        assert "rule third" in visitor.text
        assert "Quarantined" not in visitor.text
    assert "accepted 1 article" in site.run("review", "accept", told["article"][:8])


def test_accepting_tells_which_feeds_are_full(tmp_path, loopback):
    """What is accepted late stands by its date: each feed that has only newer items is told, with how many."""
    about = [{**ML, "limit": 3}]
    site = SiteFolder(
        tmp_path, [{"id": "daily", "url": f"{loopback.url}/feed"}], about, publish={"max_items": 2, "min_items": 1}
    )  # fmt: skip
    site.write(
        "curation", {"rules": [{"id": "look", "when": 'title.contains("comet 9")', "then": {"review": True}}]}
    )
    loopback.route(
        "/feed", Answer(body=rss(item(1, ago(hours=1)), item(2, ago(hours=2)), item(9, ago(hours=3))))
    )
    site.run("poll")
    site.run("publish")
    (waiting,) = json.loads(site.run("review", "--json"))["by_rule"]
    said = site.run("review", "accept", waiting["article"])
    full = "all, all/articles: 2 items come before it, and the feed shows 2"
    publish = f"`aggregator publish --config {site.config}`"
    assert said == (
        f"accepted 1 article of {waiting['article']}; once {publish} is called, it is shown in ml, ml/articles, "
        f"but not in {full}\n"
    )
    lines = site.run("explain", "comet 9").splitlines()
    assert f"- not in {full}" in lines
    site.run("publish")
    assert not shows(site, "all")
    assert shows(site, "ml")
    assert shows(site, "ml/articles")


def shows(site, feed):
    """Tell whether a feed has the article that waited."""
    return "comet 9" in (site.feeds / feed / "rss.xml").read_text(encoding="utf-8")
