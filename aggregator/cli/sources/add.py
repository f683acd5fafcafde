"""``aggregator sources add``: find a feed, show it, and write it into the operator's file."""

import logging
from typing import Annotated

import typer

from aggregator.cli.completion import TOPIC_ID
from aggregator.cli.options import DEFAULT_CONFIG, ConfigFolder
from aggregator.cli.sources.adding import add_by_address, add_unseen, is_terminal
from aggregator.cli.terminal.log import log_to_stderr
from aggregator.config.typed_commands import spell_config

app = typer.Typer()


@app.command(epilog="Example: aggregator sources add example.org --topic ai --yes")
def add(  # noqa: PLR0917  # typer makes an option of each
    url: Annotated[
        str, typer.Argument(metavar="URL", help="Address of a feed, or of a page that names one.")
    ],
    source_id: Annotated[str | None, typer.Option("--id", help="Default: made from its publisher.")] = None,
    name: Annotated[str | None, typer.Option(help="Name of the publisher's feed.")] = None,
    provider: Annotated[str | None, typer.Option(help="Domain of its publisher.")] = None,
    topic: Annotated[
        list[str] | None,
        typer.Option(**TOPIC_ID, help="Match only this topic; may be repeated."),
    ] = None,
    assign: Annotated[bool, typer.Option("--assign", help="Give the topics to every entry.")] = False,
    weight: Annotated[int | None, typer.Option(min=-50, max=50, help="Added to the quality.")] = None,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Ask nothing: of several feeds add the first.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Add the address as it is, without looking at it: works offline.")
    ] = False,
    config: ConfigFolder = DEFAULT_CONFIG,
) -> None:
    """Find the feed at an address or behind a page, show it, and add it to `sources.yaml`.

    Shows three titles and the topics that they match, and asks. Where nobody can be asked, it only shows the
    first feed that is found; with `--yes` it adds that. Where none is found, nothing is added, unless with
    `--force`.
    """
    log_to_stderr(logging.ERROR)
    given = {
        "id": source_id, "name": name, "provider": provider, "topics": topic, "assign": assign,
        "weight": weight,
    }  # fmt: skip
    keys = {key: value for key, value in given.items() if value}
    if force:
        added = add_unseen(url, keys, config)
    else:
        added = add_by_address(url, keys, config, asks=not yes and is_terminal(), confirms=not yes)
    typer.echo(f"added {added}; `aggregator poll --source {added}{spell_config(config)}` polls it now")
