"""Reports as JSON, for other programs: one object each, with what people are told."""

import json

import pytest

from tests.integration.site import ML, SiteFolder, ago, item, run_program, send_feed
from tests.loopback import Answer


@pytest.fixture
def site(tmp_path, loopback):
    """A site with a source that has two articles, one that fails, and a topic that nothing gives articles."""
    send_feed(loopback, item(1, ago(hours=1)), item(2, ago(hours=2)))
    sources = [
        {"id": "daily", "url": f"{loopback.url}/feed", "name": "Daily", "topics": ["ml"]},
        {"id": "gone", "url": f"{loopback.url}/gone"},
    ]
    return SiteFolder(tmp_path, sources, [ML, {"id": "bare", "name": "Bare"}])


def report(site, *words, code=0):
    return json.loads(site.run(*words, "--json", code=code))


def test_the_way_of_an_article_is_reported(site):
    """Polling, publishing and what lists sources and stories."""
    polls = {one["source_id"]: one for one in report(site, "poll")["polls"]}
    assert (polls["daily"]["outcome"], polls["daily"]["new"]) == ("updated", 2)
    assert "404" in polls["gone"]["error"]
    published = report(site, "publish")
    assert published["topics"]["ml"] == 2
    assert published["written"] > 10
    assert published["errors"] == []
    again = report(site, "rebuild")
    assert (again["written"], again["unchanged"] > 5) == (0, True)
    listed = report(site, "sources", "list")["sources"]
    assert listed[0]["id"] == "daily"
    assert (listed[0]["outcome"], listed[0]["topics"]) == ("updated", ["ml"])
    assert report(site, "stories", "list")["stories"] == []


def test_what_a_check_finds_is_reported(site):
    """Warnings leave the exit code; problems do not, and then there are no warnings."""
    found = report(site, "check")
    assert found["problems"] == []
    assert ["bare can have no articles" in text for text in found["warnings"]] == [True]
    site.write("topics", {"topics": [{"id": "bare"}]})
    found = report(site, "check", code=1)
    assert any("name: missing" in text for text in found["problems"])
    assert found["warnings"] == []


def test_what_is_looked_up_is_reported(site, loopback):
    """Where a source has gone, and the AMP page of an article; exit codes are as without it."""
    report(site, "poll", "--source", "gone", code=1)
    (found,) = report(site, "sources", "doctor", "gone", code=1)["sources"]
    assert found["source_id"] == "gone"
    assert found["steps"]
    loopback.route("/article", Answer(body=b"<html><body>Hello</body></html>"))
    amp = report(site, "amp", "find", f"{loopback.url}/article", code=1)
    assert amp["proved"] is None
    assert amp["article"] == f"{loopback.url}/article"


def test_a_failure_of_most_polls_is_told_beside_the_report(site):
    """The report is whole, and the exit code is 1."""
    done = run_program("poll", "--source", "gone", "--json", "--config", str(site.config), code=1)
    assert json.loads(done.stdout)["polls"][0]["source_id"] == "gone"
    assert "1 of 1 sources failed" in done.stderr
