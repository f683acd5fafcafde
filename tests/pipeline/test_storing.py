"""What many ask for at about the same time is done in one go, and each gets its own answer."""

import asyncio
import threading
import time
from datetime import UTC, datetime

import pytest

from aggregator.errors import PollNotStored, StoreError
from aggregator.model import Source, SourceState
from aggregator.pipeline.poll import inline_budget
from aggregator.pipeline.poll.storing import (
    MAX_BATCH,
    MAX_BATCH_ARTICLES,
    MAX_INLINE_ARTICLES,
    BatchedStore,
    Batcher,
)
from aggregator.store import count_articles, open_store, read_source_state
from tests.builders import DAILY, article, inserting, source
from tests.empty_store import put_empty_store

NOW = datetime(2026, 9, 1, tzinfo=UTC)


class Work:
    """Doubles numbers, a while at a time; 13 is an error, 99 an error for everybody."""

    def __init__(self, seconds=0.02):
        self.seconds = seconds
        self.batches = []
        self.threads = set()

    def __call__(self, numbers):
        self.batches.append(list(numbers))
        self.threads.add(threading.get_ident())
        time.sleep(self.seconds)
        if 99 in numbers:
            raise StoreError("full")
        return [PollNotStored("13") if number == 13 else 2 * number for number in numbers]


def ask_all(work, numbers):
    """Ask for every number at the same time; return answers and errors in order."""

    async def run():
        batcher = Batcher(work)
        return await asyncio.gather(*map(batcher.submit, numbers), return_exceptions=True)

    return asyncio.run(run())


def test_each_gets_its_answer():
    """All that is asked for at once is one call in another thread, and the answers are not mixed up."""
    work = Work()
    assert ask_all(work, range(12)) == [2 * number for number in range(12)]
    assert work.batches == [list(range(12))]
    assert threading.get_ident() not in work.threads


def test_calls_are_bounded_and_in_order():
    """Never more than so many in one call, first come, first served."""
    work = Work(0)
    numbers = [number + 1000 for number in range(3 * MAX_BATCH + 1)]
    assert ask_all(work, numbers) == [2 * number for number in numbers]
    assert [len(batch) for batch in work.batches] == [MAX_BATCH] * 3 + [1]
    assert [number for batch in work.batches for number in batch] == numbers


def test_many_articles_are_stored_in_several_calls():
    """What is done together is bounded also by its weight; one that weighs more is done alone."""
    work, half = Work(0), MAX_BATCH_ARTICLES // 2
    numbers = [half, half, 1, 3 * MAX_BATCH_ARTICLES, 2, 0, 3]

    async def run():
        batcher = Batcher(work, count_articles=lambda number: number)
        return await asyncio.gather(*map(batcher.submit, numbers))

    assert asyncio.run(run()) == [2 * number for number in numbers]
    assert work.batches == [[half, half], [1], [3 * MAX_BATCH_ARTICLES], [2, 0, 3]]


def test_what_comes_meanwhile_is_the_next_call():
    """While a call is under way the next ones gather; they are not lost and not done twice."""
    work = Work(0.1)

    async def run():
        batcher = Batcher(work)
        first = asyncio.create_task(batcher.submit(1))
        await asyncio.sleep(0.05)
        return [*await asyncio.gather(batcher.submit(2), batcher.submit(3)), await first]

    assert asyncio.run(run()) == [4, 6, 2]
    assert work.batches == [[1], [2, 3]]


def test_an_error_of_one_is_not_the_others():
    """Who asked for the bad one gets its error, the others their answers."""
    first, bad, last = ask_all(Work(), [1, 13, 2])
    assert (first, last) == (2, 4)
    assert isinstance(bad, PollNotStored)


def test_an_error_of_the_call_is_everybodys():
    """Nobody waits for ever, and the next call is made as if nothing had been."""
    work = Work()

    async def run():
        batcher = Batcher(work)
        failed = await asyncio.gather(batcher.submit(1), batcher.submit(99), return_exceptions=True)
        return failed, await batcher.submit(3)

    failed, after = asyncio.run(run())
    assert [type(error) for error in failed] == [StoreError, StoreError]
    assert after == 6


def test_who_gives_up_waiting_stops_nobody():
    """A cancelled one is done all the same, and the others get their answers."""
    work = Work()

    async def run():
        batcher = Batcher(work)
        given_up = asyncio.create_task(batcher.submit(1))
        other = asyncio.create_task(batcher.submit(2))
        await asyncio.sleep(0)
        given_up.cancel()
        return await asyncio.gather(given_up, other, return_exceptions=True)

    cancelled, answer = asyncio.run(run())
    assert isinstance(cancelled, asyncio.CancelledError)
    assert answer == 4
    assert work.batches == [[1, 2]]


