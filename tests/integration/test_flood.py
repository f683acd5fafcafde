"""A source that brings too much at once, polled and published as an operator does it."""

import json
import re

from tests.integration.site import ML, SiteFolder, ago, item, send_feed


def test_a_flood_is_published_in_turn(tmp_path, loopback):
    """So many are published; the others are stored, wait, and are told by explain; what is far too much, by review."""
    source = {"id": "daily", "url": f"{loopback.url}/feed", "max_per_hour": 1}
    site = SiteFolder(tmp_path, [source], [ML], enrich={"pages": False})
    send_feed(loopback, *(item(number, ago(minutes=40 - number)) for number in range(1, 31)))
    site.run("poll")
    site.run("publish")
    items = json.loads((site.feeds / "all" / "articles" / "feed.json").read_bytes())["items"]
    assert [one["url"] for one in items] == ["https://daily.example/7"]
    quarantined = json.loads(site.run("review", "--json"))["articles"]
    assert sorted(int(row["url"].rpartition("/")[2]) for row in quarantined) == [1, 2, 3, 4, 5, 6]
    assert {row["because"] for row in quarantined} == {
        "its source brought more than a day of its max_per_hour at once"
    }
    explained = site.run("explain", "https://daily.example/8")
    assert re.search(r"it waits until \S+Z for its turn \(`max_per_hour` of its source\)", explained)
    assert "accepted" in site.run("review", "accept", quarantined[0]["article"])
    site.run("publish")
    items = json.loads((site.feeds / "all" / "articles" / "feed.json").read_bytes())["items"]
    assert [one["url"] for one in items] == ["https://daily.example/7", "https://daily.example/6"]
