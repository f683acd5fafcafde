"""Answers that HTTP does not foresee: cookies, odd 304s, validators that lie, pages instead of feeds."""

from tests.hostile.feeds import news
from tests.hostile.server import BODY
from tests.loopback import Answer

THEIRS = "it is tried again later; if it stays, tell the publisher"


def test_cookies_are_never_sent_back_later(rig):
    """A source that wants to know us again does not: a cookie ends with the redirects that follow it."""
    rig.server.route(
        "/hop", Answer(status=302, headers={"Location": "/cookies", "Set-Cookie": "id=7; Path=/"})
    )
    for path in ("/cookies", "/cookies", "/hop", "/hop"):
        assert rig.round(path).error is None
    asked = [request.headers["Cookie"] for request in rig.server.asked("/cookies")]
    assert asked == [None, None, "id=7", "id=7"]
    assert all(request.headers["Cookie"] is None for request in rig.server.asked("/hop"))
    assert b"id=7" not in rig.database.read_bytes()


def test_a_source_that_demands_its_cookie_is_read(rig):
    """It sets a cookie and sends back to the same address; it has not moved, and there is no loop."""

    def gate(request):
        if "sid=1" in (request.headers["Cookie"] or ""):
            return Answer(body=BODY)
        return Answer(status=301, headers={"Location": "/gate", "Set-Cookie": "sid=1; Path=/"})

    rig.server.route("/gate", gate)
    reported = rig.round("/gate")
    assert (reported.outcome, reported.error, reported.poll.new) == ("updated", None, 3)
    assert rig.state().redirect_url is None


def test_a_cookie_that_changes_with_every_visit_ends_at_the_limit(rig):
    """New cookies do not make redirects endless, and what is told does not show them."""
    number = iter(range(100))

    def gate(_):
        cookies = tuple(f"c{n}={next(number)}{'x' * 3000}" for n in range(5))
        return Answer(status=302, headers={"Location": "/gate", "Set-Cookie": cookies})

    rig.server.route("/gate", gate)
    reported = rig.round("/gate", max_redirects=5)
    assert reported.error == f"{rig.url}: more than the 5 redirects allowed: look for the feed's new address"
    assert len(rig.server.asked("/gate")) == 6
    assert max(len(r.headers["Cookie"] or "") for r in rig.server.asked("/gate")) <= 8192


def test_a_304_with_a_body_is_a_304(rig):
    """Its body is no feed, and no answer to the next request either."""
    assert rig.round("/304-with-body").poll.new == 3
    for _ in range(2):
        reported = rig.round("/304-with-body", per_host=1)
        assert (reported.outcome, reported.error, reported.poll.new) == ("not_modified", None, 0)
    assert rig.state().etag == '"a"'


def test_a_304_that_nobody_asked_for_is_a_failure(rig):
    """Without validators there is nothing that could be unmodified."""
    reported = rig.round("/304-unasked")
    assert reported.outcome == "failed"
    assert reported.error == (
        f"{rig.url}: answered 304 (not modified) to a request without validators: {THEIRS}"
    )


def test_an_etag_that_changes_while_the_feed_does_not_costs_no_parsing(rig):
    """A new ETag for the same bytes every time: not modified, and the newest ETag is sent back."""
    made = iter(range(9))
    rig.server.route("/restless", lambda _: Answer(body=BODY, headers={"ETag": f'"v{next(made)}"'}))
    assert rig.round("/restless").outcome == "updated"
    for _ in range(2):
        reported = rig.round("/restless")
        assert (reported.outcome, reported.poll.new, reported.poll.edited) == ("not_modified", 0, 0)
    sent = [request.headers["If-None-Match"] for request in rig.server.asked("/restless")]
    assert sent == [None, '"v0"', '"v1"']


def test_validators_that_cannot_be_sent_are_not(rig):
    """An ETag of control characters and one of 20,000 characters do no harm to the next request."""
    for etag in ('"a\tb\x7f"', '"' + "x" * 20_000 + '"'):
        rig.server.serve("/odd", BODY, ETag=etag)
        rig.round("/odd")
        assert rig.round("/odd").error is None


def test_a_login_page_is_no_feed(rig):
    """A page with status 200 is a failure that says what it is; the articles stay."""
    reported = rig.round("/login")
    assert reported.outcome == "failed"
    assert reported.error == (
        f"{rig.url}: an HTML page, not a feed, and it links to none: "
        "open it in a browser, the feed may have moved"
    )


def test_a_login_page_that_links_to_a_feed_names_it(rig):
    """Where the page knows the feed's address, the line has it."""
    link = '<link rel="alternate" type="application/rss+xml" href="/news">'
    rig.server.route("/page", Answer(body=f"<!DOCTYPE html><html><head>{link}</head></html>".encode()))
    reported = rig.round("/page")
    assert reported.outcome == "failed"
    assert reported.error == (
        f"{rig.url}: an HTML page, not a feed; set the source's url to what it links to: "
        f"{rig.server.url}/news"
    )


def test_a_feed_that_lost_its_entries_loses_no_articles(rig):
    """An empty feed is a feed: nothing new, and nothing is taken away."""
    reported = rig.round("/empty-feed")
    assert (reported.outcome, reported.error, reported.poll.new) == ("updated", None, 0)


def test_answers_that_flap_do_no_harm(rig):
    """Feed, page, feed, nothing, feed: every good answer counts, and every article once."""
    rig.server.serve("/flapping", news(range(300, 305)))
    assert rig.round("/flapping").poll.new == 5
    good = news(range(300, 307))
    for body, outcome in (
        (b"<html></html>", "failed"),
        (good, "updated"),
        (b"", "failed"),
        (good, "not_modified"),
    ):
        rig.server.serve("/flapping", body)
        assert rig.round("/flapping").outcome == outcome
    assert len(rig.of_source()) == 3 + 7
    assert (rig.state().failures, rig.state().failing_since_at) == (0, None)
