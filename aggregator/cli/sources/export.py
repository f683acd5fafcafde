"""``aggregator sources export``: the configured sources as an OPML file, which every feed reader takes."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from aggregator.cli.options import DEFAULT_CONFIG, ConfigFolder, clock, read_config
from aggregator.config import Config
from aggregator.errors import StoreError
from aggregator.model import SourceState
from aggregator.text import format_count

app = typer.Typer()


@app.command(epilog="Example: aggregator sources export subscriptions.opml")
def export(
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="Where to write it; default: standard output.")
    ] = None,
    config: ConfigFolder = DEFAULT_CONFIG,
) -> None:
    """Write the configured sources as OPML 2.0, in folders by topic; `sources import` reads it again.

    Feeds have the names of `sources.yaml`, else their own titles, as far as they were polled.
    Headers are not written, as they may hold secrets. What the site publishes is another list:
    `feeds/opml.xml`.
    """
    from aggregator.config.edits.opml import write_opml  # noqa: PLC0415
    from aggregator.config.edits.source_import import list_feeds  # noqa: PLC0415
    from aggregator.config.files.file_replacement import replace_file  # noqa: PLC0415

    configured = read_config(config)
    document = write_opml(
        f"Sources of {configured.settings.site_title}", list_feeds(configured, _read_states(configured))
    )
    if file is None:
        sys.stdout.buffer.write(document.encode())
        return
    replace_file(file, document.encode())
    with_headers = sum(bool(source.headers) for source in configured.sources)
    kept = f"; the headers of {with_headers} are not in it" if with_headers else ""
    typer.echo(f"{file}: {format_count(len(configured.sources), 'source')}{kept}")


def _read_states(config: Config) -> Mapping[str, SourceState]:
    """Return what polling knows of the sources; nothing where no store can be read."""
    from aggregator.cli.stores import configured_states, open_existing_store  # noqa: PLC0415

    try:
        with open_existing_store(config) as store:
            return configured_states(config, store, clock())
    except StoreError:
        return {}
