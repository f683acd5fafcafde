"""``aggregator serve``: serve the published tree."""

from pathlib import Path
from typing import Annotated

import typer

from aggregator.cli.app import DEFAULT_CONFIG, ConfigFolder, app, log_to_stderr, read_config
from aggregator.serve import create_app, serve_forever

Port = Annotated[int | None, typer.Option(min=0, max=65535, help="Instead of `server.port`.")]


@app.command(epilog="Example: aggregator serve --port 8080")
def serve(port: Port = None, config: ConfigFolder = DEFAULT_CONFIG) -> None:
    """Serve the published tree over HTTP until stopped; writes nothing."""
    log_to_stderr()
    settings = read_config(config).settings
    chosen = settings.server.port if port is None else port
    folder = settings.storage.feeds_dir

    def tell(url: str) -> None:
        typer.echo(f"serving {folder} at {url}/")

    serve_forever(create_app(Path(folder)), settings.server.host, chosen, tell)
