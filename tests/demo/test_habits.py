"""How publishers behave on the wire."""

import gzip
import http.client

import pytest

from aggregator.demo.pieces import publishers
from tests.demo.visitor import START, visiting

CONDITIONAL = [by.id for by in publishers().values() if by.style != "broken" and not by.guids_change]


def test_news_appear_with_time(visitor):
    """An event is in no feed before it breaks and in its publishers' feeds after."""
    title = "Norvane unveils Halcyon-2 AI chip, promises half the power"
    visitor.elapsed_s = 19
    assert title not in visitor.titles("meridian-wire")
    visitor.elapsed_s = 21
    assert title in visitor.titles("meridian-wire")
    assert title not in visitor.titles("evening-echo")
    visitor.elapsed_s = 51
    assert title in visitor.titles("evening-echo")


def test_a_correction_changes_the_entry_and_its_page(visitor):
    """After a correction the entry has a new title under the same id, and so has its page."""
    visitor.elapsed_s = 175
    (before,) = [entry for entry in visitor.entries("daily-planet") if "Port Alder plant" in entry.title]
    visitor.elapsed_s = 185
    (after,) = [entry for entry in visitor.entries("daily-planet") if "Port Alder plant" in entry.title]
    assert after.id == before.id
    assert after.published == before.published
    assert after.title == f"{before.title}, bringing 450 jobs"
    assert "450 jobs" in visitor.open(after.link).text


@pytest.mark.parametrize("publisher", CONDITIONAL)
def test_what_is_known_is_not_sent_again(visitor, publisher):
    """The same ETag, or else the same Last-Modified, gets 304 without a body; another one gets 200."""
    first = visitor.get(publisher)
    etag, modified = first.headers["etag"], first.headers["last-modified"]
    for headers in ({"if_none_match": etag}, {"if_modified_since": modified}):
        again = visitor.get(publisher, **headers)
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == etag
    assert visitor.get(publisher, if_none_match='"other"', if_modified_since=modified).status_code == 200


def test_news_end_a_304(visitor):
    """A known ETag is answered with the whole feed once there is news."""
    etag = visitor.get("meridian-wire").headers["etag"]
    visitor.elapsed_s = 25
    again = visitor.get("meridian-wire", if_none_match=etag)
    assert again.status_code == 200
    assert again.headers["etag"] != etag


def test_a_feed_moves_for_good(visitor):
    """The moving feed answers 200 at first, then 301 to an address that has the same feed."""
    before = visitor.get("harbour-courier")
    assert before.status_code == 200
    visitor.elapsed_s = 121
    moved = visitor.get("harbour-courier")
    assert moved.status_code == 301
    assert visitor.get("harbour-courier", moved.headers["location"]).status_code == 200
    visitor.elapsed_s = 90_000
    assert visitor.get("harbour-courier").status_code == 301


def test_a_feed_dies_for_good(visitor):
    """The dying feed answers 410 from its last minute on, while its pages stay."""
    links = [entry.link for entry in visitor.entries("the-lamplighter")]
    visitor.elapsed_s = 361
    assert visitor.get("the-lamplighter").status_code == 410
    assert all(visitor.open(link).status_code == 200 for link in links)


def test_a_feed_is_somewhere_else_and_only_the_front_page_says_so(visitor):
    """Its old address answers 410, and the one that the page names has the same entries."""
    before = [entry.link for entry in visitor.entries("lens-tv")]
    assert 'href="/videos.rss"' in visitor.get("lens-tv", "/").text
    visitor.elapsed_s = 101
    assert visitor.get("lens-tv").status_code == 410
    assert 'href="/videos/all.rss"' in visitor.get("lens-tv", "/").text
    there = visitor.get("lens-tv", "/videos/all.rss").text
    assert before
    assert all(link in there for link in before)


