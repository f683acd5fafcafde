"""Polling by each source's own rhythm, over real sockets."""

import re
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from tests.integration.site import SiteFolder, ago, item, rss
from tests.loopback import Answer

BOUNDS = {"default_interval_min": 60, "min_interval_min": 15, "max_interval_min": 1440}


@pytest.fixture
def site(tmp_path, loopback):
    """A site with one source on loopback and the bounds that are shipped."""
    return SiteFolder(tmp_path, [{"id": "daily", "url": f"{loopback.url}/feed"}], polling=BOUNDS)


def hourly(count, start=1):
    now = datetime.now(UTC)
    return [item(n, format_datetime(now - timedelta(hours=n))) for n in range(start, start + count)]


def reported(site):
    return site.run("status", "--source", "daily")


def wait_of(site):
    (row,) = site.status()["sources"]
    next_at = datetime.strptime(row["next_poll_at"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    return next_at - datetime.now(UTC)


def test_the_interval_follows_from_what_was_published(site, loopback):
    """An entry an hour is asked for some minutes before the next, and the operator is told why."""
    loopback.route("/feed", Answer(body=rss(*hourly(80))))
    site.run("records", "import", str(site.config))  # makes a store in which nothing is
    assert "every 60 min, because it has shown no rhythm yet" in reported(site)
    site.run("poll")
    assert re.search(r"every (3|4|5)\d min, because it posts about 24 entries a day\n", reported(site))
    assert timedelta(minutes=29) < wait_of(site) < timedelta(minutes=66)


def test_a_source_that_dates_its_entries_anew_is_not_polled_more_often(site, loopback):
    """The same entries with today's date are no new posts."""
    old = ago(days=6)
    loopback.route("/feed", Answer(body=rss(item(1, old), item(2, old))))
    site.run("poll")
    before = reported(site).split("because")[1]
    now = ago(minutes=1)
    loopback.route("/feed", Answer(body=rss(item(1, now), item(2, now))))
    site.run("poll", "--all")
    assert reported(site).split("because")[1].splitlines()[0] == before.splitlines()[0]


def test_the_documents_wish_holds_for_answers_without_one(site, loopback):
    """A ttl lengthens the wait, and still does after a 304."""
    body = rss("<title>x</title>").replace(b"<item>", b"<ttl>1200</ttl><item>", 1)
    loopback.route("/feed", Answer(body=body, headers={"ETag": '"1"'}))
    site.run("poll")
    loopback.route("/feed", Answer(status=304))
    site.run("poll", "--all")
    assert "every 20 h, because its ttl asks for 20 h" in reported(site)
    assert wait_of(site) > timedelta(hours=19.9)


@pytest.mark.parametrize("status", [200, 304])
def test_the_headers_wish_is_heard(site, loopback, status):
    """Cache-Control lengthens the wait, on a 304 as on a 200."""
    loopback.route("/feed", Answer(body=rss(*hourly(40)), headers={"ETag": '"1"'}))
    site.run("poll")
    headers = {"Cache-Control": "public, max-age=36000", "ETag": '"2"'}
    loopback.route(
        "/feed", Answer(status=status, body=b"" if status == 304 else rss(*hourly(9)), headers=headers)
    )
    site.run("poll", "--all")
    assert "because its HTTP caching asks for 10 h" in reported(site)
    assert wait_of(site) > timedelta(hours=9.9)


def test_a_failing_source_is_explained(site, loopback):
    """What a failure does to the interval is told with what it will be again."""
    loopback.route("/feed", Answer(status=500))
    site.run("poll", code=1)
    assert "because of 1 failure in a row; when it answers again: every 60 min" in reported(site)


def test_an_unknown_source_is_said_so(site):
    """The error is one line that says what to do."""
    site.run("status", "--source", "nobody", code=1)