def test_polls_that_bring_nothing_are_stored_each(tmp_path):
    """States of many sources are read and written together; one that cannot be stored is its own error."""
    with open_store(put_empty_store(tmp_path / "a.db")) as store:
        store.sync_sources([Source(id=f"s{n}", url=f"https://s{n}.example/") for n in range(4)], now=NOW)

        async def run():
            batches = BatchedStore(store)
            states = await asyncio.gather(*(batches.read_state(f"s{n}") for n in range(4)))
            ended = [
                SourceState(source_id=s.source_id, outcome="not_modified", polled_at=NOW) for s in states
            ]
            ended[2] = SourceState(source_id="s2", failures="\ud800")
            return await asyncio.gather(*map(batches.save_poll, ended), return_exceptions=True)

        answers = asyncio.run(run())
        assert [isinstance(answer, StoreError) for answer in answers] == [False, False, True, False]
        assert [read_source_state(store, f"s{n}").outcome for n in range(4)] == ["not_modified"] * 2 + [
            None,
            "not_modified",
        ]


class Deciding:
    """Inserts an article, and remembers in which threads it was asked."""

    def __init__(self, *articles):
        self.decide = inserting(*articles)
        self.threads = set()

    def __call__(self, known):
        self.threads.add(threading.get_ident())
        return self.decide(known)


async def nothing():
    """Do nothing."""


def saved(store, *articles, meanwhile=nothing):
    """Save a poll of a source with these articles, something else meanwhile; return who decided."""
    deciding = Deciding(*articles)

    async def run():
        state = SourceState(source_id="daily", outcome="updated", polled_at=NOW)
        saving = asyncio.create_task(BatchedStore(store).save_poll(state, articles, deciding))
        await meanwhile()
        await saving

    asyncio.run(run())
    return deciding


def test_little_is_stored_at_once(tmp_path):
    """A few articles need no thread; many would keep the other polls waiting."""
    few = [article(number) for number in range(MAX_INLINE_ARTICLES)]
    more = [article(number) for number in range(100, 101 + MAX_INLINE_ARTICLES)]
    with open_store(put_empty_store(tmp_path / "a.db")) as store:
        store.sync_sources([DAILY], now=NOW)
        assert saved(store, *few).threads == {threading.get_ident()}
        assert threading.get_ident() not in saved(store, *more).threads
        assert count_articles(store) == len(few) + len(more)


def test_who_was_slow_to_store_once_gets_a_thread(tmp_path, monkeypatch):
    """What takes long although it is little, as where a title recurs without end, does so only once."""
    monkeypatch.setattr(inline_budget, "SLOW_S", 0)
    threads = []
    with open_store(put_empty_store(tmp_path / "a.db")) as store:
        store.sync_sources([DAILY], now=NOW)

        async def run():
            batches = BatchedStore(store)
            for number in range(2):
                deciding = Deciding(article(number))
                await batches.save_poll(SourceState(source_id="daily"), [article(number)], deciding)
                threads.append(deciding.threads)

        asyncio.run(run())
        assert threads[0] == {threading.get_ident()}
        assert threading.get_ident() not in threads[1]
        assert count_articles(store) == 2


def test_another_writer_keeps_no_other_poll_waiting(tmp_path):
    """While another program writes, a poll waits in a thread and everything else goes on."""
    ticks = []
    with (
        open_store(put_empty_store(tmp_path / "a.db")) as store,
        open_store(put_empty_store(tmp_path / "a.db")) as other,
    ):
        store.sync_sources([DAILY], now=NOW)

        async def write_meanwhile():
            with other.writing():
                for _ in range(10):
                    await asyncio.sleep(0.05)
                    ticks.append(count_articles(store))

        deciding = saved(store, article(1), meanwhile=write_meanwhile)
        assert ticks == [0] * 10
        assert threading.get_ident() not in deciding.threads
        assert count_articles(store) == 1


def test_unknown_source_is_its_own_error(tmp_path):
    """A source that was never configured has no state; the others have."""
    with open_store(put_empty_store(tmp_path / "a.db")) as store:
        store.sync_sources([source("s")], now=NOW)

        async def run():
            batches = BatchedStore(store)
            return await asyncio.gather(
                batches.read_state("s"), batches.read_state("x"), return_exceptions=True
            )

        known, unknown = asyncio.run(run())
        assert known.source_id == "s"
        with pytest.raises(StoreError, match="no source 'x' is known"):
            raise unknown
