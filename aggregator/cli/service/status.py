"""``aggregator status``: how every source and topic is doing."""

from typing import Annotated

import typer

from aggregator.cli.completion import SOURCE_ID
from aggregator.cli.options import DEFAULT_CONFIG, AsJson, ConfigFolder, clock

app = typer.Typer()


@app.command(epilog="Example: aggregator status --source mit-news")
def status(
    source: Annotated[
        str | None,
        typer.Option(
            **SOURCE_ID,
            help="Everything about one source, and why it is polled as often as it is.",
        ),
    ] = None,
    politeness: Annotated[
        bool, typer.Option("--politeness", help="What polling cost each publisher in the last days.")
    ] = False,
    as_json: AsJson = False,
    config: ConfigFolder = DEFAULT_CONFIG,
) -> None:
    """Print how every source is doing and what every topic's feed holds."""
    # Its help waits for nothing that reads the store.
    from aggregator.cli.service.status_report import print_politeness, print_source, print_status  # noqa: PLC0415
    from aggregator.cli.usable_config import read_usable_config  # noqa: PLC0415
    from aggregator.cli.workspace import open_existing_workspace  # noqa: PLC0415

    with open_existing_workspace(read_usable_config(config).config) as workspace:
        now = clock()
        if politeness:
            print_politeness(workspace, source, now, as_json=as_json)
        elif source is not None:
            print_source(workspace, source, now, as_json=as_json)
        else:
            print_status(workspace, now, as_json=as_json)
