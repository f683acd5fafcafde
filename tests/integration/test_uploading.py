"""The published tree at an object store, as an operator has it: by the service and by commands."""

import json
import threading
import time
from urllib.parse import parse_qs

import pytest

from aggregator.publish.files import write_files
from tests.integration.scrape import scrape, value_of
from tests.integration.site import (
    ML,
    SiteFolder,
    ago,
    item,
    read_until,
    rss,
    run_program,
    run_service,
    start_program,
)
from tests.loopback import Answer

FEED = "ml/rss.xml"


@pytest.fixture
def told(loopback):
    """The feeds that a hub on loopback was told of, with when."""
    feeds = {}

    def take(request):
        address = parse_qs(request.body.decode())["hub.url"][0]
        feeds.setdefault(address.removeprefix("http://127.0.0.1:8080/"), time.monotonic())
        return Answer(status=202)

    loopback.route("/hub", take)
    return feeds


@pytest.fixture
def site(tmp_path, loopback, object_server, told, monkeypatch):
    """A site with one source and one topic, whose tree is uploaded, and a hub."""
    object_server.empty()
    for name, value in object_server.environment.items():
        monkeypatch.setenv(name, value)
    loopback.route("/feed", Answer(body=rss(item(1, ago(hours=1)), item(2, ago(hours=1)))))
    yield SiteFolder(
        tmp_path,
        [{"id": "daily", "url": f"{loopback.url}/feed"}],
        [ML],
        server={"port": 0},
        publish={"target": object_server.address},
        websub={"publish_hubs": [f"{loopback.url}/hub"]},
    )
    object_server.refuse = lambda _method, _name: None


def wait_for(found, seconds=60):
    """Wait until a function returns something, and return that."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if value := found():
            return value
        time.sleep(0.1)
    raise AssertionError("it did not come")


def test_a_service_uploads_what_it_publishes_and_tells_hubs_after_that(site, object_server, told):
    """While the store is away publishing goes on, hubs hear nothing, and status, metrics and readyz say so."""
    object_server.refuse = lambda method, _: (
        (403, "<Error><Code>AccessDenied</Code></Error>") if method == "PUT" else None
    )
    with run_service(site) as service:
        assert "let these credentials" in read_until(service, "event=upload")
        wait_for((site.feeds / FEED).exists)
        time.sleep(2.5)  # hubs are looked after every second
        assert (told, object_server.list_names()) == ({}, [])
        (row,) = site.status()["uploads"]
        assert row["target"] == object_server.address
        assert "the store answers AccessDenied" in row["error"]
        object_server.refuse = lambda _method, _name: None
        wait_for(lambda: FEED in object_server.list_names())
        wait_for(lambda: FEED in told)
        assert object_server.read(FEED)[0] == (site.feeds / FEED).read_bytes()
        samples, _ = scrape(service.url)
        assert value_of(samples, "aggregator_uploaded_objects_total", kind="put") > 10
        (row,) = wait_for(lambda: [one for one in site.status()["uploads"] if one["waiting"] == 0])
        assert (row["error"], bool(row["done_at"])) == (None, True)


def test_commands_upload_compare_and_mend(site, object_server):
    """`publish` uploads at its end; `upload --check` tells what somebody did there, and `--repair` mends it."""
    site.run("poll", "--all")
    site.run("publish")
    there = object_server.read_all()
    assert there[FEED] == (site.feeds / FEED).read_bytes()
    assert site.run("upload", "--check") == f"0 missing, 0 different, 0 extra, {len(there)} same\n"
    object_server.put_object("index.html", b"defaced")
    object_server.put_object("shop.html", b"shop")
    object_server.delete_object("opml.xml")
    told = json.loads(site.run("upload", "--check", "--json", code=1))
    assert (told["missing"], told["different"], told["extra"]) == (
        ["opml.xml"],
        ["index.html"],
        ["shop.html"],
    )
    assert site.run("upload", "--repair") == "2 put, 1 deleted, 0 left\n"
    assert object_server.read_all() == there
    assert site.run("upload") == "0 put, 0 deleted, 0 left\n"
    site.run("verify")
    assert site.run("upload", "--all") == f"{len(there)} put, 0 deleted, 0 left\n"


def test_publishing_succeeds_while_the_store_is_away(site, object_server):
    """What could not be uploaded is told, and waits for the next time."""
    object_server.refuse = lambda _method, _name: (404, "<Error><Code>NoSuchBucket</Code></Error>")
    site.run("poll", "--all")
    done = run_program("publish", "--config", str(site.config))
    (error,) = json.loads(site.run("publish", "--json"))["errors"]
    assert error.startswith(f"{object_server.address}: the store answers NoSuchBucket: make the bucket")
    assert f"aggregator: {error}\n" in done.stderr
    assert (site.feeds / FEED).exists()
    object_server.refuse = lambda _method, _name: None
    site.run("upload")
    assert FEED in object_server.list_names()


def test_a_site_without_a_target_says_what_to_set(tmp_path):
    """And refuses two of the options at once."""
    site = SiteFolder(tmp_path, [])
    done = run_program("upload", "--config", str(site.config), code=1)
    assert "name one in publish.target of settings.yaml" in done.stderr


def test_a_killed_upload_loses_nothing(site, object_server):
    """Killed while files are put, the next one does the rest; a file may be put twice, none is left out."""
    site.run("poll", "--all")
    site.run("publish")
    write_files(site.feeds, {f"stories/{number}.html": b"page" for number in range(60)})
    stuck, killed = threading.Event(), threading.Event()

    def wait(_name, _body):
        if sum(name.startswith("stories/") for name in object_server.put) > 20:
            stuck.set()
            killed.wait(60)

    object_server.on_put = wait
    program = start_program("upload", "--config", str(site.config))
    assert stuck.wait(60)
    program.kill()
    program.communicate()
    object_server.on_put = lambda _name, _body: None
    killed.set()
    assert site.run("upload").endswith(" 0 deleted, 0 left\n")
    assert site.run("upload", "--check").startswith("0 missing, 0 different, 0 extra, ")
