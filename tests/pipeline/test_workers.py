"""Where documents are read: small known ones at once, few in threads, many new ones in processes."""

import asyncio
import os
import pickle
import resource
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aggregator.errors import MachineError, ParseError
from aggregator.model import Source
from aggregator.parse import ParseJob, read_news
from aggregator.parse.worker import worker_process
from aggregator.parse.worker.worker_process import LARGE_BYTES, WorkerProcess
from aggregator.pipeline.poll import inline_budget
from aggregator.pipeline.poll.workers import MANY_WAITING, MAX_INLINE_BYTES, MIN_PROCESS_BYTES, ParserPool

NOW = datetime(2026, 9, 1, tzinfo=UTC)
MANY = 3 * MANY_WAITING


def make_job(number, *, seen=b"", entries=40):
    """Return a document of a source of its own."""
    url = f"https://readers-{number}.example/feed"
    items = "".join(
        f"<item><title>{number}: title {n}</title><link>https://readers-{number}.example/{n}</link>"
        f"<description>{'Text. ' * 40}</description></item>"
        for n in range(entries)
    )
    body = f"<rss version='2.0'><channel><title>Feed {number}</title>{items}</channel></rss>".encode()
    source = Source(id=f"source-{number}", url=url)
    return ParseJob(body=body, source=source, now=NOW, url=url, seen=seen, context="rules")


def processes():
    """Return the processes that this one has started and that still run."""
    tasks = Path("/proc/self/task").glob("*/children")
    return {int(number) for task in tasks for number in task.read_text().split()}


def read_all(jobs, *, meanwhile=None):
    """Read documents at the same time; return what they became, and the processes that were started."""

    async def run():
        before, parsers, started = processes(), ParserPool(), set()
        reading = [asyncio.create_task(parsers.parse(one)) for one in jobs]

        async def watch():
            while True:
                started.update(processes() - before)
                await asyncio.sleep(0.01)

        watching = asyncio.create_task(watch())
        if meanwhile is not None:
            while not started:
                await asyncio.sleep(0.01)
            await meanwhile(started)
        became = await asyncio.gather(*reading, return_exceptions=True)
        watching.cancel()
        return became, started

    return asyncio.run(run())


def at_once(one, parsers=None):
    """Return what a document says if it is read without a thread or a process, else None."""

    async def run():
        reading = (parsers or ParserPool(may_block_loop=True)).parse(one)
        try:
            reading.send(None)
        except StopIteration as ended:
            return ended.value
        reading.close()
        return None

    return asyncio.run(run())


def test_small_known_documents_are_read_at_once():
    """What is seldom much needs no thread; a larger document, or a new one, may be much."""
    seen = read_news(make_job(1)).seen
    assert len(make_job(1).body) <= MAX_INLINE_BYTES < len(make_job(2, entries=400).body)
    assert at_once(make_job(1, seen=seen)).articles == ()
    assert at_once(make_job(1)) is None
    assert at_once(make_job(2, seen=seen, entries=400)) is None
    assert at_once(make_job(1, seen=seen), ParserPool()) is None


def test_who_was_slow_once_gets_a_thread(monkeypatch):
    """A document that is small, but takes long, keeps the polls waiting only once, and other sources never."""
    monkeypatch.setattr(inline_budget, "SLOW_S", 0)
    first, other = (make_job(number, seen=read_news(make_job(number)).seen) for number in (1, 2))
    parsers = ParserPool(may_block_loop=True)
    assert at_once(first, parsers) is not None
    assert at_once(first, parsers) is None
    assert at_once(other, parsers) is not None
    monkeypatch.setattr(inline_budget, "FORGET_AFTER_S", 0)
    assert at_once(other, parsers) is None
    third = make_job(3, seen=read_news(make_job(3)).seen)
    assert at_once(third, parsers) is not None
    assert at_once(third, parsers) is not None


def test_what_is_read_at_once_lets_the_others_in_between():
    """However many documents have come, each is read in a round of its own: what was read can be stored."""
    jobs = [make_job(number, seen=read_news(make_job(number)).seen) for number in range(MANY)]
    rounds = []

    async def read(parsers, one):
        await parsers.parse(one)
        rounds.append(now)

    async def run():
        nonlocal now
        parsers = ParserPool(may_block_loop=True)
        reading = asyncio.gather(*(read(parsers, one) for one in jobs))
        while not reading.done():
            now += 1
            await asyncio.sleep(0)

    now = 0
    asyncio.run(run())
    assert len(set(rounds)) == MANY


