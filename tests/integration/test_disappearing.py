"""Articles that disappear at their source, from the operator's seat."""

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from tests.integration.site import ML, SiteFolder, item, rss, run_program
from tests.loopback import Answer

START = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=40)
ABOUT = "What machine learning does for a town that wants to know how much water it needs in summer, told for"
TOMBSTONES = "http://purl.org/atompub/tombstones/1.0"


def date_of(number):
    """Return when an item was published: the higher its number, the later."""
    return format_datetime(START + timedelta(hours=number))


def make_site(folder, loopback, *paths, **publish):
    """Return a site with a source for each of the paths."""
    sources = [{"id": path.strip("/"), "url": f"{loopback.url}{path}"} for path in paths]
    return SiteFolder(folder, sources, [ML], **({"publish": publish} if publish else {}))


def poll(site, loopback, *numbers, path="/daily"):
    """Poll the sources while one shows these items, the newest first: the higher a number, the newer."""
    loopback.route(path, Answer(body=rss(*(item(n, date_of(n)) for n in numbers))))
    site.run("poll", "--all")


def withdrawals(site):
    """Return the addresses of what is proposed for withdrawal; review and status say the same."""
    proposed = json.loads(site.run("review", "--json"))["withdrawals"]
    assert site.status()["withdrawals"] == proposed
    return [row["url"].rpartition("/")[2] for row in proposed]


def read_feed(site, name="ml/atom.xml"):
    """Return a published file."""
    return (site.feeds / name).read_text("utf-8")


@pytest.fixture
def site(tmp_path, loopback):
    """A site with one source, which showed six items."""
    made = make_site(tmp_path, loopback, "/daily")
    poll(made, loopback, 6, 5, 4, 3, 2, 1)
    return made


def test_a_withdrawal_is_proposed_by_the_second_document_without_it(site, loopback):
    """Nothing is at once, and an unchanged document bears nothing out; the command that is named withdraws."""
    poll(site, loopback, 6, 5, 3, 2, 1)
    assert withdrawals(site) == []
    poll(site, loopback, 6, 5, 3, 2, 1)
    assert withdrawals(site) == []
    poll(site, loopback, 7, 6, 5, 3, 2, 1)
    assert withdrawals(site) == ["4"]
    (row,) = json.loads(site.run("review", "--json"))["withdrawals"]
    site.run("publish")
    assert "comet 4" in read_feed(site)
    what = "`aggregator review withdraw ID"
    assert what in site.run("review").splitlines()[-2]
    for verb in ("accept", "reject"):
        refused = run_program("review", verb, row["article"][:8], "--config", str(site.config), code=1).stderr
        assert (
            f"{row['article']} disappeared at its source: `aggregator review withdraw {row['article']} --config"
            in refused
        )
    assert withdrawals(site) == ["4"]
    assert "is withdrawn" in site.run("review", "withdraw", row["article"])
    assert withdrawals(site) == []
    site.run("publish")
    assert "comet 4" not in read_feed(site)
    assert "Its publisher has removed it." in read_feed(site, "changes.atom")


@pytest.mark.parametrize("changed", [1, 2])
def test_a_withdrawal_is_proposed_whatever_rules_are_taken_up_meanwhile(site, loopback, changed):
    """A rule that comes between the documents, before the first or the second without it, hides nothing."""
    rule = {"id": "all", "when": "has_image", "then": {"quality": 1}}
    for number, shown in enumerate(((6, 5, 3, 2, 1), (7, 6, 5, 3, 2, 1)), start=1):
        if number == changed:
            site.write("curation", {"rules": [rule]})
        poll(site, loopback, *shown)
    assert withdrawals(site) == ["4"]


def test_what_was_refused_is_not_proposed_again(site, loopback):
    """Neither where the source shows it once more and leaves it out again."""
    for numbers in ((6, 5, 3, 2, 1), (7, 6, 5, 3, 2, 1)):
        poll(site, loopback, *numbers)
    (row,) = json.loads(site.run("review", "--json"))["withdrawals"]
    assert "stays" in site.run("review", "keep", row["article"])
    for numbers in ((8, 7, 6, 5, 4, 3, 2, 1), (8, 7, 6, 5, 3, 2, 1), (9, 8, 7, 6, 5, 3, 2, 1)):
        poll(site, loopback, *numbers)
    assert withdrawals(site) == []
    assert "refused" in site.run("explain", row["article"], "--all")
    assert (
        "nothing waits"
        in run_program("review", "keep", row["article"], "--config", str(site.config), code=1).stderr
    )


