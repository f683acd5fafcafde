"""What the pages of the desk tell of a site with sources that are well, broken and hostile."""

import sqlite3
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest

from aggregator.model.alerts import Alert, AlertEvent, AlertKind
from aggregator.store import NotedOutage, end_outage, note_outage, open_store, save_alerts
from tests.builders import NOW
from tests.desk.running import DeskVisitor, run_desk
from tests.integration.site import ML, SiteFolder, ago, item, rss
from tests.loopback import Answer, Loopback

HOSTILE = 'Machine learning </th><script>alert(1)</script> & "quotes" <img src=x onerror=alert(2)>'


@pytest.fixture(scope="module")
def publishers():
    """Publishers on loopback: one that is well, with a hostile title, and one that has no feed any more."""
    with Loopback() as loopback:
        items = [item(number, ago(hours=number)) for number in range(1, 4)]
        items.append(item(9, ago(minutes=5), title="Machine learning says quotes"))
        loopback.route("/feed", Answer(body=rss(*items)))
        loopback.route("/gone", Answer(status=404))
        yield loopback


@pytest.fixture(scope="module")
def site(tmp_path_factory, publishers):
    """A site that has polled both, and published."""
    sources = [
        {"id": "daily", "url": f"{publishers.url}/feed"},
        {"id": "broken", "url": f"{publishers.url}/gone", "name": "<b>Broken</b>"},
        *(
            {"id": f"off-{number}", "url": f"https://off{number}.example/", "enabled": False}
            for number in range(120)
        ),
    ]
    made = SiteFolder(tmp_path_factory.mktemp("site"), sources, [ML])
    made.run("poll")
    made.run("publish")
    with sqlite3.connect(made.folder / "data" / "aggregator.db") as store:  # reading feeds takes markup out
        store.execute("UPDATE articles SET title = ? WHERE title LIKE '%says quotes'", [HOSTILE])
    return made


@pytest.fixture(scope="module")
def visitor(site):
    """Somebody who is signed in at the site's desk."""
    with run_desk(site) as (server, _):
        made = DeskVisitor(server)
        made.sign_in()
        yield made


def words_of(node):
    """Return the text of a part of a page."""
    return " ".join(node.text(separator=" ").split())


def rows_of(visitor):
    """Return the rows of the first table of a page, by what stands first in each."""
    rows = visitor.page.css_first("table").css("tbody tr")
    cells = ([*map(words_of, row.css("th, td"))] for row in rows)
    return {first: rest for first, *rest in cells}


def test_the_overview_tells_how_much_there_is(visitor):
    """Sources by how they stand, what is stored, and what the service did last."""
    text = visitor.open("")
    assert "well 1 " in text
    assert "failing 1 " in text
    assert "articles 4" in text
    assert "nothing was published yet since the start" in text


@pytest.mark.parametrize(("failing", "alerted"), [(False, False), (True, False), (False, True)])
def test_all_is_well_only_where_nothing_fails_or_alerts(tmp_path, publishers, failing, alerted):
    """One source that failed once, or one alert that is on, and the overview does not say well."""
    sources = [{"id": "daily", "url": f"{publishers.url}/feed"}]
    failed = [{"id": "broken", "url": f"{publishers.url}/gone"}] if failing else []
    made = SiteFolder(tmp_path, [*sources, *failed], [ML])
    made.run("poll")
    made.run("publish")
    with open_store(f"sqlite:///{made.folder}/data/aggregator.db") as store:
        alert = Alert(kind=AlertKind.DISK, subject="data", since_at=NOW, text="nearly full")
        save_alerts(store, [alert] if alerted else [], [], [], NOW)
    with run_desk(made) as (server, state):
        state.publication.ended_at_s = state.ticked_at_s = time.monotonic()
        made_by = DeskVisitor(server)
        made_by.sign_in()
        text = made_by.open("")
    assert ("All is well" in text) == (not failing and not alerted)
    assert ("Nothing is to be decided" in text) == (failing or alerted)


def test_alerts_that_are_on_stand_on_the_overview(site, visitor):
    """What operators are told of is shown while it is on, with the source it is about, and not when it is over."""
    alert = Alert(kind=AlertKind.BROKEN, subject="broken", since_at=NOW, text="<i>404</i>")
    over = Alert(kind=AlertKind.DISK, subject="data", since_at=NOW, text="nearly full", over_at=NOW)
    with open_store(f"sqlite:///{site.folder}/data/aggregator.db") as store:
        save_alerts(store, [alert, over], [], [], NOW)
        now = datetime.now(UTC)
        note_outage(store, NotedOutage(where="worker-2", since_at=now, problem="no names are found"), now)
        assert "network of worker-2: no names are found" in visitor.open("")
        end_outage(store, "worker-2", now)
        save_alerts(store, [], [alert.key, over.key], [], NOW)
    (row,) = visitor.page.css_first("table").css("tbody tr")
    assert [*map(words_of, row.css("th, td"))][:2] == ["broken", "broken"]
    assert "<i>404</i>" in visitor.text
    assert row.css_first("a").attributes["href"] == "source?id=broken"
    assert "nearly full" not in visitor.text


