"""Articles that are withdrawn by themselves, as their publisher certainly removed them."""

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from aggregator.config import load_config
from aggregator.store import open_store
from aggregator.store.schema.disappearances import disappeared_articles
from tests.integration.site import ML, SiteFolder, rss
from tests.loopback import Answer

HTML = {"Content-Type": "text/html; charset=utf-8"}
HOST = "daily.localhost"
START = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=40)
TEXT = "Machine learning finds a comet that nobody had seen for two hundred years, in old plates of number"
REMOVED = "Its publisher has removed it."


class Paper:
    """A publisher on loopback, and a site that reads its feed and its pages."""

    def __init__(self, folder, loopback, **source):
        self.loopback = loopback
        for number in range(1, 13):
            self.answer(number, 200)
        self.site = SiteFolder(
            folder, [{"id": "daily", "url": loopback.at(HOST, "/feed"), **source}], [ML],
            enrich={"pages": True, "host_delay_s": 0, "wait_s": 0}, publish={"disappeared": "withdraw"},
            images={"sizes": False, "logos": False},
        )  # fmt: skip
        self.poll(*range(8, 0, -1))

    def answer(self, number, status, **headers):
        """Have the page of an item answer so."""
        page = Answer(status=status, body=b"<html><head></head></html>", headers={**HTML, **headers})
        self.loopback.route(f"/{number}", page)

    def poll(self, *numbers):
        """Poll and publish while the feed shows these items."""
        items = (
            f"<title>Machine learning finds comet {n}</title><link>{self.loopback.at(HOST, f'/{n}')}</link>"
            f"<guid>g{n}</guid><pubDate>{format_datetime(START + timedelta(hours=n))}</pubDate>"
            f"<description>{TEXT} {n}, told for long</description><author>a@d.example (Ann Lee)</author>"
            for n in numbers
        )
        self.loopback.route("/feed", Answer(body=rss(*items, link=self.loopback.at(HOST, "/"))))
        self.site.run("poll", "--all")
        self.site.run("publish")

    def lose(self):
        """Poll twice without the fourth item."""
        self.poll(8, 7, 6, 5, 3, 2, 1)
        self.poll(9, 8, 7, 6, 5, 3, 2, 1)

    def ask_again(self):
        """Have all pages that are to be asked for again be due, and ask for them."""
        with (
            open_store(load_config(self.site.config, {}).settings.database_url) as store,
            store.writing() as c,
        ):
            c.execute(disappeared_articles.update().values(check_at=START))
        self.site.run("poll", "--all")
        self.site.run("publish")

    def read(self, name="ml/articles/atom.xml"):
        return (self.site.feeds / name).read_text("utf-8")

    def shows(self, number=4):
        """Tell whether a feed has an item."""
        return f"comet {number}<" in self.read()

    def states(self):
        return [row["state"] for row in json.loads(self.site.run("review", "--json"))["withdrawals"]]


@pytest.fixture
def paper(tmp_path, loopback):
    """A newspaper with eight items, all of them published."""
    return Paper(tmp_path, loopback)


def test_it_is_withdrawn_and_comes_back(paper):
    """With a tombstone and a public reason; without either once its publisher shows it again."""
    assert paper.shows()
    paper.answer(4, 404)
    paper.lose()
    assert (paper.shows(), paper.states()) == (False, ["withdrawn"])
    assert paper.read().count("deleted-entry ") == 1
    assert REMOVED in paper.read("changes.atom")
    (row,) = json.loads(paper.site.run("review", "--json"))["withdrawals"]
    told = paper.site.run("explain", row["article"], "--all")
    assert "kept out by its publisher, which withdrew it" in told
    assert "to change that: keep it (`aggregator review keep" in told
    assert "(certain): its source shows it no more" in told
    paper.answer(4, 200)
    paper.poll(9, 8, 7, 6, 5, 4, 3, 2, 1)
    assert (paper.shows(), paper.states()) == (True, [])
    assert "deleted-entry " not in paper.read()
    assert "Its publisher shows it again." in paper.read("changes.atom")


def test_a_page_that_comes_back_restores_it(paper):
    """Though the feed leaves it out."""
    paper.answer(4, 410)
    paper.lose()
    assert not paper.shows()
    paper.answer(4, 200)
    paper.ask_again()
    assert (paper.shows(), paper.states()) == (True, [])


@pytest.mark.parametrize(
    ("status", "headers", "states"),
    [
        (200, {}, []),
        (500, {}, ["proposed"]),
        (302, {"Location": "/"}, ["proposed"]),
        (302, {"Location": "/5"}, []),
    ],
)
def test_without_proof_nothing_is_withdrawn(paper, status, headers, states):
    """A page that is there was only left out; where it says neither, an editor decides."""
    paper.loopback.route("/", Answer(body=b"<html></html>", headers=HTML))
    paper.answer(4, status, **headers)
    paper.lose()
    assert (paper.shows(), paper.states()) == (True, states)


def test_an_editor_has_the_last_word(paper):
    """What is refused comes back and stays; what is accepted stays away, whatever its publisher shows."""
    paper.answer(4, 404)
    paper.lose()
    (row,) = json.loads(paper.site.run("review", "--json"))["withdrawals"]
    paper.site.run("review", "keep", row["article"])
    paper.ask_again()
    assert (paper.shows(), paper.states()) == (True, [])


def test_what_an_editor_restores_or_withdraws_stays_so(paper):
    """By decisions, which are in force whatever its publisher does."""
    paper.answer(4, 404)
    paper.lose()
    (row,) = json.loads(paper.site.run("review", "--json"))["withdrawals"]
    paper.site.run("decide", "restore", row["article"], "--reason", "ours", "--yes")
    paper.site.run("publish")
    assert (paper.shows(), paper.states()) == (True, [])
    paper.site.run("decide", "withdraw", row["article"], "--reason", "after all", "--yes")
    paper.answer(4, 200)
    paper.poll(9, 8, 7, 6, 5, 4, 3, 2, 1)
    assert (paper.shows(), paper.states()) == (False, [])


def test_a_source_may_have_its_own_way(tmp_path, loopback):
    """``disappeared`` of a source outweighs that of the settings."""
    paper = Paper(tmp_path, loopback, disappeared="propose")
    paper.answer(4, 404)
    paper.lose()
    assert (paper.shows(), paper.states()) == (True, ["proposed"])


def test_a_site_that_is_down_loses_nothing(paper):
    """A feed that is empty, an error, another one, or shorter at both ends."""
    for number in range(1, 13):
        paper.answer(number, 404)
    for numbers in ((), (6, 5, 4, 3), (12, 11, 10), (12, 8, 3, 1), (12, 11, 8, 3, 1)):
        paper.poll(*numbers)
    assert paper.states() == []
    assert all(paper.shows(number) for number in range(1, 9))
