"""``aggregator plan``, as an editor runs it before a change is published."""

import json
import re

import pytest

from tests.integration.site import ML, SiteFolder, ago, item, send_feed

TITLES = ("Machine learning finds a comet", "Machine learning reads old letters &amp; maps")


@pytest.fixture
def site(tmp_path, loopback):
    """A site that has published two articles on machine learning."""
    send_feed(loopback, *(item(n, ago(hours=n + 1), title=t) for n, t in enumerate(TITLES)))
    made = SiteFolder(
        tmp_path, [{"id": "daily", "url": f"{loopback.url}/feed"}], [ML], enrich={"pages": False}
    )
    made.run("poll")
    made.run("publish")
    return made


def test_nothing_differs_where_nothing_changed(site):
    """The exit code says so, too."""
    assert site.run("plan").startswith("no feed differs, of 2 stored articles")


def test_a_change_is_seen_before_it_is_published(site):
    """What leaves is told with its title and what does it, as lines, as JSON and as a page; nothing is changed."""
    before = {path: path.read_bytes() for path in site.feeds.rglob("*") if path.is_file()}
    site.write("topics", {"topics": [{**ML, "exclude": ["letters"]}]})
    said = site.run("plan", code=3)
    assert "ml/articles: 2 -> 1 items: 0 enter, 1 leave, 0 move" in said
    assert "Machine learning reads old letters & maps  [topic ml]" in said
    report = json.loads(site.run("plan", "--json", code=3))
    assert {"all/articles", "ml/articles"} <= {feed["feed"] for feed in report["feeds"]}
    left = [item for feed in report["feeds"] if feed["feed"] == "ml/articles" for item in feed["leaving"]]
    assert [(item["title"], item["because"], item["after"]) for item in left] == [
        ("Machine learning reads old letters & maps", ["topic ml"], None)
    ]
    assert site.run("plan", code=3) == said
    assert {path: path.read_bytes() for path in site.feeds.rglob("*") if path.is_file()} == before


def test_a_plan_is_a_page_of_its_own(site):
    """It loads nothing and runs nothing, and what publishers wrote is text in it."""
    site.write("topics", {"topics": [{**ML, "exclude": ["letters"]}]})
    page = site.folder / "plan.html"
    site.run("plan", "--html", str(page), code=3)
    text = page.read_text(encoding="utf-8")
    assert "Content-Security-Policy" in text
    assert not re.search(r"<(script|link|img|iframe)|\son\w+=", text)
    assert "<b>" not in text
    assert "old letters &amp; maps</a>" in text


def test_what_says_something_else_is_told(site):
    """A headline that an editor changes, as lines, as JSON and on the page."""
    (site.config / "decisions").mkdir()
    retitled = {
        "id": "d-1", "verb": "retitle", "target": "https://daily.example/0", "value": "A comet is found",
        "reason": "shorter", "by": "anna", "at": "2026-03-01T09:00:00+00:00",
    }  # fmt: skip
    site.write("decisions/now", {"decisions": [retitled]})
    page = site.folder / "plan.html"
    said = site.run("plan", code=3)
    assert "ml/articles: 2 -> 2 items: 0 enter, 0 leave, 0 move, 1 change" in said
    assert "  * 1 -> 1  A comet is found  [decision d-1]" in said
    report = json.loads(site.run("plan", "--json", code=3))
    (feed,) = (one for one in report["feeds"] if one["feed"] == "ml/articles")
    assert [(one["title"], one["because"]) for one in feed["changing"]] == [
        ("A comet is found", ["decision d-1"])
    ]
    assert report["changing"] == sum(len(one["changing"]) for one in report["feeds"])
    site.run("plan", "--html", str(page), code=3)
    assert "Saying something else: 1" in page.read_text(encoding="utf-8")


def test_days_leave_out_what_is_older(site):
    """Items published before are left out of the plan."""
    site.write("topics", {"topics": [{**ML, "exclude": ["machine"]}]})
    assert "2 leave" in site.run("plan", "--days", "1", code=3)
