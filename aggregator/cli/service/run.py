"""``aggregator run``: the whole service in one process."""

import asyncio
import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Annotated

import structlog
import typer

from aggregator.cli.options import DEFAULT_CONFIG, ConfigFolder
from aggregator.cli.service.serve import Port, choose_client_limits, make_receiver, open_metrics
from aggregator.cli.service.service_state import ReadFiles, open_live_config, open_service_state
from aggregator.cli.service.stopping import stop_for_another, stop_in_time
from aggregator.cli.site.questions import ask_for_site
from aggregator.cli.terminal.log import log_to_stderr
from aggregator.cli.workspace import Workspace
from aggregator.demo import Newsroom, write_demo_config
from aggregator.desk import DeskApplication, DeskSite, make_desk, read_token
from aggregator.serve import Server, create_app
from aggregator.service import LiveConfig, Service, ServiceState, make_checks
from aggregator.store import lock_store

app = typer.Typer()

DEMO_FOLDER = Path("data/demo")
log = structlog.get_logger()


@app.command(epilog="Example: aggregator run --config config --port 8080")
def run(
    demo: Annotated[
        bool,
        typer.Option(
            "--demo", help="Poll a made-up newsroom on this machine, configured by itself; needs no internet."
        ),
    ] = False,
    port: Port = None,
    config: ConfigFolder = DEFAULT_CONFIG,
) -> None:
    """Poll, publish and serve until stopped with Ctrl-C or SIGTERM.

    A changed configuration is applied while it runs, once its files have stood still for two seconds, or at
    SIGHUP (`storage`, `fetch`, `server` and `workers` at the next start); one with problems is reported and
    ignored, also at a start, where the store keeps the one that was in force. One that empties a feed, or
    takes out more than a third of it, waits for `aggregator apply`.
    """
    log_to_stderr()
    with ExitStack() as stack:
        folder = stack.enter_context(_start_demo(port)) if demo else config
        ask_for_site(folder)
        read = ReadFiles.of(folder)
        if not demo:
            stack.enter_context(lock_store(read.config.settings.database_url, on_taken=stop_for_another))
        workspace, live = stack.enter_context(open_live_config(folder, read))
        asyncio.run(_serve(workspace, live, live.at_start.server.port if port is None else port))


async def _serve(workspace: Workspace, live: LiveConfig, port: int) -> None:
    settings = workspace.config.settings
    async with open_service_state(workspace, live) as state:
        service = Service(state=state, on_stop=stop_in_time)
        desk = _open_desk(state, live)
        site = create_app(
            Path(settings.storage.feeds_dir),
            health=service.health,
            checks=make_checks(state),
            metrics=open_metrics(settings, state.metrics.render),
            hubs=make_receiver(settings, workspace.store),
            announced=lambda: (state.context.rules.site.base_url, state.context.rules.websub.publish_hubs),
            desk=desk,
        )
        with Server(site, settings.server.host, port, limits=choose_client_limits(settings)) as server:
            typer.echo(f"feeds and pages: {server.url}/")
            if desk is not None:
                typer.echo(f"operators' desk: {server.url}/_desk/")
            await service.run()
        log.info("stop")


def _open_desk(state: ServiceState, live: LiveConfig) -> DeskApplication | None:
    """Return the operators' desk, None without the token of the operator; raises ConfigError."""
    token = read_token(os.environ)
    if token is None:
        return None
    return DeskApplication(token, make_desk(DeskSite(state=state, live=live, checks=make_checks(state))))


@contextmanager
def _start_demo(port: int | None) -> Iterator[Path]:
    """Start the newsroom and write a configuration for it; what an earlier demo left is removed.

    Raises StoreBusy, with nothing removed, where another demo is running.
    """
    folder = DEMO_FOLDER / "config"
    with lock_store(f"sqlite:///{DEMO_FOLDER}/aggregator.db"), Newsroom() as newsroom:
        _empty_folder(DEMO_FOLDER)
        folder.mkdir()
        write_demo_config(
            folder,
            newsroom,
            data_dir=DEMO_FOLDER,
            feeds_dir=DEMO_FOLDER / "feeds",
            port=8080 if port is None else port,
        )
        typer.echo(f"demo: a newsroom of made-up publishers on this machine; configuration in {folder}")
        yield folder


def _empty_folder(folder: Path) -> None:
    """Remove everything in ``folder`` but the lock that is held on it."""
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif path.suffix != ".lock":
            path.unlink()
