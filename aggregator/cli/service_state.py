"""What a service begins with, alone or as one of many workers: configuration, store and fetchers."""

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from aggregator.cli.fetchers import fetch_limits, open_fetchers
from aggregator.cli.options import clock
from aggregator.cli.stores import open_site_store
from aggregator.cli.workspace import Workspace, open_workspace, service_waits
from aggregator.config import Config
from aggregator.config.file_watch import Stamps
from aggregator.fetch.form import FormPoster
from aggregator.machine.memory import tune_garbage_collection
from aggregator.machine.turns import shorten_turns
from aggregator.pipeline.clock_faults import mend_clock
from aggregator.pipeline.context import Context
from aggregator.pipeline.plan import choose_config
from aggregator.secured import SecuredKeys
from aggregator.service import LiveConfig, ServiceState


@contextmanager
def open_live_config(folder: Path, checked: Config, stamps: Stamps) -> Iterator[tuple[Workspace, LiveConfig]]:
    """Open the store by the configuration in force, with what takes up changes of ``folder``.

    ``checked`` is what was read of it, after its files had the ``stamps``. The process is tuned to run long.
    """
    with open_site_store(checked.settings) as store:
        in_force = choose_config(checked, store, os.environ)
    with open_workspace(in_force, polls=True) as workspace:
        mend_clock(rules=workspace.rules, store=workspace.store, now=clock())
        tune_garbage_collection()
        shorten_turns()
        live = LiveConfig(
            folder=folder,
            at_start=checked.settings,
            store=workspace.store,
            stamps=stamps,
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
        fetcher.pause_services(service_waits(workspace.store))
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
