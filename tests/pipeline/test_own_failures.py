"""What is our own failure is never counted against a source: it stays due, as if it had not been polled."""

import asyncio
import errno
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from aggregator.config import Config, Settings
from aggregator.errors import CannotAsk, StoreError
from aggregator.fetch import FetchLimits
from aggregator.fetch.feed import Fetcher
from aggregator.fetch.pages import PageFetcher
from aggregator.model import Source, SourceState
from aggregator.pipeline.context import Context
from aggregator.pipeline.doctor import examine_due
from aggregator.pipeline.poll.round import poll
from aggregator.rules import Rules
from aggregator.service.polls_under_way import PollsUnderWay
from aggregator.store import (
    Store,
    find_sources_to_examine,
    list_due_sources,
    open_store,
    read_remembered_sources,
    read_source_state,
)
from tests.empty_store import put_empty_store
from tests.integration.site import item, rss
from tests.loopback import Answer

NOW = datetime(2026, 3, 2, tzinfo=UTC)
LIMITS = FetchLimits(allow_private_addresses=True, domain_delay_s=0)
SOURCES = 5
SHORTAGES = [
    (OSError(errno.EMFILE, "x"), "too many open files: raise the limit of open files (`ulimit -n`)"),
    (MemoryError(), "not enough memory"),
    (RuntimeError("can't start new thread"), "no thread can be started"),
]


@dataclass
class BrokenSite:
    """Some sources on loopback, each with one entry, and a store that can be broken."""

    path: object
    store: Store
    rules: Rules

    def execute(self, statement):
        """Do something to the database, as a disk or another program might."""
        with closing(sqlite3.connect(self.path)) as connection:
            connection.execute(statement)
            connection.commit()

    def break_articles(self):
        """Let no article be stored; states still are."""
        self.execute("ALTER TABLE article_urls RENAME TO lost")

    def mend_articles(self):
        """Undo that."""
        self.execute("ALTER TABLE lost RENAME TO article_urls")

    def poll(self, clock=lambda: NOW):
        """Poll all sources as the command does."""

        async def run():
            async with Fetcher(LIMITS) as fetcher:
                return await poll(
                    self.rules.sources,
                    Context(rules=self.rules, store=self.store, fetcher=fetcher, clock=clock),
                )

        return asyncio.run(run())

    def tick(self, done, clock=lambda: NOW):
        """Start what is due as the service does, and wait for it; return what the service knows then."""

        async def run():
            async with (
                Fetcher(LIMITS) as feeds,
                PageFetcher(LIMITS, host_delay_s=0, robot="aggregator", sibling=feeds) as pages,
            ):
                context = Context(rules=self.rules, store=self.store, fetcher=feeds, pages=pages, clock=clock)
                polls = PollsUnderWay(store=self.store, on_done=done.append)
                await polls.start_due(context)
                await asyncio.gather(*polls.under_way.values())
                if polls.store_failure is not None:
                    await polls.start_due(context)
                    assert not polls.under_way  # it pauses
                return polls

        return asyncio.run(run())

    def states(self):
        """Return the states of all sources, in order."""
        return [read_source_state(self.store, source_id) for source_id in self.rules.sources]


@pytest.fixture
def site(tmp_path, loopback):
    """Five sources that were never polled."""
    sources = tuple(
        Source(
            id=f"s{n}",
            url=loopback.route(f"/{n}", Answer(body=rss(item(n, "Sun, 01 Mar 2026 13:00:00 GMT")))),
        )
        for n in range(SOURCES)
    )
    with open_store(put_empty_store(tmp_path / "aggregator.db")) as store:
        store.sync_sources(sources, now=NOW)
        config = Config(folder=tmp_path, settings=Settings(), sources=sources)
        yield BrokenSite(tmp_path / "aggregator.db", store, Rules.of(config, read_remembered_sources(store)))


