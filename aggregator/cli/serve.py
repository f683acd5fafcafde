"""``aggregator serve``: serve the published tree."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from aggregator.cli.log import log_to_stderr
from aggregator.cli.options import DEFAULT_CONFIG, ConfigFolder, clock, read_config
from aggregator.cli.stored import open_site
from aggregator.config import Settings
from aggregator.machine.descriptors import raise_descriptor_limit
from aggregator.pipeline.push.receive import Receiver
from aggregator.rules import callback_url
from aggregator.serve import Limits, create_app, limits_within, serve_forever
from aggregator.store import Store

app = typer.Typer()

Port = Annotated[int | None, typer.Option(min=0, max=65535, help="Instead of `server.port`.")]


@app.command(epilog="Example: aggregator serve --port 8080")
def serve(port: Port = None, config: ConfigFolder = DEFAULT_CONFIG) -> None:
    """Serve the published tree over HTTP until stopped; writes nothing but what hubs push, to the store."""
    log_to_stderr()
    settings = read_config(config).settings
    chosen = settings.server.port if port is None else port
    folder = settings.storage.feeds_dir

    def tell(url: str) -> None:
        typer.echo(f"serving {folder} at {url}/")

    with _hubs(settings) as hubs:
        site = create_app(Path(folder), hubs=hubs)
        serve_forever(site, settings.server.host, chosen, tell, limits=limits_of(settings))


def limits_of(settings: Settings) -> Limits:
    """Return what clients may take, so that polling and the store keep file descriptors of their own."""
    exchanges = settings.fetch.concurrency + settings.enrich.concurrency
    return limits_within(raise_descriptor_limit(), exchanges=exchanges)


@contextmanager
def _hubs(settings: Settings) -> Iterator[Receiver | None]:
    """Open the store for what hubs push; None, and no store, where hubs cannot reach us."""
    if callback_url(settings) is None:
        yield None
        return
    with open_site(settings) as store:
        yield receiver(settings, store)


def receiver(settings: Settings, store: Store) -> Receiver:
    """Return what decides about what hubs push; as long as a document, a push is taken."""
    return Receiver(
        store=store,
        clock=clock,
        lease=timedelta(days=settings.websub.lease_days),
        max_body_bytes=settings.fetch.max_body_bytes,
    )
