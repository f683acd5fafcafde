"""Adding a source by whatever address an operator has at hand."""

from datetime import UTC, datetime
from email.utils import format_datetime

import pytest
import yaml

from tests.integration.site import ML, SiteFolder, item, rss, run_program
from tests.integration.terminal import run_on_terminal
from tests.loopback import Answer

_NOW = datetime.now(UTC)
NOW, TODAY = format_datetime(_NOW), _NOW.date().isoformat()
HTML = {"Content-Type": "text/html"}


@pytest.fixture
def site(tmp_path):
    """A site that looks for one topic, with no source yet."""
    return SiteFolder(tmp_path, [], [ML])


def document(title="The Daily", link="https://daily.example/"):
    """Return an answer with a feed of four items, one of them on machine learning."""
    items = [
        item(n, NOW, title=text) for n, text in enumerate(["Machine learning wins", "Rain", "Sun", "Snow"])
    ]
    return Answer(
        body=rss(*(text.replace("machine learning", "a machine") for text in items), title=title, link=link)
    )


def page(*hrefs):
    links = "".join(f'<link rel="alternate" type="application/rss+xml" href="{href}">' for href in hrefs)
    return Answer(body=f"<html><head>{links}</head><body>Hello</body></html>".encode(), headers=HTML)


def sources(site):
    return yaml.safe_load((site.config / "sources.yaml").read_text(encoding="utf-8"))["sources"]


def add(site, *words, code=0):
    return run_program("sources", "add", *words, "--yes", "--config", str(site.config), code=code)


def test_where_nobody_can_be_asked_a_feed_is_only_shown(site, loopback):
    """As with other commands that change files: the last line says what to do."""
    url = loopback.route("/feed.xml", document())
    done = run_program("sources", "add", url, "--config", str(site.config), code=1)
    assert f"The Daily: {url}" in done.stdout
    assert done.stderr.splitlines()[-1].endswith("nobody can be asked, and nothing is added: add with --yes")
    assert not sources(site)


def test_a_feed_is_shown_and_added(site, loopback):
    """Three titles with the topics that they match, and how many do; the id can be read."""
    url = loopback.route("/services/feed.xml", document(link="https://www.bbc.co.uk/news"))
    said = add(site, url).stdout
    assert f"The Daily: {url}, 4 entries\n" in said
    assert [line.split() for line in said.splitlines()[1:5]] == [
        [TODAY, "Machine", "learning", "wins", "ml"],
        [TODAY, "Rain", "no", "topic"],
        [TODAY, "Sun", "no", "topic"],
        ["1", "of", "4", "match", "a", "topic:", "ml", "1"],
    ]
    assert sources(site) == [{"id": "bbc", "url": url}]
    assert "1 updated" in site.run("poll")


def test_the_newest_titles_are_shown(site, loopback):
    """A feed that lists the oldest first is shown by its newest; an undated title comes last."""
    days = {"Old": "Mon, 02 Mar 2026 10:00:00 GMT", "Newer": "Tue, 03 Mar 2026 10:00:00 GMT", "Undated": ""}
    items = [item(n, day, title=title) for n, (title, day) in enumerate(days.items())]
    url = loopback.route("/feed", Answer(body=rss(*items)))
    shown = [line.split()[:2] for line in add(site, url).stdout.splitlines()[1:4]]
    assert shown == [["2026-03-03", "Newer"], ["2026-03-02", "Old"], ["undated", "Undated"]]


@pytest.mark.parametrize("scheme", ["", "feed://", "feed:http://", "http:/"])
def test_other_spellings_of_an_address_are_understood(site, loopback, scheme):
    """Without a scheme, or with one for readers, https is tried and then http."""
    url = loopback.route("/feed", document())
    add(site, url.replace("http://", scheme))
    assert [source["url"] for source in sources(site)] == [url]


def test_the_feed_behind_a_page_is_found(site, loopback):
    """Of several the first that is not about comments is taken where nobody can be asked, with a note."""
    url = loopback.route("/blog/", page("/comments/feed", "feed", "/nothing"))
    feed = loopback.route("/blog/feed", document())
    loopback.route("/comments/feed", document("Comments on The Daily"))
    said = add(site, url).stdout
    assert f"found: {url} names it, the first of 2 feeds" in said
    assert f"  2  Comments on The Daily: {loopback.url}/comments/feed, 4 entries" in said
    assert sources(site) == [{"id": "the-daily", "url": feed}]


def test_an_address_that_is_gone_leads_to_the_feed_of_its_site(site, loopback):
    """Where nothing is at an address, what the site's first page names is looked at, and the usual places."""
    loopback.route("/", page("/now/feed"))
    feed = loopback.route("/now/feed", document())
    assert f"its site {loopback.url}/ names it" in add(site, f"{loopback.url}/old.xml").stdout
    loopback.route("/", page())
    usual = loopback.route("/atom.xml", document("Another"))
    assert "feeds are usually there" in add(site, loopback.url).stdout
    assert [source["url"] for source in sources(site)] == [feed, usual]


