"""``aggregator sources accept``: the address that is proposed for a source into the operator's file."""

from typing import Annotated

import typer

from aggregator.cli.completion import SOURCE_ID
from aggregator.cli.named_ids import check_sources
from aggregator.cli.options import DEFAULT_CONFIG, ConfigFolder, clock, read_config
from aggregator.cli.terminal.log import log_to_stderr

app = typer.Typer()


@app.command(epilog="Example: aggregator sources accept old-blog")
def accept(
    source_id: Annotated[str, typer.Argument(**SOURCE_ID, help="Id of the source.")],
    now: Annotated[
        bool,
        typer.Option(
            "--now",
            help="Also one that it redirects to for less than two days, where a poll saw the same feed.",
        ),
    ] = False,
    config: ConfigFolder = DEFAULT_CONFIG,
) -> None:
    """Write the address that is proposed for a source into `sources.yaml`, keeping comments and its id."""
    from aggregator.cli.stores import open_synced_store  # noqa: PLC0415
    from aggregator.pipeline.editing.moves import accept_move  # noqa: PLC0415

    log_to_stderr()
    configured = read_config(config)
    sources = {source.id: source for source in configured.sources}
    check_sources([source_id], sources)
    with open_synced_store(configured) as store:
        proposed = accept_move(config, sources[source_id], store, now=clock(), is_early=now)
    typer.echo(f"moved {source_id} to {proposed}; it is polled next")
