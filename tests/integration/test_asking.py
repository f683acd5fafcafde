"""What is asked, and how: the real program on a site whose publishers are each odd in their own way."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from email.utils import format_datetime

from tests.integration.site import SiteFolder, item, rss
from tests.loopback import Answer

NOW = datetime.now(UTC)


def feed(number):
    """Return a feed with an entry of its own, which it gives once."""
    document = rss(item(number, format_datetime(NOW)))

    def answer(request):
        if request.headers["If-None-Match"] == f'"v{number}"':
            return Answer(status=304)
        return Answer(body=document, headers={"ETag": f'"v{number}"'})

    return answer


def gate(request):
    """Set a cookie and send back to the same address."""
    if request.headers["Cookie"] == "sid=1":
        return feed(2)(request)
    return Answer(status=302, headers={"Location": "/gate", "Set-Cookie": "sid=1; Path=/"})


def sloppy(_):
    """Answer with a head that no strict parser takes."""
    document = rss(item(3, format_datetime(NOW)))
    head = b"HTTP/1.1 200 OK\r\nContent Security Policy: x\r\nX-Foo : bar\r\n"
    length = b"Content-Length: %d\r\n" % len(document)
    return Answer(raw=lambda connection: connection.sendall(head + 2 * length + b"\r\n" + document))


def test_odd_publishers_are_asked_as_they_want(tmp_path, loopback):
    """Behind a redirect, at a gate, with sloppy heads, under a name of symbols; one wants peace for two days."""
    loopback.route(
        "/go", Answer(status=302, headers={"Location": loopback.at("www.site.localhost", "/feed")})
    )
    loopback.route("/feed", feed(1))
    loopback.route("/gate", gate)
    loopback.route("/sloppy", sloppy)
    loopback.route("/heart", feed(4))
    loopback.route("/busy", Answer(status=403, headers={"Retry-After": "172800"}))
    urls = {
        "moved": loopback.at("site.localhost", "/go"),
        "gate": loopback.at("gate.localhost", "/gate"),
        "sloppy": loopback.at("sloppy.localhost", "/sloppy"),
        "heart": loopback.at("i❤.localhost", "/heart"),
        "busy": loopback.at("busy.localhost", "/busy"),
    }
    site = SiteFolder(tmp_path, [{"id": id_, "url": url} for id_, url in urls.items()])
    assert "5 sources polled: 1 throttled, 4 updated; 4 new articles" in site.run("poll", "--all")
    first = len(loopback.requests)
    assert "5 sources polled: 4 not_modified, 1 throttled" in site.run("poll", "--all")
    asked = {(r.headers["Host"].split(":")[0], r.path): r.headers for r in loopback.requests[first:]}
    assert asked["site.localhost", "/go"]["If-None-Match"] is None
    assert asked["www.site.localhost", "/feed"]["If-None-Match"] == '"v1"'
    assert asked["gate.localhost", "/gate"]["Cookie"] == "sid=1"
    assert asked["xn--i-7iq.localhost", "/heart"]["If-None-Match"] == '"v4"'
    assert [r.headers["Cookie"] for r in loopback.requests if r.path == "/gate"] == [None, "sid=1"] * 2
    rows = {row["id"]: row for row in site.status()["sources"]}
    assert {rows[id_]["error"] for id_ in ("moved", "gate", "sloppy", "heart")} == {None}
    assert rows["busy"]["next_poll_at"] > rows["moved"]["next_poll_at"]
    with closing(sqlite3.connect(tmp_path / "data" / "aggregator.db")) as database:
        assert "sid" not in "\n".join(database.iterdump())
