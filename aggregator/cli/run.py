"""``aggregator run``: the whole service in one process."""

import asyncio
import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Annotated

import structlog
import typer

from aggregator.cli.desk import Opened, opened, waits_of
from aggregator.cli.fetching import fetch_limits, page_fetcher
from aggregator.cli.log import log_to_stderr
from aggregator.cli.options import DEFAULT_CONFIG, ConfigFolder, clock, read_config
from aggregator.cli.serve import Port, limits_of, receiver
from aggregator.cli.site_questions import ask_for_site
from aggregator.config import stamps_of
from aggregator.demo import Newsroom, write_demo_config
from aggregator.fetch.feed import Fetcher
from aggregator.fetch.form import FormPoster
from aggregator.machine.memory import settle
from aggregator.pipeline.clock_faults import mend_clock
from aggregator.pipeline.context import Context
from aggregator.secured import Keys
from aggregator.serve import Server, create_app
from aggregator.service import LiveConfig, Service, ServiceState
from aggregator.store import hold_store

app = typer.Typer()

STOP_WITHIN_S = 8
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

    A changed configuration is taken up while it runs, once its files stand still for two seconds, or at
    SIGHUP (`storage`, `fetch` and `server` at the next start); one with problems is reported and left aside.
    """
    log_to_stderr()
    with ExitStack() as stack:
        folder = stack.enter_context(_demo(port)) if demo else config
        ask_for_site(folder)
        stamps = stamps_of(folder)  # before they are read: a change while they are is not missed
        checked = read_config(folder)
        if not demo:
            stack.enter_context(hold_store(checked.settings.database_url))
        desk = stack.enter_context(opened(checked, polls=True))
        mend_clock(rules=desk.rules, store=desk.store, now=clock())
        settle()
        live = LiveConfig(
            folder=folder,
            at_start=checked.settings,
            store=desk.store,
            stamps=stamps,
            clock=clock,
            environ=os.environ,
        )
        asyncio.run(_serve(desk, live, checked.settings.server.port if port is None else port))


async def _serve(desk: Opened, live: LiveConfig, port: int) -> None:
    settings = desk.config.settings
    limits = fetch_limits(settings)
    async with (
        Fetcher(limits) as fetcher,
        page_fetcher(settings, fetcher) as pages,
        FormPoster(limits) as poster,
    ):
        fetcher.pause_services(waits_of(desk.store))
        context = Context(rules=desk.rules, store=desk.store, fetcher=fetcher, pages=pages, clock=clock)
        state = ServiceState(context=context, live=live, poster=poster, keys=Keys.of(os.environ))
        service = Service(state=state, on_stop=_stop_in_time)
        site = create_app(
            Path(settings.storage.feeds_dir), health=service.health, hubs=receiver(settings, desk.store)
        )
        with Server(site, settings.server.host, port, limits=limits_of(settings)) as server:
            typer.echo(f"feeds and pages: {server.url}/")
            await service.run()
        log.info("stop")


def _stop_in_time() -> None:
    """End the process even where a thread still reads a huge document; what is stored is whole."""
    timer = threading.Timer(STOP_WITHIN_S, os._exit, args=(0,))
    timer.daemon = True
    timer.start()


@contextmanager
def _demo(port: int | None) -> Iterator[Path]:
    """Start the newsroom and write a configuration for it; what an earlier demo left is removed.

    Raises StoreBusy, with nothing removed, where another demo is running.
    """
    folder = DEMO_FOLDER / "config"
    with hold_store(f"sqlite:///{DEMO_FOLDER}/aggregator.db"), Newsroom() as newsroom:
        _clear(DEMO_FOLDER)
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


def _clear(folder: Path) -> None:
    """Remove everything in ``folder`` but the lock that is held on it."""
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif path.suffix != ".lock":
            path.unlink()
