"""Sources that move: over real sockets and a real store, with days that pass in no time."""

import json
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from tests.integration.polling import poll_at
from tests.integration.site import SiteFolder, item, read_until, rss, run_program, run_service
from tests.loopback import Answer

NOW = datetime.now(UTC).replace(microsecond=0)
DAY = timedelta(days=1)


@pytest.fixture
def site(tmp_path, loopback):
    """A site with one source on loopback, whose comment an operator wrote."""
    made = SiteFolder(tmp_path, [])
    text = f"sources:\n  # the daily\n  - url: {loopback.url}/feed   # morning and evening\n    id: daily\n"
    (made.config / "sources.yaml").write_text(text, encoding="utf-8")
    return made


def document(*numbers):
    return Answer(
        body=rss(*(item(n, format_datetime(NOW - n * DAY)) for n in numbers)), headers={"ETag": '"1"'}
    )


def move(loopback, *numbers):
    """Redirect the source's address permanently to one that shows these entries."""
    loopback.route("/new", document(*numbers))
    loopback.route("/feed", Answer(status=308, headers={"Location": "/new"}))


def test_a_move_is_proposed_and_accepted(site, loopback):
    """After two days of the same feed at the target it is proposed; accepted, it stands in the file."""
    loopback.route("/feed", document(1, 2, 3))
    poll_at(site, NOW - 3 * DAY)
    move(loopback, 1, 2, 3)
    state = poll_at(site, NOW - 2 * DAY, NOW - DAY)
    assert (state.redirect_sightings, state.proposed_url) == (2, None)
    assert "redirected permanently" in site.status()["sources"][0]["error"]
    assert poll_at(site, NOW).proposed_url == f"{loopback.url}/new"
    (proposal,) = site.status()["proposals"]
    assert (proposal["id"], proposal["proposed_url"]) == ("daily", f"{loopback.url}/new")
    assert "aggregator sources accept daily" in site.run("status")
    (waiting,) = json.loads(site.run("review", "--json"))["moves"]
    assert (waiting["source"], waiting["proposed_url"]) == ("daily", f"{loopback.url}/new")
    assert "aggregator sources accept ID" in site.run("review")
    assert "moved daily to" in site.run("sources", "accept", "daily")
    text = (site.config / "sources.yaml").read_text(encoding="utf-8")
    assert f"  # the daily\n  - url: {loopback.url}/new   # morning and evening\n    id: daily\n" in text
    assert site.status()["proposals"] == []
    assert "1 not_modified" in site.run("poll") or "0 new articles, 0 edited" in site.run("poll", "--all")
    assert site.status()["sources"][0]["articles"] == 3


def test_a_running_service_does_not_ask_the_old_address_again(site, loopback):
    """From the command on, which comes before it reads the file, the source is asked at its new address alone."""
    loopback.route("/feed", document(1, 2, 3))
    poll_at(site, NOW - 6 * DAY)
    move(loopback, 1, 2, 3)
    assert poll_at(site, NOW - 2 * DAY, NOW - DAY, NOW).proposed_url == f"{loopback.url}/new"
    loopback.route("/feed", Answer(status=404))
    with run_service(site, "--port", "0"):
        wait_for(lambda: "/feed" in [one.path for one in loopback.requests[-2:]])
        site.run("sources", "accept", "daily")
        before = len(loopback.requests)
        wait_for(lambda: [one.path for one in loopback.requests[before:]].count("/new") > 1)
        assert {one.path for one in loopback.requests[before:]} == {"/new"}
    assert site.status()["sources"][0]["error"] is None


@pytest.mark.parametrize("answered", [document(1, 2, 3, 4), Answer(status=404), Answer(status=304)])
def test_what_the_old_address_answers_then_is_not_stored(site, loopback, answered):
    """Its poll was under way as the move was accepted: articles, failures and validators of it are left out."""
    loopback.route("/feed", document(1, 2, 3))
    poll_at(site, NOW - 6 * DAY)
    move(loopback, 1, 2, 3)
    assert poll_at(site, NOW - 2 * DAY, NOW - DAY, NOW).proposed_url == f"{loopback.url}/new"

    def accept_and_answer(_):
        site.run("sources", "accept", "daily")
        return answered

    loopback.route("/feed", accept_and_answer)
    with run_service(site, "--port", "0") as service:
        read_until(service, f"daily: it is at {loopback.url}/new now: what {loopback.url}/feed answered is")
    (source,) = site.status()["sources"]
    assert (source["error"], source["failures"], source["articles"]) == (None, 0, 3)