def test_much_at_once_is_a_feed_made_in_another_way(site, loopback):
    """Two of six, or all but the ends: nothing follows, whatever comes after."""
    for numbers in ((6, 5, 2, 1), (7, 6, 5, 2, 1), (8, 1), (9, 8, 1)):
        poll(site, loopback, *numbers)
    assert withdrawals(site) == []


def test_what_comes_back_is_not_proposed(site, loopback):
    """Neither before nor after it was proposed."""
    poll(site, loopback, 6, 5, 3, 2, 1)
    poll(site, loopback, 7, 6, 5, 3, 2, 1)
    poll(site, loopback, 7, 6, 5, 4, 3, 2, 1)
    assert withdrawals(site) == []


def test_what_falls_off_the_end_is_not_gone(site, loopback):
    """A feed of six items, whatever comes; nor is one gone that is edited meanwhile."""
    poll(site, loopback, 7, 6, 5, 4, 3, 2)
    poll(site, loopback, 9, 8, 7, 6, 5, 4)
    edited = item(6, date_of(6)).replace("</title>", ", corrected</title>")
    body = rss(item(9, date_of(9)), edited, *(item(n, date_of(n)) for n in (5, 4)))
    loopback.route("/daily", Answer(body=body))
    site.run("poll", "--all")
    assert withdrawals(site) == []


def test_what_another_source_shows_is_not_proposed(tmp_path, loopback):
    """One feed of a publisher leaves out what its others keep."""
    site = make_site(tmp_path, loopback, "/daily", "/other")
    poll(site, loopback, 9, 7, 5, 4, 1, path="/other")
    poll(site, loopback, 9, 8, 7, 6, 5, 4, 3, 2, 1)
    poll(site, loopback, 9, 8, 7, 6, 5, 3, 2, 1)
    poll(site, loopback, 10, 9, 8, 7, 6, 5, 3, 2, 1)
    assert withdrawals(site) == []
    poll(site, loopback, 9, 7, 5, 1, path="/other")
    assert withdrawals(site) == []
    poll(site, loopback, 10, 9, 7, 5, 1, path="/other")
    assert withdrawals(site) == ["4"]


def test_nothing_is_proposed_where_nobody_wants_it(tmp_path, loopback):
    """``publish.disappeared: ignore``."""
    site = make_site(tmp_path, loopback, "/daily", disappeared="ignore")
    for numbers in ((6, 5, 4, 3), (6, 5, 3), (7, 6, 5, 3)):
        poll(site, loopback, *numbers)
    assert withdrawals(site) == []


def test_what_a_feed_marks_is_proposed_at_once(tmp_path, loopback):
    """An Atom feed with a tombstone (RFC 6721), and without the entry."""
    site = make_site(tmp_path, loopback, "/daily")
    entries = {
        n: f"<entry><id>urn:e:{n}</id><title>Machine learning entry {n} of many</title>"
        f"<link href='https://daily.example/{n}'/><updated>{date_of(n)}</updated>"
        f"<published>{date_of(n)}</published><author><name>A B</name></author>"
        f"<summary>{ABOUT} {n}: {ABOUT} again</summary></entry>"
        for n in (1, 2, 3)
    }
    tombstone = "<at:deleted-entry ref='urn:e:2' when='2026-01-01T00:00:00Z'/>"
    for inner in ("".join(entries.values()), tombstone + entries[1] + entries[3]):
        head = f"<feed xmlns='http://www.w3.org/2005/Atom' xmlns:at='{TOMBSTONES}'><title>Daily</title>"
        loopback.route("/daily", Answer(body=f"{head}<id>urn:f</id>{inner}</feed>".encode()))
        site.run("poll", "--all")
    assert withdrawals(site) == ["2"]
