"""Bodies whose coding or encoding is not what the header says, read by the program."""

import gzip
import json

import pytest

from tests.integration.site import SiteFolder, item, rss, run_program
from tests.loopback import Answer


@pytest.fixture
def site(tmp_path, loopback):
    """A site of one source at /feed."""
    return SiteFolder(tmp_path, [{"id": "daily", "url": loopback.at("daily.localhost", "/feed")}])


@pytest.mark.parametrize("coding", ["none", "utf-8", "aws-chunked"])
def test_a_plain_body_of_an_unknown_coding_is_read(site, loopback, coding):
    """What browsers ignore stops no feed."""
    loopback.route(
        "/feed",
        Answer(body=rss(item(1, "Fri, 27 Nov 2026 20:00:00 +0000")), headers={"Content-Encoding": coding}),
    )
    site.run("poll")
    (source,) = site.status()["sources"]
    assert source["error"] is None
    assert source["articles"] == 1


def test_an_unknown_coding_is_reported_where_nothing_parses(site, loopback):
    """Its name is the first thing that an operator needs to know."""
    loopback.route("/feed", Answer(body=b"\x0f\x9d\x02", headers={"Content-Encoding": "LZ4, identity"}))
    site.run("poll", code=1)
    (source,) = site.status()["sources"]
    assert source["error"].endswith("; its Content-Encoding 'lz4' is unknown and was ignored")


def test_a_saved_document_may_be_compressed(tmp_path):
    """By its first bytes, whatever its name; and within the limit of what is fetched."""
    (tmp_path / "saved.xml").write_bytes(gzip.compress(rss(item(1, "Fri, 27 Nov 2026 20:00:00 +0000"))))
    reported = json.loads(run_program("parse", "--json", str(tmp_path / "saved.xml")).stdout)
    assert len(reported["articles"]) == 1
    (tmp_path / "bomb.gz").write_bytes(gzip.compress(bytes(20_000_000)))
    reported = json.loads(run_program("parse", "--json", str(tmp_path / "bomb.gz"), code=1).stdout)
    assert reported["problems"][0].startswith("the body is larger than the 10485760 bytes")