def test_many_new_documents_are_read_in_another_process():
    """They become what they become here, in order, and the processes end when nothing is left to read."""
    jobs = [make_job(number) for number in range(MANY)]
    assert len(jobs[0].body) > MIN_PROCESS_BYTES
    readings, started = read_all(jobs)
    assert started
    for one, reading in zip(jobs, readings, strict=True):
        here = read_news(one)
        assert replace(reading, feed=here.feed) == here
        assert replace(reading.feed, entries=here.feed.entries) == here.feed
    assert not started & processes()


@pytest.mark.parametrize(
    "jobs",
    [
        [make_job(number) for number in range(MANY_WAITING)],
        [make_job(number, entries=1) for number in range(MANY)],
        [make_job(number, seen=b"\x01") for number in range(MANY)],
    ],
    ids=["few", "small", "known"],
)
def test_no_process_is_started_where_it_would_not_pay(jobs):
    """Few, small or mostly known documents are read here."""
    readings, started = read_all(jobs)
    assert not started
    assert [reading.feed.title for reading in readings] == [f"Feed {n}" for n in range(len(jobs))]


def test_what_is_no_feed_is_the_same_error_from_another_process():
    """An error keeps its words and the feeds that a page links to."""
    page = "<html><head><link rel='alternate' type='application/rss+xml' href='/feed'></head>" + "<p>x" * 4000
    jobs = [replace(make_job(number), body=page.encode()) for number in range(MANY)]
    errors, started = read_all(jobs)
    assert started
    with pytest.raises(ParseError) as here:
        read_news(jobs[-1])
    assert isinstance(errors[-1], ParseError)
    assert (str(errors[-1]), errors[-1].feeds) == (str(here.value), here.value.feeds)
    assert errors[-1].feeds == (f"https://readers-{MANY - 1}.example/feed",)


def test_a_process_that_dies_takes_one_document_with_it():
    """The document's poll fails with what happened, all others are read."""

    async def kill_one(started):
        await asyncio.sleep(1)
        os.kill(max(started), signal.SIGKILL)

    jobs = [make_job(number, entries=1500) for number in range(MANY)]
    readings, _ = read_all(jobs, meanwhile=kill_one)
    failed = [reading for reading in readings if isinstance(reading, Exception)]
    assert [type(error) for error in failed] == [ParseError]
    assert "the process that read it was ended" in str(failed[0])
    assert all(len(reading.articles) == 1500 for reading in readings if reading not in failed)


def test_a_process_that_died_while_it_waited_takes_nothing_with_it():
    """The next document is read by another."""

    async def run():
        before, process = processes(), WorkerProcess()
        first = await process.read(make_job(1))
        (idle,) = processes() - before
        os.kill(idle, signal.SIGTERM)  # as is sent to all of a service: who asks decides
        again = await process.read(make_job(1))
        (same,) = processes() - before
        os.kill(idle, signal.SIGKILL)
        await asyncio.sleep(0.2)
        last = await process.read(make_job(1))
        await process.end()
        return idle, same, first, again, last

    idle, same, *readings = asyncio.run(run())
    assert idle == same
    assert [len(reading.articles) for reading in readings] == [40] * 3


def large(number, within=""):
    """Return a document that is large only by its blanks, with something within its channel."""
    small = make_job(number, entries=1)
    filled = (" " * LARGE_BYTES + within).encode()
    return replace(small, body=small.body.replace(b"<item>", filled + b"<item>", 1))


def test_a_large_document_is_read_in_a_process_that_ends():
    """Whether it is known or not, and alone or not: the process would keep the memory that it took."""
    one = large(1)
    seen = read_news(one).seen
    for again in (one, replace(one, seen=seen)):
        (reading,), started = read_all([again])
        assert started
        assert not started & processes()
        assert replace(reading, feed=read_news(again).feed) == read_news(again)


