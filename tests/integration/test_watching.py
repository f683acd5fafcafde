"""What whoever watches a running service is told of it."""

import json
import re
import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
import yaml

from tests.integration.scrape import scrape, value_of
from tests.integration.site import ML, SiteFolder, ago, item, read_until, rss, run_service
from tests.loopback import Answer


@pytest.fixture
def site(tmp_path, loopback):
    """A site with one source on loopback, one topic, and a free port to serve on."""
    loopback.route("/feed", Answer(body=rss(item(1, ago(hours=1)), item(2, ago(hours=1)))))
    return SiteFolder(tmp_path, [{"id": "daily", "url": f"{loopback.url}/feed"}], [ML], server={"port": 0})


@pytest.fixture
def service(site):
    """The running service of the site, which has published what it polled."""
    with run_service(site) as program:
        feed = site.feeds / "ml" / "rss.xml"
        while not (feed.exists() and b"finds comet 1" in feed.read_bytes()):
            read_until(program, "event=publish")
        yield program


def ask_ready(service):
    """Return the status and the content of /readyz."""
    try:
        with urlopen(f"{service.url}readyz", timeout=60) as answer:
            return answer.status, json.load(answer)
    except HTTPError as error:
        with error:
            return error.code, json.load(error)


def test_a_service_at_work_is_ready(service):
    """The store is there, sources are looked for, and something was published."""
    assert ask_ready(service) == (
        200,
        {
            "ok": True,
            "checks": {"store": "ok", "scheduler": "ok", "publishing": "ok", "network": "ok"},
            "status": "ok",
        },
    )


def test_a_store_that_keeps_nothing_is_named(site, service):
    """Only the store fails where polls cannot be kept."""
    with closing(sqlite3.connect(site.folder / "data" / "aggregator.db", timeout=30)) as connection:
        connection.execute(
            "CREATE TRIGGER full BEFORE UPDATE ON sources BEGIN SELECT RAISE(ABORT, 'disk is full'); END"
        )
    read_until(service, "again_in_s")
    status, said = ask_ready(service)
    assert (status, said["status"]) == (503, "failing")
    assert said["checks"] == {
        "store": "the last poll could not be read or stored: see the log",
        "scheduler": "ok",
        "publishing": "ok",
        "network": "ok",
    }