def test_what_the_store_cannot_keep_is_counted_against_nobody(site):
    """The command ends with the store's error; all sources are as they were, and are polled when it is well."""
    before = site.states()
    site.break_articles()
    with pytest.raises(StoreError, match="no such table"):
        site.poll()
    assert site.states() == before
    assert set(list_due_sources(site.store, NOW)) == set(site.rules.sources)
    site.mend_articles()
    assert {done.outcome for done in site.poll()} == {"updated"}
    assert [state.failures for state in site.states()] == [0] * SOURCES


@pytest.mark.parametrize(("error", "said"), SHORTAGES, ids=["files", "memory", "threads"])
def test_what_the_machine_lacks_is_counted_against_nobody(site, error, said):
    """Such a poll failed and says why; the source is as it was, and the other sources are polled."""
    before, calls = site.states(), []

    def clock():
        calls.append(1)
        if len(calls) == 2 * SOURCES:
            raise error
        return NOW

    polls = site.poll(clock)
    failed = [done for done in polls if done.outcome == "failed"]
    assert sorted(done.outcome for done in polls) == ["failed"] + ["updated"] * (SOURCES - 1)
    assert failed[0].error.startswith(f"{site.rules.sources[failed[0].source_id].url}: {said}")
    at = list(site.rules.sources).index(failed[0].source_id)
    assert site.states()[at] == before[at]
    assert [state.failures for state in site.states()] == [0] * SOURCES


def test_the_service_pauses_and_says_so_once(site, capsys):
    """No poll begins for a while, the log has one line for all of them, and the service is not well until then."""
    before, done = site.states(), []
    site.break_articles()
    polls = site.tick(done)
    assert done == []
    assert "no such table" in polls.store_failure
    assert site.states() == before
    site.mend_articles()
    assert site.tick(done).store_failure is None
    assert [poll.outcome for poll in done] == ["updated"] * len(done)
    reported = capsys.readouterr().out
    assert reported.count("no such table") == 1


def test_the_service_pauses_where_a_state_cannot_be_read(site):
    """Then nobody is asked at all."""
    done = []
    site.execute("ALTER TABLE sources RENAME COLUMN failures TO lost")
    assert "no such column" in site.tick(done).store_failure
    assert done == []
    site.execute("ALTER TABLE sources RENAME COLUMN lost TO failures")
    assert [state.polled_at for state in site.states()] == [None] * SOURCES


@pytest.mark.parametrize(("error", "said"), SHORTAGES, ids=["files", "memory", "threads"])
def test_the_service_pauses_where_the_machine_lacks_something(site, error, said):
    """As where the store fails: whatever is missing, all polls miss it."""

    def clock():
        if asyncio.current_task().get_coro().__name__ == "_poll":
            raise error
        return NOW

    assert said in site.tick([], clock).store_failure
    assert [state.polled_at for state in site.states()] == [None] * SOURCES


def test_who_cannot_be_asked_now_is_not_examined(site):
    """While this machine is in trouble the doctor finds nothing, and notes nothing: not for a week, either."""
    site.store.save_poll(SourceState(source_id="s1", outcome="gone", told_at=NOW), [], lambda _: None)

    async def run(*, is_in_trouble):
        async with (
            Fetcher(LIMITS) as feeds,
            PageFetcher(LIMITS, host_delay_s=0, robot="aggregator", sibling=feeds) as pages,
        ):
            if is_in_trouble:
                feeds.turns.pause_all(60)
            context = Context(
                rules=site.rules, store=site.store, fetcher=feeds, pages=pages, clock=lambda: NOW
            )
            return await examine_due(context)

    with pytest.raises(CannotAsk, match="this machine or its network is in trouble"):
        asyncio.run(run(is_in_trouble=True))
    assert find_sources_to_examine(site.store, NOW) == ("s1",)
    assert [found.is_back for found in asyncio.run(run(is_in_trouble=False))] == [True]
    assert find_sources_to_examine(site.store, NOW) == ()
