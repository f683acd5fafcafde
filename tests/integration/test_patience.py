"""Publishers that want to be left alone, over real sockets."""

import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from tests.integration.site import (
    SiteFolder,
    ago,
    item,
    read_until,
    rss,
    run_program,
    start_program,
    stop_program,
)
from tests.loopback import Answer

NOW = ago(hours=2)


def sources(loopback, *names, host="127.0.0.1"):
    return [{"id": name, "url": loopback.at(host, f"/{name}")} for name in names]


def rows(site):
    return {row["id"]: row for row in site.status()["sources"]}


def test_429_holds_back_the_whole_domain_and_nothing_else(tmp_path, loopback):
    """The others of the domain are not asked while it lasts, their state stays, and status says why."""
    loopback.route("/one", Answer(status=429, headers={"Retry-After": "3600"}))
    for name in ("two", "other"):
        loopback.route(f"/{name}", Answer(body=rss(item(1, NOW))))
    site = SiteFolder(tmp_path, [*sources(loopback, "two"), *sources(loopback, "other", host="x.localhost")])
    site.run("poll")
    before = rows(site)["two"]
    site.write("sources", {"sources": [*sources(loopback, "one", "two"), *sources(loopback, "other", host="x.localhost")]})  # fmt: skip
    site.run("poll", "--source", "one")
    time.sleep(3)
    asked = len(loopback.requests)
    assert "1 source polled" in site.run("poll")
    assert loopback.requests[asked].path == "/other"
    after = rows(site)
    assert (after["one"]["outcome"], after["one"]["failures"]) == ("throttled", 0)
    assert {**after["two"], "error": None} == {**before, "error": None}
    assert "paused until" in after["two"]["error"]
    assert "one was answered 429" in after["two"]["error"]
    assert after["other"]["error"] is None


def test_a_round_stops_asking_a_domain_that_answered_429(tmp_path, loopback):
    """Of fifty sources of a domain in one round only those under way are asked, the others stay due."""
    names = [f"s{n:02}" for n in range(50)]
    for name in names:
        loopback.route(f"/{name}", Answer(status=429, headers={"Retry-After": "3600"}))
    site = SiteFolder(tmp_path, sources(loopback, *names), fetch={"per_domain": 2})
    assert "50 sources polled: 50 throttled" in site.run("poll")
    assert len(loopback.requests) < 10
    polled = [row for row in site.status()["sources"] if row["outcome"] == "throttled"]
    assert len(polled) == len(loopback.requests)
    assert site.run("poll") == "no source is due; --all polls every one now\n"


def test_5xx_is_of_the_source_alone(tmp_path, loopback):
    """A neighbour of a source that is in trouble is polled as ever."""
    loopback.route("/bad", Answer(status=503, headers={"Retry-After": "3600"}))
    loopback.route("/good", Answer(body=rss(item(1, NOW))))
    site = SiteFolder(tmp_path, sources(loopback, "bad", "good"))
    site.run("poll")
    time.sleep(3)
    assert "1 source polled: 1 not_modified" in site.run("poll")
    assert rows(site)["bad"]["outcome"] == "throttled"


def test_a_date_in_retry_after_is_obeyed(tmp_path, loopback):
    """The other form of Retry-After, in a 503."""
    until = datetime.now(UTC) + timedelta(days=2)
    loopback.route("/a", Answer(status=503, headers={"Retry-After": format_datetime(until, usegmt=True)}))
    site = SiteFolder(tmp_path, sources(loopback, "a"))
    site.run("poll")
    next_at = datetime.strptime(rows(site)["a"]["next_poll_at"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    assert until - timedelta(seconds=2) <= next_at <= until + timedelta(hours=5)


def test_a_crowd_of_one_domain_is_paced_and_starves_nobody(tmp_path, loopback):
    """Forty sources of a domain are asked one after the other; one of another domain is not last."""
    starts = []

    def noted(request):
        starts.append((time.monotonic(), request.headers["Host"]))
        return Answer(body=rss(item(1, NOW)))

    names = [f"s{n:02}" for n in range(40)]
    for name in (*names, "zz"):
        loopback.route(f"/{name}", noted)
    configured = [*sources(loopback, *names), *sources(loopback, "zz", host="x.localhost")]
    slow = {"default_interval_min": 60, "min_interval_min": 60, "max_interval_min": 60}
    site = SiteFolder(
        tmp_path, configured, polling=slow, fetch={"domain_delay_s": 0.2, "per_domain": 2, "concurrency": 2}
    )
    program = start_program("run", "--port", "0", "--config", str(site.config))
    try:
        read_until(program, "source=zz")
        read_until(program, "source=s05")
    finally:
        stop_program(program)
    busy = [at for at, host in starts if host.startswith("127.0.0.1")]
    assert len(busy) < 40
    assert busy[-1] - busy[0] > 0.19 * (len(busy) - 2)


def test_pages_are_left_alone_as_feeds_are(tmp_path, loopback):
    """After a 429 to one article page no other page of its service is asked for, and no feed either."""
    links = [loopback.at("127.0.0.1", f"/page-{n}") for n in range(5)]
    items = (item(n, NOW).replace(f"https://daily.example/{n}<", f"{link}<") for n, link in enumerate(links))
    loopback.route("/one", Answer(body=rss(*items)))
    loopback.route("/two", Answer(body=rss(item(1, NOW))))
    for n in range(5):
        loopback.route(f"/page-{n}", Answer(status=429, headers={"Retry-After": "3600"}))
    pages = {"pages": True, "host_delay_s": 0, "wait_s": 0}
    site = SiteFolder(tmp_path, sources(loopback, "one"), enrich=pages)
    done = run_program("poll", "--config", str(site.config))
    assert [r.path for r in loopback.requests if r.path.startswith("/page-")] in [
        [f"/page-{n}"] for n in range(5)
    ]
    put_off = [
        line for line in done.stderr.splitlines() if "event=enrich" in line and "is left alone" in line
    ]
    assert len(put_off) == 4


def test_all_sources_but_those_paused_are_polled(tmp_path, loopback):
    """`poll --all` obeys a 429 of an earlier run; to name a source is to want it asked now."""
    loopback.route("/one", Answer(status=429, headers={"Retry-After": "3600"}))
    loopback.route("/two", Answer(body=rss(item(1, NOW))))
    site = SiteFolder(tmp_path, sources(loopback, "one", "two"))
    site.run("poll", "--source", "one")
    asked = len(loopback.requests)
    assert "2 sources polled: 2 throttled" in site.run("poll", "--all")
    assert len(loopback.requests) == asked
    assert "1 source polled: 1 updated" in site.run("poll", "--source", "two")
