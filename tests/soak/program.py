"""The program that soaks: the whole service on the shared clock, in a process that may be killed at any moment.

Time runs as it does while anything is under way, and is skipped to the next look at the store once nothing is.
"""

import asyncio
import logging
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import structlog

from aggregator.cli.fetchers import fetch_limits, make_page_fetcher
from aggregator.cli.terminal.log import log_to_stderr
from aggregator.config import load_config
from aggregator.fetch.feed import Fetcher
from aggregator.pipeline.context import Context
from aggregator.rules import Rules
from aggregator.service import Service, ServiceState
from aggregator.store import list_due_sources, lock_store, open_store, read_remembered_sources
from tests.soak.clock import HOUR, CompressedLoop, SharedClock

PRUNE_EVERY_S = 6 * HOUR
MOST_ROUNDS = 1_000
GIVE_UP_S = 31.0
"""A little more than ``fetch.timeout_s``."""

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class SoakTask:
    """What the program is to do: poll what ``config`` names, looking every ``step_s``, until ``end_s``.

    ``has_stories`` also groups and publishes, every half an hour.
    """

    config: Path
    clock: Path
    log: Path
    step_s: float
    end_s: float
    has_stories: bool


def play(task: SoakTask) -> None:
    """Do the task; the main function of a process."""
    with task.log.open("a", encoding="utf-8") as file:
        sys.stderr = file
        log_to_stderr(logging.ERROR)
        clock = SharedClock(task.clock)
        with asyncio.Runner(loop_factory=lambda: CompressedLoop(clock)) as runner:
            runner.run(_play(task, clock))


async def _play(task: SoakTask, clock: SharedClock) -> None:
    config = load_config(task.config, {})
    settings = config.settings
    with _store_of(settings.database_url) as store:
        store.sync_sources(config.sources, now=clock.now())
        rules = Rules.of(config, read_remembered_sources(store))
        async with Fetcher(fetch_limits(settings)) as fetcher, make_page_fetcher(settings) as pages:
            context = Context(rules=rules, store=store, fetcher=fetcher, pages=pages, clock=clock.now)
            service = Service(state=ServiceState(context=context), on_stop=lambda: None)
            await _run(service, task, clock)


async def _run(service: Service, task: SoakTask, clock: SharedClock) -> None:
    """Do what the scheduler does, each job when it is due."""
    jobs = [("doctor", HOUR), ("prune", PRUNE_EVERY_S)]
    if task.has_stories:
        jobs += [("group", HOUR / 2), ("publish", HOUR / 2)]
    due_s = [clock.now_s()] * len(jobs)
    while clock.now_s() < task.end_s:
        await _poll_all(service, clock)
        for place, (name, every_s) in enumerate(jobs):
            if due_s[place] <= clock.now_s():
                due_s[place] = clock.now_s() + every_s
                await service.run_job(name)
        clock.skip(task.step_s)


async def _poll_all(service: Service, clock: SharedClock) -> None:
    """Poll until nothing is due any more."""
    looked_at = clock.now()
    for _ in range(MOST_ROUNDS):
        looked_at = clock.now()
        await service.run_job("tick")
        under_way = service.state.polls.under_way
        if not under_way:
            break
        while under_way:
            await asyncio.wait(under_way.values(), timeout=0.05)
            if clock.stalled and clock.stalled == len(under_way):
                clock.skip(GIVE_UP_S)
        while clock.stalled:
            await asyncio.sleep(0.001)
    left = await asyncio.to_thread(list_due_sources, service.state.context.store, looked_at)
    if left:
        log.error("starved", sources=len(left), first=left[0])


@contextmanager
def _store_of(url: str) -> Iterator:
    with ExitStack() as stack:
        stack.enter_context(lock_store(url))
        yield stack.enter_context(open_store(url))
