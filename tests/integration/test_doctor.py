"""Sources that do not answer any more: told once, probed slowly, and found where they went."""

import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
import yaml
from structlog.testing import capture_logs

from tests.integration.polling import poll_at
from tests.integration.site import SiteFolder, item, read_until, rss, start_program, stop_program
from tests.integration.terminal import run_on_terminal
from tests.loopback import Answer, raw

NOW = datetime.now(UTC).replace(microsecond=0)
DAY = timedelta(days=1)
HASTY = {"allow_private_addresses": True, "timeout_s": 1, "domain_delay_s": 0}
LINK = '<link rel="alternate" type="application/rss+xml" href="{}">'


@pytest.fixture
def site(tmp_path, loopback):
    """A site with one source that was polled once, and is gone now."""
    loopback.route("/old", document(1, 2, 3))
    made = SiteFolder(tmp_path, [])
    text = f"sources:\n  # the daily\n  - url: {loopback.url}/old   # since 1999\n    id: daily\n"
    (made.config / "sources.yaml").write_text(text, encoding="utf-8")
    poll_at(made, NOW - 30 * DAY)
    loopback.route("/old", Answer(status=410))
    return made


def document(*numbers, title="The Daily"):
    items = (item(n, format_datetime(NOW - n * DAY)) for n in numbers)
    return Answer(body=rss(*items, title=title, link="http://127.0.0.1:1/"))


def page(*hrefs):
    links = "".join(LINK.format(href) for href in hrefs)
    return Answer(body=f"<html><head>{links}</head></html>".encode(), headers={"Content-Type": "text/html"})


def reported(site, *times):
    """Poll at these times, and return what the operator is told of how the source stands."""
    with capture_logs() as events:
        poll_at(site, *times)
    return [(event["log_level"], event["standing"]) for event in events if event["event"] == "source"]


def test_the_operator_is_told_once(site, loopback):
    """When it goes, and when it is back; not at every probe between."""
    assert reported(site, NOW - 20 * DAY, NOW - 13 * DAY, NOW - 6 * DAY) == [("error", "gone")]
    loopback.route("/old", document(1, 2, 3))
    assert reported(site, NOW) == [("info", "well")]
    assert site.status()["sources"][0]["standing"] == "well"


def test_what_the_site_names_is_found_and_proposed(site, loopback):
    """Autodiscovery leads to a feed with the same entries; the patch is shown, and can be accepted."""
    poll_at(site, NOW - DAY)
    loopback.route("/", page("/here/it/is"))
    loopback.route("/here/it/is", document(3, 4, 5, 6, 2))
    said = site.run("sources", "doctor")
    assert f"its site {loopback.url}/ names it" in said
    assert "the feed there has the same entries" not in said
    loopback.route("/here/it/is", document(3, 4, 1, 2))
    said = site.run("sources", "doctor", "daily")
    assert "the feed there has the same entries" in said
    assert (
        f"-  - url: {loopback.url}/old   # since 1999\n+  - url: {loopback.url}/here/it/is   # since 1999\n"
        in said
    )
    assert f"{loopback.url}/old" in (site.config / "sources.yaml").read_text(encoding="utf-8")
    (proposal,) = site.status()["proposals"]
    assert proposal["proposed_url"] == f"{loopback.url}/here/it/is"
    site.run("sources", "accept", "daily")
    assert "1 updated" in site.run("poll")
    (row,) = site.status()["sources"]
    assert (row["standing"], row["articles"]) == ("well", 4)


def test_common_paths_are_tried_last(site, loopback):
    """Where no page names it, the usual places are asked; another feed there is not taken for it."""
    loopback.route("/feed", document(21, 22, 23, title="Another"))
    loopback.route("/atom.xml", document(1, 2, 3))
    said = site.run("sources", "doctor", "daily")
    assert f"{loopback.url}/feed: a feed, none of its entries known" in said
    assert f"+  - url: {loopback.url}/atom.xml   # since 1999" in said


def test_a_page_at_the_address_names_the_feed(site, loopback):
    """Where the feed's address shows a page now, the feed that it links to is asked."""
    loopback.route("/old", page("/new"))
    loopback.route("/new", document(1, 2))
    assert "the page that is at its address now names it" in site.run("sources", "doctor", "daily")


def test_what_is_nowhere_is_said_so(site, loopback):
    """A site that is gone altogether is asked a bounded number of times, and nothing is proposed."""
    poll_at(site, NOW - DAY)
    before = len(loopback.requests)
    said = site.run("sources", "doctor", code=1)
    assert "found nowhere" in said
    assert "look for the feed's new address" not in said
    assert "aggregator sources doctor" not in said
    assert len(loopback.requests) - before <= 20
    assert site.status()["proposals"] == []


def test_a_host_that_hangs_is_asked_once(site, loopback):
    """Each of its other addresses would take as long; what is asked is shown meanwhile, where it is a terminal."""
    site.write("settings", yaml.safe_load((site.config / "settings.yaml").read_text()) | {"fetch": HASTY})
    loopback.route("/old", raw(then=lambda _: time.sleep(4)))
    before = len(loopback.requests)
    said = site.run("sources", "doctor", "daily", code=1)
    assert said.count("fetch.timeout_s") == 1
    assert "127.0.0.1: asked nothing more, as it does not answer in time" in said
    assert [one.path for one in loopback.requests[before:]] == ["/old"]
    words = ("sources", "doctor", "daily", "--config", str(site.config))
    shown, code = run_on_terminal(*words, typed="")
    assert code == 1
    assert "daily (1 of 1): asking http://127.0.0.1:" in shown