@pytest.mark.skipif(sys.platform != "linux", reason="only there a process's own memory is bounded")
def test_a_document_gets_so_much_memory_and_no_more():
    """Its poll fails and says so, nothing else does, and the service is no larger for it."""
    hostile = replace(
        make_job(1), body=b"<rss " + b"a " * 2_000_000 + b"><channel><title>x</title></channel></rss>"
    )
    peaks = []

    async def watch(started):
        (number,) = started
        status = Path(f"/proc/{number}/status")
        while status.exists() and "VmHWM" in (reported := status.read_text()):
            peaks.append(int(reported.partition("VmHWM:")[2].split()[0]))
            await asyncio.sleep(0.01)

    (error,), started = read_all([hostile], meanwhile=watch)
    assert str(error) == (
        f"{hostile.url}: reading it takes more than 347 MiB of memory, which no feed needs: "
        "open it in a browser, the feed may have moved"
    )
    assert isinstance(error, ParseError)
    assert 100 < peaks[-1] / 1024 < 400  # with what it shares, as libraries
    assert not started & processes()


def test_a_document_gets_so_much_time_and_no_more(monkeypatch):
    """The process is ended where it is, and the poll's error says why."""
    monkeypatch.setattr(worker_process, "LONGEST_S", 2)
    nested = "".join(f"<b xmlns:a{number}='u{number}'>" for number in range(200_000))
    hostile = large(1, f"<item><title>One</title>{nested}</item>")
    started = time.monotonic()
    (error, other), _ = read_all([hostile, make_job(2)])
    assert str(error) == (
        f"{hostile.url}: reading it takes longer than 2 s, which no feed needs: "
        "open it in a browser, the feed may have moved"
    )
    assert len(other.articles) == 40
    assert time.monotonic() - started < 4


def test_where_no_process_can_be_started_a_large_document_waits():
    """That is no fault of its source: the error is the machine's, and a small one is read here."""

    async def run():
        parsers = ParserPool()
        await parsers.parse(make_job(0))  # the first document opens files, as modules and tables are
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        free = os.dup(0)
        os.close(free)
        resource.setrlimit(resource.RLIMIT_NOFILE, (free + 1, hard))
        try:
            return await asyncio.gather(
                parsers.parse(large(1)),
                *(parsers.parse(make_job(n)) for n in range(MANY)),
                return_exceptions=True,
            )
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))

    error, *readings = asyncio.run(run())
    assert isinstance(error, MachineError)
    assert "no process can be started to read it (too many open files: raise the limit" in str(error)
    assert [len(reading.articles) for reading in readings] == [40] * MANY


def test_ctrl_c_in_a_terminal_does_not_reach_what_reads():
    """It is sent to the group that this process is in."""

    async def look(started):
        assert os.getpgid(max(started)) != os.getpgid(0)

    readings, started = read_all([make_job(number) for number in range(MANY)], meanwhile=look)
    assert started
    assert [len(reading.articles) for reading in readings] == [40] * MANY


def test_what_is_being_read_ends_with_who_asked_for_it():
    """Where polls are given up, their processes are, too, and the next documents are read."""

    async def run():
        before, parsers = processes(), ParserPool()
        reading = [asyncio.create_task(parsers.parse(make_job(n, entries=2000))) for n in range(MANY)]
        while not processes() - before:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.5)
        for task in reading:
            task.cancel()
        ended = await asyncio.gather(*reading, return_exceptions=True)
        assert any(isinstance(one, asyncio.CancelledError) for one in ended)
        assert not processes() - before
        return await asyncio.gather(*(parsers.parse(make_job(number)) for number in range(MANY)))

    assert [reading.feed.title for reading in asyncio.run(run())] == [f"Feed {n}" for n in range(MANY)]


def test_a_reader_ends_quietly_where_nobody_listens():
    """When the program is killed, the process that reads for it ends by itself and says nothing."""
    reader = subprocess.Popen(
        [sys.executable, "-m", "aggregator.parse.worker"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    reader.stdin.write(pickle.dumps(make_job(1)))
    reader.stdin.flush()
    reader.stdout.close()
    reader.stdin.close()
    assert reader.wait(20) == 0
    assert reader.stderr.read() == b""
    reader.stderr.close()
