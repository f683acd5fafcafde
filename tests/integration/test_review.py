"""A captured source from the operator's seat: status, review, accept and reject."""

import json

import pytest

from tests.integration.site import ML, SiteFolder, ago, item, rss
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
    assert json.loads(site.run("review", "--json")) == {"sources": [], "articles": [], "withdrawals": []}
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


def test_what_is_not_quarantined_cannot_be_decided(site):
    """An id of nothing quarantined is an error that says where to look."""
    site.run("review", "accept", "nobody", code=1)
    site.run("review", "reject", "nobody", code=1)


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
    assert "`aggregator publish` shows none of them" in told
    assert f"- {first}: its quality is " in told
    assert ", 70 is needed; there is weight -30" in told
    assert "accepted 3 articles of daily" in site.run("review", "accept", "daily")
