"""The stages of the service, each done by a process of its own that may be killed at any of its steps."""

import asyncio
import ctypes
import logging
import signal
from collections.abc import Callable
from datetime import UTC, datetime
from multiprocessing import get_context
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path

from aggregator.cli.fetchers import open_fetchers
from aggregator.cli.terminal.log import log_to_stderr
from aggregator.cli.workspace import Workspace, open_workspace
from aggregator.config import load_config
from aggregator.pipeline.context import Context
from aggregator.pipeline.enrich.steps import Stage, run_steps
from aggregator.pipeline.grouping import StoryDesk
from aggregator.pipeline.poll.round import poll
from aggregator.pipeline.publish.publication import publish
from aggregator.pipeline.site import Site
from tests.publishing_equality.kills import die_after

NEVER = 1 << 40
LONGEST_S = 120.0
_FORKS = get_context("forkserver")


def _poll(desk: Workspace) -> None:
    async def ask() -> None:
        async with open_fetchers(desk.config.settings) as (fetcher, pages):
            await poll(desk.rules.sources, _make_context(desk, fetcher=fetcher, pages=pages))

    asyncio.run(ask())


def _enrich(desk: Workspace) -> None:
    async def look() -> None:
        async with open_fetchers(desk.config.settings) as (fetcher, pages):
            await run_steps(Stage.STORED, _make_context(desk, fetcher=fetcher, pages=pages))

    asyncio.run(look())


def _group(desk: Workspace) -> None:
    StoryDesk().group_site(Site(rules=desk.rules, store=desk.store, now=datetime.now(UTC)))


def _publish(desk: Workspace) -> None:
    publish(Site(rules=desk.rules, store=desk.store, now=datetime.now(UTC)))


STAGES: dict[str, Callable[[Workspace], None]] = {
    "poll": _poll,
    "enrich": _enrich,
    "group": _group,
    "publish": _publish,
}
"""In the order in which they follow each other."""


def run_stage(config: Path, name: str, *, dies_after: int = NEVER) -> int | None:
    """Do a stage in a new process; return how many steps it took, None where it died after so many."""
    taken = _FORKS.Value(ctypes.c_long, 0)
    process = _FORKS.Process(target=_play, args=(config, name, dies_after, taken))
    process.start()
    process.join(LONGEST_S)
    process.kill()
    process.join()
    if process.exitcode == -signal.SIGKILL and dies_after != NEVER:
        return None
    assert process.exitcode == 0, f"{name} ended with {process.exitcode}"
    return int(taken.value)


def _play(config: Path, name: str, dies_after: int, taken: "Synchronized[int]") -> None:
    log_to_stderr(logging.ERROR)
    countdown = die_after(dies_after)
    with open_workspace(load_config(config, {}), polls=name == "poll") as desk:
        STAGES[name](desk)
    taken.value = dies_after - countdown.left


def _make_context(desk: Workspace, **fetchers: object) -> Context:
    return Context(rules=desk.rules, store=desk.store, clock=lambda: datetime.now(UTC), **fetchers)  # type: ignore[arg-type]
