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
    typer.echo(f"serving {settings.storage.feeds_dir} at http://{settings.server.host}:{chosen}/")
    serve_forever(create_app(Path(settings.storage.feeds_dir)), settings.server.host, chosen)
