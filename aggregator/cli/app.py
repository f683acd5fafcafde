"""The application: its groups of commands, and what it does without one."""

from importlib.metadata import version
from typing import Annotated

import typer

from aggregator.cli.commands import MARKUP, CommandGroup, find_groups

app = typer.Typer(
    cls=CommandGroup,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=MARKUP,
    help="Poll source feeds, keep article records, and publish curated feeds per topic.",
    epilog="Example: aggregator run --demo\n\n"
    "Exit codes: 0 it worked, 1 it did not, 2 wrong usage, 3 another run holds the store, "
    "130 interrupted.",
)


for _name, (_summary, _example) in find_groups().items():
    app.add_typer(
        typer.Typer(cls=CommandGroup, no_args_is_help=True, help=_summary), name=_name, epilog=_example
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