def test_alerts_that_are_over_stay_on_the_overview(site, visitor):
    """What was told as over is shown below, the newest first, until other events are."""
    begun = AlertEvent(at=NOW, kind=AlertKind.DISK, subject="data", since_at=NOW, text="full", is_over=False)
    ended = [replace(begun, at=NOW + timedelta(hours=hours), is_over=True) for hours in (1, 2)]
    with open_store(f"sqlite:///{site.folder}/data/aggregator.db") as store:
        save_alerts(store, [], [], [begun, *ended], NOW + timedelta(hours=2))
    page = visitor.open("")
    assert "Alerts that are over" in page
    rows = visitor.page.css_first("table").css("tbody tr")
    assert [words_of(row.css_first("th")) for row in rows] == ["disk", "disk"]
    assert [row.css("time")[1].attributes["datetime"][11:13] for row in rows] == ["14", "13"]


def test_sources_are_listed_with_what_is_wrong(visitor):
    """The worst stand first, with what to do, a hundred on a page."""
    visitor.open("sources")
    assert "122 of 122 sources" in visitor.text
    rows = rows_of(visitor)
    assert len(rows) == 100
    assert [*rows][:2] == ["broken", "daily"]
    assert rows["broken"][0] == "failing"
    assert "404" in rows["broken"][4]
    assert "aggregator sources doctor broken" in rows["broken"][4]
    assert rows["daily"][0] == "well"
    assert "4 new entries in 30 days" in rows["daily"][2]
    visitor.open(visitor.page.css_first("a[rel=next]").attributes["href"])
    assert "Page 2 of 2" in visitor.text
    assert len(rows_of(visitor)) == 22


def test_sources_are_searched_and_sorted_by_links(visitor):
    """Words narrow the list; headings sort it, and keep the words."""
    visitor.open("sources?q=off-1&sort=id")
    assert [*rows_of(visitor)][:3] == ["off-1", "off-10", "off-100"]
    assert visitor.page.css_first("th[aria-sort]").text(strip=True) == "Source"
    link = next(one for one in visitor.page.css("thead a") if one.text(strip=True) == "Stands")
    assert link.attributes["href"] == "sources?q=off-1&sort=standing"
    assert "0 of 122 sources" in visitor.open("sources?q=nothing+of+it&page=999")


def test_a_source_tells_of_its_polls_and_articles(visitor):
    """Its last polls, why it is polled as it is, and its newest articles."""
    text = visitor.open("source?id=daily")
    assert "updated 200" in text
    assert "because it posts about" in text
    assert "Machine learning finds comet 1" in text
    assert "404" in visitor.open("source?id=broken")
    assert "no source 'nobody' is configured" in visitor.open("source?id=nobody")
    assert visitor.status == 400


def test_topics_tell_what_they_hold(visitor):
    """Stories and articles a day, and what is shown."""
    visitor.open("topics")
    rows = rows_of(visitor)
    assert [*rows] == ["everything all", "Machine Learning ml"]
    assert rows["Machine Learning ml"][3] == "4"


@pytest.mark.parametrize("page", ["", "sources", "source?id=daily", "source?id=broken", "topics"])
def test_nothing_of_publishers_is_markup(visitor, page):
    """Titles and names that hold markup are text on every page."""
    visitor.open(page)
    assert visitor.page.css("script, img, b, style, iframe") == []


def test_hostile_titles_are_shown_as_they_are(visitor):
    """The title that tries to run a script stands there, letter for letter."""
    visitor.open("source?id=daily")
    assert HOSTILE in visitor.text


ODD = (
    "",
    "\0",
    "%",
    "'",
    "../../etc/passwd",
    "x" * 4_000,
    "💥",
    "\u202e",
    "-1",
    "1e999",
    "http://[::1",
    "{{7*7}}",
    "<script>",
)


@pytest.mark.parametrize(
    "page", ["sources", "source", "topics", "stories", "story", "review", "decide", "article"]
)
def test_odd_words_are_answered(visitor, page):
    """Whatever an address asks for, there is a page that says what of it there is, and no markup of it."""
    for name in ("id", "q", "page", "sort", "verb", "target", "topic"):
        for odd in ODD:
            assert visitor.ask("GET", f"{page}?{name}={quote(odd)}") in (200, 400)
            assert "<script" not in visitor.body