def scrape_measured(service):
    """Return what is scraped once everything has been measured: some seconds after the first scrape."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        samples, families = scrape(service.url)
        if ("aggregator_measured_timestamp_seconds", (("what", "tree"),)) in samples:
            return samples, families
        time.sleep(0.2)
    raise AssertionError("nothing was measured")


@pytest.fixture
def scraped(site, service):
    """What the service of the site tells of itself."""
    return scrape_measured(service)


def test_the_metrics_are_what_status_says(site, scraped):
    """What was polled, stored and published stands in both."""
    samples, _ = scraped
    (source,), topics = site.status()["sources"], {row["id"]: row for row in site.status()["topics"]}
    assert value_of(samples, "aggregator_polls_total", outcome="updated") == 1
    assert value_of(samples, "aggregator_entries_total", kind="new") == source["articles"] == 2
    assert value_of(samples, "aggregator_articles") == 2
    assert value_of(samples, "aggregator_sources", standing="well") == 1
    assert value_of(samples, "aggregator_alerts", kind="broken") == 0
    assert value_of(samples, "aggregator_sources_silent", longer_than="1h") == 0
    newest = datetime.fromtimestamp(
        value_of(samples, "aggregator_newest_item_timestamp_seconds", topic="ml"), UTC
    )
    assert f"{newest:%Y-%m-%dT%H:%M:%SZ}" == topics["ml"]["newest_at"]
    assert value_of(samples, "aggregator_publish_lag_seconds_count") == 2
    assert value_of(samples, "aggregator_stage_seconds_count", stage="parse") >= 1
    assert value_of(samples, "aggregator_stage_seconds_count", stage="publish") >= 1
    assert value_of(samples, "aggregator_job_delay_seconds_count", job="tick") >= 1
    assert value_of(samples, "aggregator_job_errors_total", job="publish") == 0
    assert value_of(samples, "aggregator_quarantined_articles") == 0
    assert value_of(samples, "process_resident_memory_bytes") > 10_000_000
    files = [path.stat().st_size for path in site.feeds.rglob("*") if path.is_file()]
    assert value_of(samples, "aggregator_tree_files") == pytest.approx(len(files), abs=3)
    assert value_of(samples, "aggregator_tree_bytes") == pytest.approx(sum(files), rel=0.2)
    assert value_of(samples, "aggregator_store_bytes") > 100_000


def test_no_series_is_made_for_a_source(scraped):
    """There may be thousands; what is counted by job, topic or standing is bounded."""
    samples, _ = scraped
    assert not any(dict(labels).get("source") for _, labels in samples)
    assert len(samples) < 700


def test_each_source_has_a_series_where_that_is_asked_for(tmp_path, loopback):
    """It says when the source was last polled successfully; of one that always failed it says since when."""
    loopback.route("/feed", Answer(body=rss(item(1, ago(hours=1)))))
    loopback.route("/gone", Answer(status=500))
    sources = [
        {"id": "daily", "url": f"{loopback.url}/feed"},
        {"id": "broken", "url": f"{loopback.url}/gone"},
    ]
    site = SiteFolder(tmp_path, sources, [ML], server={"port": 0, "metrics": "on", "metrics_by_source": True})
    with run_service(site) as service:
        read_until(service, "source=broken")
        read_until(service, "source=daily")
        samples, _ = scrape_measured(service)
    name = "aggregator_source_success_timestamp_seconds"
    assert time.time() - value_of(samples, name, source="daily") < 60
    assert value_of(samples, "aggregator_sources", standing="failing") == 1


ROOT = Path(__file__).parent.parent.parent
BY_SOURCE = "aggregator_source_success_timestamp_seconds"


def list_documented():
    """Return the names of docs/metrics.md, those of its table with their kind."""
    text = (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8")
    table = dict(re.findall(r"^\| `(aggregator_\w+)` \| (\w+) \|", text, flags=re.MULTILINE))
    return table, set(re.findall(r"`(process_\w+)`", text))


def test_every_metric_is_documented_and_every_documented_one_is_there(scraped):
    """The list in docs/metrics.md is what a scrape has, each of its kind, with its help."""
    _, families = scraped
    documented, of_process = list_documented()
    found = {
        f"{name}_total" if family.type == "counter" else name: family.type
        for name, family in families.items()
    }
    ours = {name: kind for name, kind in found.items() if name.startswith("aggregator_")}
    assert ours == {name: kind for name, kind in documented.items() if name != BY_SOURCE}
    assert {name for name in found if name.startswith("process_")} == of_process
    assert all(family.documentation for family in families.values())


def test_dashboard_and_alerts_name_what_is_there(scraped):
    """Every metric that an expression names is in the scrape, as it is named there."""
    samples, _ = scraped
    names = {name for name, _ in samples}
    dashboard = json.loads((ROOT / "docs/grafana/aggregator.json").read_text(encoding="utf-8"))
    expressions = [target["expr"] for panel in dashboard["panels"] for target in panel.get("targets", ())]
    alerts = yaml.safe_load((ROOT / "docs/prometheus/alerts.yaml").read_text(encoding="utf-8"))
    rules = [rule["expr"] for group in alerts["groups"] for rule in group["rules"]]
    assert len(expressions) > 10
    assert len(rules) > 5
    assert {"aggregator_network_down", "aggregator_alerts"} <= set(re.findall(r"\w+", " ".join(expressions)))
    for expression in (*expressions, *rules):
        used = set(re.findall(r"\b(?:aggregator|process)_\w+", expression))
        assert used <= names, f"{expression}: {used - names}"
        assert used or expression.startswith("up"), expression


def test_the_last_polls_of_a_source_are_shown(site, loopback):
    """Each with what was answered, what it brought and why it failed, the newest first."""
    site.run("poll")
    loopback.route("/feed", Answer(status=500))
    time.sleep(3)  # until it is due again
    site.run("poll", code=1)
    failed, updated = json.loads(site.run("status", "--source", "daily", "--json"))["polls"]
    assert (updated["outcome"], updated["status"], updated["new"]) == ("updated", 200, 2)
    assert updated["error"] is None
    assert updated["bytes"] > 500
    assert updated["seconds"] < 5
    assert (failed["outcome"], failed["status"], failed["new"]) == ("failed", 500, 0)
    assert "500" in failed["error"]
    shown = site.run("status", "--source", "daily").splitlines()
    assert shown[-3].startswith("polled_at")
    assert re.search(r"failed +500 ", shown[-2])
