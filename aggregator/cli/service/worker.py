"""``aggregator worker``: one of many processes that share the work of a service."""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import structlog
import typer

from aggregator.cli.options import DEFAULT_CONFIG, ConfigFolder
from aggregator.cli.service.serve import choose_client_limits, open_metrics
from aggregator.cli.service.service_state import ReadFiles, open_live_config, open_service_state
from aggregator.cli.service.stopping import stop_for_another, stop_in_time
from aggregator.cli.terminal.log import log_to_stderr
from aggregator.cli.workspace import Workspace
from aggregator.config import Settings
from aggregator.errors import StoreError, StoreLocked
from aggregator.pipeline.shared_weighing import SharedWeighing
from aggregator.serve import Server, create_status_app
from aggregator.service import LiveConfig, make_worker_checks
from aggregator.store import LOCK_TIMEOUT_S, is_postgresql, lock_store, watch_silent_writers

if TYPE_CHECKING:
    from aggregator.service.workers import Worker

app = typer.Typer()

log = structlog.get_logger()


@app.command(epilog="Example: aggregator worker --config config --publish")
def worker(
    publish: Annotated[
        bool,
        typer.Option(
            "--publish", help="Also group, publish and prune, where `storage.feeds_dir` is: one is enough."
        ),
    ] = False,
    port: Annotated[
        int | None,
        typer.Option(min=0, max=65535, help="Answer `/healthz`, `/readyz` and `/metrics` there."),
    ] = None,
    config: ConfigFolder = DEFAULT_CONFIG,
) -> None:
    """Take jobs of a service that many machines share, on PostgreSQL, until stopped.

    Any number run at once, with the same configuration; none beside `aggregator run`. Each polls some
    publishers for some seconds, then others. Where one is gone, others do its jobs within a minute. A changed
    configuration is taken up as by `aggregator run`. SIGTERM lets what is under way end for a few seconds.
    """
    log_to_stderr()
    with ExitStack() as stack:
        read = ReadFiles.of(config)
        url = read.config.settings.database_url
        _check_means(url)
        stack.enter_context(lock_store(url, on_taken=stop_for_another, is_shared=True))
        workspace, live = _open_in_time(stack, config, read)
        live.weighing = SharedWeighing(store=workspace.store)
        asyncio.run(_work(workspace, live, publishes=publish, port=port))
        log.info("stop")


def _check_means(url: str) -> None:
    """Raise StoreError without PostgreSQL, or without the library of the queue."""
    if not is_postgresql(url):
        raise StoreError(
            "workers share a PostgreSQL database: name one in storage.database, or use `aggregator run`"
        )
    try:
        import aggregator.service.workers  # noqa: F401, PLC0415  # an extra has its library
    except ModuleNotFoundError as error:
        raise StoreError(
            f"workers need {error.name}: install it: pip install 'aggregator[workers]'"
        ) from error


def _open_in_time(stack: ExitStack, folder: Path, read: ReadFiles) -> tuple[Workspace, LiveConfig]:
    """Open the store and its queue, though a worker that is gone, and that nobody saw go, still writes there.

    Raises StoreLocked where another program does.
    """
    from aggregator.service.workers import prepare_workers  # noqa: PLC0415  # an extra has its library

    settings = read.config.settings
    silent_s = settings.workers.silent_s
    with watch_silent_writers(settings.database_url, silent_s, _tell_ended):
        workspace, live = _open_patiently(stack, folder, read, tries=silent_s // LOCK_TIMEOUT_S + 1)
        prepare_workers(workspace.store, live.at_start.workers.shards)
    return workspace, live


def _open_patiently(
    stack: ExitStack, folder: Path, read: ReadFiles, *, tries: int
) -> tuple[Workspace, LiveConfig]:
    for _ in range(tries - 1):
        with suppress(StoreLocked):
            return stack.enter_context(open_live_config(folder, read))
    return stack.enter_context(open_live_config(folder, read))


def _tell_ended(count: int) -> None:
    problem = "a worker that is gone kept others from writing to the store: that was ended"
    log.warning("workers", problem=problem, ended=count)


async def _work(workspace: Workspace, live: LiveConfig, *, publishes: bool, port: int | None) -> None:
    from aggregator.service.workers import Worker  # noqa: PLC0415  # an extra has its library

    async with open_service_state(workspace, live) as state:
        worker = Worker(
            state=state, settings=live.at_start.workers, publishes=publishes, on_stop=stop_in_time
        )
        with nullcontext() if port is None else _answer(worker, workspace.config.settings, port):
            await worker.run()


@contextmanager
def _answer(worker: "Worker", settings: Settings, port: int) -> Iterator[None]:
    """Tell at a port how a worker is, and what it counts."""
    site = create_status_app(
        health=worker.health,
        checks=make_worker_checks(worker.state, publishes=worker.publishes),
        metrics=open_metrics(settings, worker.state.metrics.render),
    )
    with Server(site, settings.server.host, port, limits=choose_client_limits(settings)) as server:
        typer.echo(f"health and metrics: {server.url}/")
        yield
