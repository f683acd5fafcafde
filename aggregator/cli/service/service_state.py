"""What a service begins with, alone or as one of many workers: configuration, store and fetchers."""

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import structlog

from aggregator.cli.fetchers import fetch_limits, open_fetchers
from aggregator.cli.options import clock
from aggregator.cli.stores import missing_store_file, open_site_store
from aggregator.cli.usable_config import describe_problems, find_in_force
from aggregator.cli.workspace import Workspace, list_service_waits, open_workspace
from aggregator.config import Config, load_usable_parts, read_stamps
from aggregator.config.files.file_watch import Stamps
from aggregator.errors import ConfigError
from aggregator.fetch.form import FormPoster
from aggregator.machine.memory import tune_garbage_collection
from aggregator.machine.turns import shorten_turns
from aggregator.pipeline.clock_faults import mend_clock
from aggregator.pipeline.context import Context
from aggregator.pipeline.plan import choose_config
from aggregator.secured import SecuredKeys
from aggregator.service import LiveConfig, ServiceState

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadFiles:
    """What was read of the files of a configuration, after they had the ``stamps``: what is right of them.

    Without ``problems`` that is all of it.
    """

    config: Config
    problems: tuple[str, ...]
    stamps: Stamps

    @classmethod
    def of(cls, folder: Path) -> "ReadFiles":
        """Return what is in ``folder``; raises ConfigError where it cannot be told which store is meant."""
        stamps = read_stamps(folder)  # before they are read: a change while they are is not missed
        config, problems = load_usable_parts(folder, os.environ)
        return cls(config=config, problems=problems, stamps=stamps)


def _choose_in_force(folder: Path, read: ReadFiles) -> Config:
    """Return the configuration that a service starts with; raises ConfigError where there is none."""
    if not read.problems:
        with open_site_store(read.config.settings) as store:
            return choose_config(read.config, store, os.environ)
    in_force = None
    if missing_store_file(read.config) is None:
        with open_site_store(read.config.settings) as store:
            in_force = find_in_force(folder, read.config, read.problems, store)
    if in_force is None:
        raise ConfigError(read.problems)
    log.error(
        "config",
        problem=f"the files have {describe_problems(read.problems)}",
        advice="started by the configuration in force, which the store keeps; see `aggregator check`",
    )
    return in_force


@contextmanager
def open_live_config(folder: Path, read: ReadFiles) -> Iterator[tuple[Workspace, LiveConfig]]:
    """Open the store by the configuration in force, with what takes up changes of ``folder``.

    Where its files have problems, that is what the store keeps; raises ConfigError where it keeps none. The
    process is tuned to run long.
    """
    checked = read.config
    in_force = _choose_in_force(folder, read)
    with open_workspace(in_force, polls=True) as workspace:
        mend_clock(workspace.look_at_site(clock()))
        tune_garbage_collection()
        shorten_turns()
        live = LiveConfig(
            folder=folder,
            at_start=in_force.settings if read.problems else checked.settings,
            store=workspace.store,
            stamps=read.stamps,
            config=in_force,
            is_requested=in_force is not checked,  # what is there now is weighed at once
            clock=clock,
            environ=os.environ,
        )
        yield workspace, live


@asynccontextmanager
async def open_service_state(workspace: Workspace, live: LiveConfig) -> AsyncIterator[ServiceState]:
    """Open what fetches, and give the state of a service that works with it."""
    settings = workspace.config.settings
    async with (
        open_fetchers(settings) as (fetcher, pages),
        FormPoster(fetch_limits(settings)) as poster,
    ):
        fetcher.pause_services(list_service_waits(workspace.store, clock()))
        context = Context(
            rules=workspace.rules, store=workspace.store, fetcher=fetcher, pages=pages, clock=clock
        )
        yield ServiceState(
            context=context,
            live=live,
            poster=poster,
            keys=SecuredKeys.of(os.environ),
            has_metrics_by_source=settings.server.metrics_by_source,
        )
