"""Answers that come slowly, not whole, or not at all."""

import asyncio
import time

import pytest

from tests.fetch.client import fetch_with, limits
from tests.hostile.feeds import news
from tests.hostile.server import BODY, HEAD, raw

THEIRS = "it is tried again later; if it stays, tell the publisher"


@pytest.mark.parametrize("path", ["/slow-headers", "/slow-body", "/no-answer", "/byte-a-second"])
def test_a_slow_source_ends_with_its_time(rig, path):
    """Silence and dripping end at the time limit, long after the good source was done."""
    reported = rig.round(path, timeout_s=1.4)
    assert reported.outcome == "failed"
    assert (
        reported.error == f"{rig.url}: the exchange took longer than the 1.4 s of fetch.timeout_s: {THEIRS}"
    )
    assert reported.order == ("good", "hostile")
    assert 1.35 < reported.poll.seconds < 6


def test_many_slow_sources_do_not_hold_up_a_good_one(rig):
    """A slow exchange keeps its own slot of its host and no other."""
    reported = rig.round("/no-answer", timeout_s=1.4, per_host=2, concurrency=2)
    assert reported.order == ("good", "hostile")
    assert rig.good.seconds < 1.4


@pytest.mark.parametrize("path", ["/no-body", "/blank-body"])
def test_a_body_of_nothing_is_an_error(rig, path):
    """200 with no document is a failure, not a feed that lost its entries."""
    reported = rig.round(path)
    assert reported.outcome == "failed"
    assert reported.error == f"{rig.url}: empty document: open it in a browser, the feed may have moved"


def test_a_body_shorter_than_announced_is_truncated(rig):
    """Content-Length promised more: nothing of it is read as if it were whole."""
    reported = rig.round("/length-too-large")
    assert reported.outcome == "failed"
    assert reported.error == f"{rig.url}: the body is truncated or broken: {THEIRS}"
    assert reported.poll.new == 0


def test_a_body_longer_than_announced_gives_its_whole_entries(rig):
    """What Content-Length covers is the body; the entry that it cuts in two is not read."""
    reported = rig.round("/length-too-small")
    assert (reported.outcome, reported.error, reported.poll.new) == ("updated", None, 1)
    rig.server.serve("/length-too-small", BODY)
    assert rig.round("/length-too-small").poll.new == 2


def test_a_body_longer_than_announced_in_one_piece_is_an_error(rig):
    """What follows in the same packet reads as an answer that is none: refused, and nothing is lost."""
    reported = rig.round("/length-too-small-at-once")
    assert (reported.outcome, reported.poll.new) == ("failed", 0)
    assert reported.error == f"{rig.url}: the answer is not valid HTTP (Bad status line): {THEIRS}"


def test_an_endless_body_is_cut_off(rig):
    """What never ends is dropped at the limit."""
    reported = rig.round("/endless-body", max_body_bytes=1_000_000)
    assert reported.outcome == "failed"
    assert reported.error == (
        f"{rig.url}: the body is larger than the 1000000 bytes of fetch.max_body_bytes: raise it if it must be"
    )


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/closed-at-once", "the server closed the connection without an answer"),
        ("/reset-at-once", "the connection was lost (Connection reset by peer)"),
        ("/reset-in-head", "the connection was lost (Connection reset by peer)"),
        ("/reset-before-body", "the body is truncated or broken"),
        ("/reset-in-body", "the body is truncated or broken"),
        ("/reset-in-chunk", "the body is truncated or broken"),
    ],
)
def test_a_connection_that_ends_early_is_a_failure(rig, path, reason):
    """Closed or reset in any phase: one line, one failure, and the next poll at its time."""
    reported = rig.round(path)
    assert (reported.outcome, reported.error) == ("failed", f"{rig.url}: {reason}: {THEIRS}")
    state = rig.state()
    assert state.failures == 1
    assert state.next_poll_at > rig.now


def test_what_is_no_http_says_so(rig):
    """A mail server that answers is not taken for a feed."""
    reported = rig.round("/no-http")
    assert reported.outcome == "failed"
    assert reported.error.startswith(f"{rig.url}: the answer is not valid HTTP (")


def test_a_part_of_a_feed_is_no_feed(rig):
    """206, which nobody asked for, is not read as the whole."""
    reported = rig.round("/partial")
    assert (reported.outcome, reported.poll.new) == ("failed", 0)
    assert reported.error == f"{rig.url}: answered 206 Partial Content: {THEIRS}"


def test_a_source_that_recovers_is_as_before(rig):
    """After failures in a row the first good answer ends them, and brings what came meanwhile."""
    for path in ("/reset-in-body", "/no-body", "/slow-headers"):
        rig.round(path, timeout_s=0.3)
    assert rig.round("/304-with-body").outcome == "updated"
    state = rig.state()
    assert (state.failures, state.error) == (0, None)


def test_bytes_after_an_answer_are_not_the_next_one(rig):
    """A second answer that nobody asked for, sent behind the first, is never read."""
    evil = HEAD + b"Content-Length: 5\r\n\r\nspam!"
    rig.server.route("/smuggled", raw(HEAD + b"Content-Length: %d\r\n\r\n" % len(BODY) + BODY + evil))
    reported = rig.round("/smuggled", per_host=1)
    assert (reported.outcome, reported.poll.new) == ("updated", 3)


def test_bytes_that_come_between_two_requests_are_no_answer(rig):
    """What arrives on an idle connection ends it: the next request on that host gets its own answer."""

    def late(connection):
        head = HEAD + b"Content-Length: %d\r\n\r\n" % len(BODY)
        connection.sendall(head + BODY)
        time.sleep(0.05)
        connection.sendall(HEAD + b"Content-Length: 5\r\n\r\nspam!")
        connection.settimeout(2)
        connection.recv(1)

    rig.server.route("/late", raw(then=late))
    rig.server.good = news(range(1), site="good.example")

    async def steps(fetcher):
        first = await fetcher.get(rig.server.url + "/late")
        await asyncio.sleep(0.2)
        return first.body, (await fetcher.get(rig.server.url + "/good")).body

    assert fetch_with(steps, within=limits(per_host=1)) == (BODY, rig.server.good)
