"""Documents that are not whole: what can be read is read, and the operator is told that more was there."""

import json

import pytest

from tests.integration.site import SiteFolder, ago, item, rss, run_program
from tests.loopback import Answer

WHOLE = rss(*(item(number, ago(hours=number)) for number in (1, 2, 3)))
SECOND_END = WHOLE.index(b"</item>", WHOLE.index(b"</item>") + 1) + len(b"</item>")
BROKEN_OFF = WHOLE[: SECOND_END + 20]
NOT_WELL_FORMED = WHOLE.replace(b"</channel>", b"</chanel>")
LOOSE = WHOLE.replace(b"</channel>", b"<copyright>A & B</copyright></channel>")


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (BROKEN_OFF, "the document breaks off: only whole entries were read"),
        (NOT_WELL_FORMED, "not well-formed XML: "),
    ],
)
def test_a_document_that_is_not_whole_is_told(tmp_path, loopback, body, fault):
    """By the log line of its poll, what the command prints, and the source's last polls; it is no failure."""
    loopback.route("/feed", Answer(body=body))
    site = SiteFolder(tmp_path, [{"id": "daily", "url": loopback.url + "/feed"}])
    done = run_program("poll", "--json", "--config", str(site.config), environment={"AGGREGATOR_LOG": "json"})
    (poll,) = json.loads(done.stdout)["polls"]
    assert (poll["outcome"], poll["error"]) == ("updated", None)
    assert poll["fault"].startswith(fault)
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    (logged,) = (line for line in lines if line["event"] == "poll")
    assert (logged["level"], logged["fault"]) == ("info", poll["fault"])
    source = json.loads(site.run("status", "--source", "daily", "--json"))
    assert (source["standing"], source["error"]) == ("well", None)
    assert [one["error"] for one in source["polls"]] == [poll["fault"]]


@pytest.mark.parametrize("body", [WHOLE, LOOSE])
def test_what_costs_no_entry_is_not_told(tmp_path, loopback, body):
    """A bare ampersand is mended in every other feed; and the next whole document ends what was told."""
    loopback.route("/feed", Answer(body=BROKEN_OFF))
    site = SiteFolder(tmp_path, [{"id": "daily", "url": loopback.url + "/feed"}])
    site.run("poll")
    loopback.route("/feed", Answer(body=body))
    site.run("poll", "--all")
    newest, _ = json.loads(site.run("status", "--source", "daily", "--json"))["polls"]
    assert (newest["new"], newest["error"]) == (1, None)