def test_an_article_is_taken_out_by_its_publisher(visitor):
    """Of its feed, where its neighbours stay, and its page answers 410; nobody else links to it."""
    before = visitor.entries("meridian-wire")
    visitor.elapsed_s = 61
    after = visitor.titles("meridian-wire")
    (gone,) = [entry for entry in before if entry.title not in after]
    place = before.index(gone)
    assert {before[place - 1].title, before[place + 1].title} <= {*after}
    assert visitor.open(gone.link).status_code == 410
    assert visitor.open(before[place - 1].link).status_code == 200
    assert all(gone.link not in visitor.get(name).text for name in publishers())


def test_the_agency_throttles_at_times(visitor):
    """For some seconds of every two minutes the agency answers 429 and says when to come back."""
    statuses = []
    for elapsed_s in range(0, 240, 10):
        visitor.elapsed_s = elapsed_s
        answer = visitor.get("meridian-wire")
        statuses.append(answer.status_code)
        assert answer.status_code == 200 or int(answer.headers["retry-after"]) > 0
    assert statuses.count(429) == 4


def test_guids_change_on_every_visit(visitor):
    """One publisher's guids differ from visit to visit, while links and titles stay."""
    first, second = visitor.entries("robot-post"), visitor.entries("robot-post")
    assert [entry.link for entry in first] == [entry.link for entry in second]
    assert not {entry.id for entry in first} & {entry.id for entry in second}


def test_tracking_parameters_lead_to_the_same_page(visitor):
    """Links with tracking parameters open, and the page's canonical address is without them."""
    for entry in visitor.entries("evening-echo"):
        assert "utm_source=rss" in entry.link
        page = visitor.open(entry.link)
        assert page.status_code == 200
        assert f'rel="canonical" href="{entry.link.partition("?")[0]}"' in page.text


def test_feeds_come_compressed_when_asked(visitor):
    """With gzip the bytes are fewer, the text the same, the ETag weak, and it still makes a 304."""
    plain = visitor.get("daily-planet")
    zipped = visitor.get("daily-planet", accept_encoding="gzip")
    assert zipped.headers["content-encoding"] == "gzip"
    assert zipped.content == plain.content
    assert int(zipped.headers["content-length"]) < len(plain.content) / 2
    assert zipped.headers["etag"] == f"W/{plain.headers['etag']}"
    again = visitor.get("daily-planet", accept_encoding="gzip", if_none_match=zipped.headers["etag"])
    assert again.status_code == 304


def test_head_is_get_without_a_body(visitor):
    """HEAD answers with the length of what GET would send, and serves no entry."""
    connection = http.client.HTTPConnection("127.0.0.1", visitor.newsroom.port, timeout=60)
    connection.request("HEAD", "/rss.xml", headers={"Host": "daily-planet.localhost"})
    answer = connection.getresponse()
    assert (answer.status, answer.read()) == (200, b"")
    connection.close()
    assert not visitor.newsroom.entries_served()["daily-planet"]
    assert int(answer.headers["content-length"]) == len(visitor.get("daily-planet").content)


def test_two_newsrooms_say_the_same():
    """The bytes of every feed follow from port, start and time alone."""
    with visiting() as one:
        one.elapsed_s = 400
        port = one.newsroom.port
        bodies = {by.id: gzip.compress(one.get(by.id).content, mtime=0) for by in publishers().values()}
    with visiting(port=port, now=START) as other:
        other.elapsed_s = 400
        assert {
            by.id: gzip.compress(other.get(by.id).content, mtime=0) for by in publishers().values()
        } == bodies


def test_speed_shortens_the_script_and_not_the_past():
    """At ten times the speed, news break in a tenth of the time and are dated accordingly."""
    with visiting(speed=10.0) as fast, visiting() as usual:
        fast.elapsed_s = 3
        found = {entry.title: entry.published for entry in fast.entries("meridian-wire")}
        old = {entry.title: entry.published for entry in usual.entries("meridian-wire")}
        title = "Norvane unveils Halcyon-2 AI chip, promises half the power"
        assert found.pop(title).endswith("08:30:02 GMT")
        assert found == old