def test_options_are_written_and_count_for_what_is_shown(site, loopback):
    """Topics that are assigned are those of every title that is shown."""
    url = loopback.route("/feed", document())
    said = add(site, url, "--topic", "ml", "--assign", "--id", "mine").stdout
    assert "4 of 4 match a topic: ml 4" in said
    assert sources(site) == [{"id": "mine", "url": url, "topics": ["ml"], "assign": True}]


def test_what_is_no_feed_is_not_added(site, loopback):
    """The search is bounded, each step says why, and the end cites what was typed and what to do."""
    url = loopback.route("/page", page())
    reported = add(site, url, code=1).stderr.splitlines()
    assert reported[0].startswith(f"aggregator: {url}: an HTML page, not a feed")
    assert reported[-1] == (
        f"aggregator: {url}: no feed was found, nothing was added; --force adds the address as it is"
    )
    assert reported[-2] == f"aggregator: {url}: none of 15 other addresses where feeds usually are has one"
    assert len(reported) == 4  # the page, its site, the usual addresses, the end
    assert len(loopback.requests) <= 18  # with robots.txt
    assert sources(site) == []


def test_an_address_that_cannot_be_reached_is_added_only_by_force(site, loopback):
    """Nothing else is tried where nobody answers; offline the address is taken as it is."""
    typed = "127.0.0.1:9/feed.xml"
    reported = add(site, typed, code=1).stderr
    assert f"aggregator: {typed}: no feed was found, nothing was added" in reported
    assert sources(site) == []
    add(site, typed, "--force", "--id", "later")
    assert sources(site) == [{"id": "later", "url": f"https://{typed}"}]
    assert loopback.requests == []


def test_a_private_address_is_refused_as_in_polling(tmp_path, loopback):
    """The guard of fetching holds here, too."""
    site = SiteFolder(tmp_path, [], fetch={"allow_private_addresses": False})
    url = loopback.route("/feed", document())
    assert "127.0.0.1 is not a public address" in add(site, url, code=1).stderr
    assert loopback.requests == []


@pytest.mark.parametrize("typed", ["{0}/feed", "{0}/", "127.0.0.1:{1}/feed#top"])
def test_what_is_configured_already_is_named(site, loopback, typed):
    """However it is spelled, and also behind a page: the error cites what was typed, and the source's id."""
    add(site, loopback.route("/feed", document()))
    loopback.route("/", page("/feed"))
    typed = typed.format(loopback.url, loopback.port)
    reported = add(site, typed, code=1).stderr
    assert reported.startswith(f"aggregator: {typed}: not added, ")
    assert reported.endswith("is configured already as the-daily\n")


@pytest.mark.parametrize(
    ("words", "reported"),
    [
        (["ftp://a.example/feed"], "ftp://a.example/feed: no address of a feed or page"),
        (["a.example", "--topic", "mll"], "topics: no topic mll in topics.yaml, did you mean ml?"),
        (["a.example", "--id", "No!"], "id: No! is no id"),
        (["https://ann:secret@a.example/"], "holds a user name or password: use headers"),
    ],
)
def test_what_was_typed_wrongly_is_reported_before_anything_is_asked(site, words, reported):
    """One line that cites it, without a secret, and without a line that stands in no file."""
    (line,) = add(site, *words, code=1).stderr.splitlines()
    assert reported in line
    assert "secret" not in line
    assert "sources[" not in line


def test_a_configuration_with_problems_does_not_hinder(site, loopback):
    """A source can be added where the rest is not right yet."""
    (site.config / "topics.yaml").unlink()
    url = loopback.route("/feed", document())
    assert "no topics are configured yet" in add(site, url).stdout
    assert sources(site) == [{"id": "the-daily", "url": url}]


@pytest.mark.parametrize(("answers", "added"), [("2\ny\n", ["two"]), ("7\n1\n\n", ["one"]), ("1\nn\n", [])])
def test_on_a_terminal_the_operator_is_asked(site, loopback, answers, added):
    """Which of several feeds, and whether to add it."""
    loopback.route("/", page("/one", "/two"))
    for name in ("one", "two"):
        loopback.route(f"/{name}", document(name.title()))
    said, code = on_terminal(site, loopback.url, answers)
    assert "Which one?" in said
    assert "Add it as" in said
    assert [source["id"] for source in sources(site)] == added
    assert code == (0 if added else 1)


def test_a_question_can_be_left(site, loopback):
    """The end of input is no answer: nothing is added, and there is no traceback."""
    said, code = on_terminal(site, loopback.route("/feed", document()), "\x04")
    assert (code, "Traceback" in said, sources(site)) == (130, False, [])


def on_terminal(site, url, answers):
    """Return what is shown on a terminal where these answers are typed, and the exit code."""
    return run_on_terminal("sources", "add", url, "--config", str(site.config), typed=answers)
