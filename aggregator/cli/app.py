"""The application: its groups of commands, and what it does without one."""

from importlib.metadata import version
from typing import Annotated

import typer

from aggregator.cli.commands import MARKUP, CommandGroup

app = typer.Typer(
    cls=CommandGroup,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=MARKUP,
    help="Poll source feeds, keep article records, and publish curated feeds per topic.",
    epilog="Example: aggregator run --demo\n\n"
    "Exit codes: 0 it worked, 1 it did not, 2 wrong usage, 3 another run holds the store, "
    "130 interrupted.",
)


def _add_group(name: str, summary: str, example: str | None = None) -> None:
    group = typer.Typer(cls=CommandGroup, no_args_is_help=True, help=summary)
    app.add_typer(group, name=name, epilog=example)


_add_group(
    "amp",
    "Find AMP pages, and their addresses in the AMP cache.",
    "Example: aggregator amp find https://example.org/story",
)
_add_group(
    "records",
    "Read, check, import and reveal article records.",
    "Example: aggregator records import _news",
)
_add_group("sources", "List, add, move and remove sources.", "Example: aggregator sources list")
_add_group(
    "stories",
    "List stories, show why their articles are together, and measure how well stories are found.",
    "Example: aggregator stories list --topic computer-vision",
)


def _print_version(is_asked: bool) -> None:
    if is_asked:
        typer.echo(f"aggregator {version('aggregator')}")
        raise typer.Exit


@app.callback()
def take_options(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Take the options that come before a command."""