def test_a_source_that_answers_needs_no_doctor(site, loopback):
    """Nothing is proposed for what answers again; without an id only ill sources are looked at."""
    assert "no source is gone" in site.run("sources", "doctor")
    loopback.route("/old", document(1, 2, 3))
    assert "it answers again" in site.run("sources", "doctor", "daily")
    site.run("sources", "doctor", "nobody", code=1)


@pytest.mark.parametrize("numbers", [(1, 2, 3, 4), (7, 8, 9)], ids=["one is new", "all are new"])
def test_what_answers_again_is_polled_at_once(site, loopback, numbers):
    """It does not wait for its next probe, which may be a week away."""
    poll_at(site, NOW - DAY)
    loopback.route("/old", document(*numbers))
    site.run("poll")
    assert site.status()["sources"][0]["standing"] == "gone"
    site.run("sources", "doctor", "daily")
    site.run("poll")
    (row,) = site.status()["sources"]
    assert (row["standing"], row["outcome"]) == ("well", "updated")


def test_after_it_was_found_well_a_failure_is_the_first(site, loopback):
    """What fails again after the doctor saw it well is tried again soon, before its entries are gone."""
    loopback.route("/old", Answer(status=500))
    poll_at(site, *(NOW - n * DAY for n in range(12, 2, -1)))
    (row,) = site.status()["sources"]
    assert (row["standing"], row["failures"]) == ("failing", 10)
    loopback.route("/old", document(1, 2, 3, 4))
    site.run("sources", "doctor", "daily")
    loopback.route("/old", Answer(status=500))
    site.run("poll", code=1)
    (row,) = site.status()["sources"]
    assert (row["standing"], row["failures"]) == ("failing", 1)
    assert datetime.fromisoformat(row["next_poll_at"]) < datetime.now(UTC) + timedelta(hours=12)


@pytest.mark.parametrize("answer", [Answer(status=404), page("/comments/feed", "/good"), page()])
def test_what_was_never_read_is_found(tmp_path, loopback, answer):
    """Of a source that was wrong from the start the feed of its site is proposed, as one to be looked at."""
    site = SiteFolder(tmp_path, [{"id": "typo", "url": loopback.route("/feeed", answer)}])
    loopback.route("/", page("/comments/feed", "/good"))
    loopback.route("/comments/feed", document(1, title="Comments"))
    good = loopback.route("/good", document(1, 2, 3))
    site.run("poll", code=1)
    said = site.run("sources", "doctor", "typo")
    assert "the source was never read, so that nothing can be compared" in said
    assert f"+  url: {good}\n" in said
    site.run("sources", "accept", "typo")
    assert "1 updated" in site.run("poll")


def test_what_was_never_read_over_https_is_looked_for_without(tmp_path, loopback):
    """As the address that an import made of ``feed://``; the line says what may be meant, and blames nobody."""
    plain = loopback.route("/feed", document(1, 2))
    site = SiteFolder(tmp_path, [{"id": "typo", "url": plain.replace("http:", "https:")}])
    site.run("poll", code=1)
    assert site.status()["sources"][0]["error"].endswith("speaks no TLS at this port, http:// may be meant")
    assert f"+  url: {plain}\n" in site.run("sources", "doctor")
    assert [request.path for request in loopback.requests] == ["/feed"]


def test_a_source_that_fails_from_the_start_is_not_well(tmp_path, loopback):
    """One failure shows in its standing, and the doctor looks at it without being told which."""
    good = loopback.route("/feed", document(1, 2))
    site = SiteFolder(tmp_path, [{"id": "typo", "url": f"{loopback.url}/feeed"}])
    site.run("poll", code=1)
    assert site.status()["sources"][0]["standing"] == "failing"
    assert f"+  url: {good}\n" in site.run("sources", "doctor")


def test_what_was_never_read_is_not_taken_for_another_source(tmp_path, loopback):
    """A feed of the site that is configured already is passed over."""
    loopback.route("/", page("/known", "/good"))
    known, good = loopback.route("/known", document(1)), loopback.route("/good", document(4))
    site = SiteFolder(tmp_path, [{"id": "typo", "url": f"{loopback.url}/t"}, {"id": "known", "url": known}])
    site.run("poll")
    assert f"+  url: {good}\n" in site.run("sources", "doctor", "typo")


def test_an_address_that_is_configured_already_is_not_proposed(site, loopback):
    """Two sources never become one address."""
    loopback.route("/feed", document(1, 2, 3))
    path = site.config / "sources.yaml"
    path.write_text(
        f"{path.read_text(encoding='utf-8')}  - {{id: other, url: '{loopback.url}/feed'}}\n", encoding="utf-8"
    )
    assert "configured already as other" in site.run("sources", "doctor", "daily", code=1)
    assert site.status()["proposals"] == []


def test_robots_txt_of_the_site_is_obeyed(site, loopback):
    """A page that robots.txt forbids is not read for its feeds."""
    loopback.route("/robots.txt", Answer(body=b"User-agent: *\nDisallow: /"))
    loopback.route("/", page("/here"))
    loopback.route("/here", document(1, 2, 3))
    assert "robots.txt forbids it" in site.run("sources", "doctor", "daily", code=1)
    assert "/" not in [request.path for request in loopback.requests]


def test_the_service_looks_by_itself(site, loopback):
    """What is gone is examined while the service runs, and proposed."""
    poll_at(site, NOW - DAY)
    loopback.route("/rss.xml", document(1, 2, 3))
    program = start_program("run", "--port", "0", "--config", str(site.config))
    try:
        assert "/rss.xml" in read_until(program, "event=doctor")
    finally:
        stop_program(program)
    assert [row["id"] for row in site.status()["proposals"]] == ["daily"]