def wait_for(is_so, seconds=60):
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_a_move_can_be_accepted_before_it_is_proposed(site, loopback):
    """The doctor names the redirect and how to take it at once, which needs a poll that saw the same feed."""
    loopback.route("/feed", document(1, 2, 3))
    poll_at(site, NOW - 3 * DAY)
    move(loopback, 1, 2, 3)
    said = site.run("sources", "doctor", "daily")
    target = f"{loopback.url}/new"
    assert f"redirects permanently to {target}, where the feed has the same entries" in said
    assert "called twice as a first answer may be that nothing changed" in said
    assert "`aggregator sources accept daily --now` writes it at once:" in said
    assert f"+  - url: {target}   # morning and evening" in said
    assert "nothing is proposed" in run_program(*accept(site, "--now"), code=1).stderr
    poll_at(site, NOW - DAY)
    assert (
        "`aggregator sources accept daily --now` writes it at once"
        in run_program(*accept(site), code=1).stderr
    )
    assert site.run("sources", "accept", "daily", "--now") == f"moved daily to {target}; it is polled next\n"


def test_what_a_first_poll_could_not_compare_is_compared_by_the_next(site, loopback):
    """The lines of doctor and of accept name the poll that helps, and it does; the doctor finds it unnamed."""

    def answer(request):
        return Answer(status=304) if request.headers["If-None-Match"] else document(1, 2, 3)

    loopback.route("/feed", answer)
    poll_at(site, NOW - 3 * DAY)
    assert "no source is gone, failing or redirected" in site.run("sources", "doctor")
    loopback.route("/new", answer)
    loopback.route("/feed", Answer(status=308, headers={"Location": "/new"}))
    assert poll_at(site, NOW - DAY).redirect_proved_at is None
    for said in (site.run("sources", "doctor"), run_program(*accept(site, "--now"), code=1).stderr):
        assert "no poll saw the same feed there yet: `aggregator poll --source daily` asks" in said
        assert "write that address" not in said
    site.run("poll", "--source", "daily")
    assert "`aggregator sources accept daily --now` writes it at once" in site.run("sources", "doctor")
    assert site.run("sources", "accept", "daily", "--now").startswith(f"moved daily to {loopback.url}/new")


def accept(site, *options):
    return "sources", "accept", "daily", *options, "--config", str(site.config)


def test_a_portal_is_never_proposed(site, loopback):
    """A redirect to another feed is followed and told, but never proposed, however long it lasts."""
    loopback.route("/feed", document(1, 2, 3))
    poll_at(site, NOW - 20 * DAY)
    move(loopback, 11, 12, 13)
    state = poll_at(site, *(NOW - n * DAY for n in range(15, 0, -1)))
    assert (state.redirect_sightings, state.redirect_proved_at, state.proposed_url) == (15, None, None)
    assert "where the feed has hardly any entries" in site.run("sources", "doctor", "daily")
    assert (
        "15 polls in a row saw no feed there that is the same"
        in run_program(*accept(site, "--now"), code=1).stderr
    )


def test_a_redirect_that_ends_is_forgotten(site, loopback):
    """Maintenance that redirected permanently for days leaves nothing behind."""
    loopback.route("/feed", document(1, 2, 3))
    poll_at(site, NOW - 6 * DAY)
    move(loopback, 1, 2, 3)
    assert poll_at(site, NOW - 5 * DAY, NOW - 4 * DAY, NOW - 3 * DAY).proposed_url is not None
    loopback.route("/feed", document(1, 2, 3))
    state = poll_at(site, NOW - DAY)
    assert (state.redirect_url, state.proposed_url) == (None, None)


def test_the_proof_is_asked_for_even_where_the_target_answers_304(site, loopback):
    """A target that knows our validators is asked for the whole document until its entries are proved."""

    def answer(request):
        return Answer(status=304) if request.headers["If-None-Match"] else document(1, 2, 3)

    loopback.route("/feed", answer)
    poll_at(site, NOW - 5 * DAY)
    loopback.route("/new", answer)
    loopback.route("/feed", Answer(status=301, headers={"Location": "/new"}))
    state = poll_at(site, NOW - 4 * DAY, NOW - 3 * DAY)
    assert state.redirect_proved_at == NOW - 3 * DAY
    asked = [request.headers["If-None-Match"] for request in loopback.requests if request.path == "/new"]
    assert asked == ['"1"', None]
    assert poll_at(site, NOW - 2 * DAY).proposed_url == f"{loopback.url}/new"
    assert loopback.requests[-1].headers["If-None-Match"] == '"1"'
