"""What an operator can tell a publisher of how it was polled."""

import gzip
import json

import pytest

from aggregator.text import format_bytes
from tests.integration.site import SiteFolder, item, rss
from tests.loopback import Answer

BODY = gzip.compress(rss(item(1, "Mon, 02 Mar 2026 12:00:00 GMT")))


def test_politeness_is_counted_over_restarts(tmp_path, loopback):
    """Requests, the share of 304 and the bytes on the wire that it saved, of several processes."""
    headers = {"ETag": '"1"', "Content-Encoding": "gzip"}
    loopback.route("/feed", lambda asked: Answer(status=304) if asked.headers["If-None-Match"] else Answer(body=BODY, headers=headers))  # fmt: skip
    loopback.route("/moved", Answer(status=302, headers={"Location": "/feed"}))
    loopback.route("/bad", Answer(status=500))
    sources = [{"id": name, "url": f"{loopback.url}/{name}"} for name in ("feed", "moved", "bad")]
    site = SiteFolder(tmp_path, sources)
    for _ in range(3):
        site.run("poll", "--all")
    report = json.loads(site.run("status", "--politeness", "--json"))
    feed = report["sources"]["feed"]
    assert (feed["polls"], feed["requests"], feed["requests_per_day"]) == (3, 3, 3.0)
    assert feed["not_modified_share"] == pytest.approx(2 / 3)
    assert (feed["received_bytes"], feed["saved_bytes"]) == (len(BODY), 2 * len(BODY))
    assert report["sources"]["moved"]["requests"] == 6
    assert report["sources"]["bad"]["requests"] == 3
    assert report["total"]["requests"] == len(loopback.requests) == 12
    table = site.run("status", "--politeness", "--source", "feed")
    assert f"feed   3.0               67%           {len(BODY)} B" in table
    assert "bad" not in table


@pytest.mark.parametrize(
    ("size_bytes", "reported"),
    [(0, "0 B"), (999, "999 B"), (1000, "1.0 KiB"), (1_500_000, "1.4 MiB"), (5 * 1024**4, "5.0 TiB"), (10**18, "909494.7 TiB")],
)  # fmt: skip
def test_sizes_have_a_unit_that_suits_them(size_bytes, reported):
    """Sizes are read by people."""
    assert format_bytes(size_bytes) == reported
