"""Answers that come slowly, not whole, or not at all."""

import asyncio
import time

import pytest

from tests.fetch.client import fetch_with, limits
from tests.hostile.feeds import news
from tests.hostile.server import BODY, HEAD, raw

THEIRS = "it is tried again later; if it stays, tell the publisher"


@pytest.mark.parametrize("path", ["/slow-headers", "/slow-body", "/no-answer", "/byte-a-second"])
def test_a_slow_source_ends_with_its_time(desk, path):
    """Silence and dripping end at the time limit, long after the good source was done."""
    told = desk.round(path, timeout_s=1.4)
    assert told.outcome == "failed"
    assert told.error == f"{desk.url}: the exchange took longer than the 1.4 s of fetch.timeout_s: {THEIRS}"
    assert told.order == ("good", "hostile")
    assert 1.35 < told.poll.seconds < 6


def test_many_slow_sources_do_not_hold_up_a_good_one(desk):
    """A slow exchange keeps its own slot of its host and no other."""
    told = desk.round("/no-answer", timeout_s=1.4, per_host=2, concurrency=2)
    assert told.order == ("good", "hostile")
    assert desk.good.seconds < 1.4


@pytest.mark.parametrize("path", ["/no-body", "/blank-body"])
def test_a_body_of_nothing_is_an_error(desk, path):
    """200 with no document is a failure, not a feed that lost its entries."""
    told = desk.round(path)
    assert told.outcome == "failed"
    assert told.error == f"{desk.url}: empty document: open it in a browser, the feed may have moved"


def test_a_body_shorter_than_announced_is_truncated(desk):
    """Content-Length promised more: nothing of it is read as if it were whole."""
    told = desk.round("/length-too-large")
    assert told.outcome == "failed"
    assert told.error == f"{desk.url}: the body is truncated or broken: {THEIRS}"
    assert told.poll.new == 0


def test_a_body_longer_than_announced_gives_its_whole_entries(desk):
    """What Content-Length covers is the body; the entry that it cuts in two is not read."""
    told = desk.round("/length-too-small")
    assert (told.outcome, told.error, told.poll.new) == ("updated", None, 1)
    desk.server.serve("/length-too-small", BODY)
    assert desk.round("/length-too-small").poll.new == 2


def test_a_body_longer_than_announced_in_one_piece_is_an_error(desk):
    """What follows in the same packet reads as an answer that is none: refused, and nothing is lost."""
    told = desk.round("/length-too-small-at-once")
    assert (told.outcome, told.poll.new) == ("failed", 0)
    assert told.error == f"{desk.url}: the answer is not valid HTTP (Bad status line): {THEIRS}"


def test_an_endless_body_is_cut_off(desk):
    """What never ends is dropped at the limit."""
    told = desk.round("/endless-body", max_body_bytes=1_000_000)
    assert told.outcome == "failed"
    assert told.error == (
        f"{desk.url}: the body is larger than the 1000000 bytes of fetch.max_body_bytes: raise it if it must be"
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
def test_a_connection_that_ends_early_is_a_failure(desk, path, reason):
    """Closed or reset in any phase: one line, one failure, and the next poll at its time."""
    told = desk.round(path)
    assert (told.outcome, told.error) == ("failed", f"{desk.url}: {reason}: {THEIRS}")
    state = desk.state()
    assert state.failures == 1
    assert state.next_poll_at > desk.now


def test_what_is_no_http_says_so(desk):
    """A mail server that answers is not taken for a feed."""
    told = desk.round("/no-http")
    assert told.outcome == "failed"
    assert told.error.startswith(f"{desk.url}: the answer is not valid HTTP (")


def test_a_part_of_a_feed_is_no_feed(desk):
    """206, which nobody asked for, is not read as the whole."""
    told = desk.round("/partial")
    assert (told.outcome, told.poll.new) == ("failed", 0)
    assert told.error == f"{desk.url}: answered 206 Partial Content: {THEIRS}"


def test_a_source_that_recovers_is_as_before(desk):
    """After failures in a row the first good answer ends them, and brings what came meanwhile."""
    for path in ("/reset-in-body", "/no-body", "/slow-headers"):
        desk.round(path, timeout_s=0.3)
    assert desk.round("/304-with-body").outcome == "updated"
    state = desk.state()
    assert (state.failures, state.error) == (0, None)


def test_bytes_after_an_answer_are_not_the_next_one(desk):
    """A second answer that nobody asked for, sent behind the first, is never read."""
    evil = HEAD + b"Content-Length: 5\r\n\r\nspam!"
    desk.server.route("/smuggled", raw(HEAD + b"Content-Length: %d\r\n\r\n" % len(BODY) + BODY + evil))
    told = desk.round("/smuggled", per_host=1)
    assert (told.outcome, told.poll.new) == ("updated", 3)


def test_bytes_that_come_between_two_requests_are_no_answer(desk):
    """What arrives on an idle connection ends it: the next request on that host gets its own answer."""

    def late(connection):
        head = HEAD + b"Content-Length: %d\r\n\r\n" % len(BODY)
        connection.sendall(head + BODY)
        time.sleep(0.05)
        connection.sendall(HEAD + b"Content-Length: 5\r\n\r\nspam!")
        connection.settimeout(2)
        connection.recv(1)

    desk.server.route("/late", raw(then=late))
    desk.server.good = news(range(1), site="good.example")

    async def steps(fetcher):
        first = await fetcher.get(desk.server.url + "/late")
        await asyncio.sleep(0.2)
        return first.body, (await fetcher.get(desk.server.url + "/good")).body

    assert fetch_with(steps, within=limits(per_host=1)) == (BODY, desk.server.good)
