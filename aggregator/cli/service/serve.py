"""``aggregator serve``: serve the published tree."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from aggregator.cli.options import DEFAULT_CONFIG, ConfigFolder, clock
from aggregator.cli.stores import open_site_store
from aggregator.cli.terminal.log import log_to_stderr
from aggregator.cli.usable_config import read_usable_settings
from aggregator.config import Settings
from aggregator.machine.descriptors import raise_descriptor_limit
from aggregator.pipeline.push.receive import Receiver
from aggregator.rules import choose_callback_url
from aggregator.serve import ClientLimits, MetricsAccess, choose_limits, create_app, serve_forever
from aggregator.store import Store

app = typer.Typer()

Port = Annotated[int | None, typer.Option(min=0, max=65535, help="Instead of `server.port`.")]


@app.command(epilog="Example: aggregator serve --port 8080")
def serve(port: Port = None, config: ConfigFolder = DEFAULT_CONFIG) -> None:
    """Serve the published tree over HTTP until stopped; writes only what hubs push, to the store."""
    log_to_stderr()
    settings = read_usable_settings(config)
    chosen = settings.server.port if port is None else port
    folder = settings.storage.feeds_dir

    def print_address(url: str) -> None:
        typer.echo(f"serving {folder} at {url}/")

    with _open_receiver(settings) as hubs:
        announced = settings.site.base_url, settings.websub.publish_hubs
        site = create_app(Path(folder), hubs=hubs, announced=lambda: announced)
        serve_forever(
            site, settings.server.host, chosen, print_address, limits=choose_client_limits(settings)
        )


def choose_client_limits(settings: Settings) -> ClientLimits:
    """Return the limits of clients that leave file descriptors to polling and the store."""
    exchanges = settings.fetch.concurrency + settings.enrich.concurrency
    return choose_limits(raise_descriptor_limit(), exchanges=exchanges)


def open_metrics(settings: Settings, render: Callable[[], bytes]) -> MetricsAccess | None:
    """Return who reads the metrics of a process; None: nobody."""
    readers = settings.server.metrics
    return None if readers == "off" else MetricsAccess(render=render, is_public=readers == "on")


@contextmanager
def _open_receiver(settings: Settings) -> Iterator[Receiver | None]:
    """Open the store for what hubs push; None, and no store, where hubs cannot reach us."""
    if choose_callback_url(settings) is None:
        yield None
        return
    with open_site_store(settings) as store:
        yield make_receiver(settings, store)


def make_receiver(settings: Settings, store: Store) -> Receiver:
    """Return what answers hubs and takes their pushes, each up to the length of a document."""
    return Receiver(
        store=store,
        clock=clock,
        lease=timedelta(days=settings.websub.lease_days),
        max_body_bytes=settings.fetch.max_body_bytes,
    )
