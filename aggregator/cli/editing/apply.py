"""``aggregator apply``: let a change of the configuration go that waits."""

import logging
import sys
from typing import Annotated

import typer

from aggregator.cli.options import DEFAULT_CONFIG, ConfigFolder, read_config
from aggregator.cli.terminal.log import log_to_stderr
from aggregator.errors import AggregatorError, StoreError

app = typer.Typer()


@app.command(name="apply", epilog="Example: aggregator apply")
def apply_command(
    yes: Annotated[bool, typer.Option("--yes", help="Ask nothing.")] = False,
    config: ConfigFolder = DEFAULT_CONFIG,
) -> None:
    """Show what the changed configuration does to the feeds, and let it go.

    A running service takes it up within seconds, another one when it is started. Small changes need no leave:
    only one that empties a feed, or takes out more than a third of what it shows, waits for it.
    """
    # Its help waits for nothing that reads the store.
    from aggregator.cli.editing.plan_making import plan_with_progress  # noqa: PLC0415
    from aggregator.cli.editing.plan_report import describe_plan  # noqa: PLC0415
    from aggregator.cli.stores import open_existing_store  # noqa: PLC0415
    from aggregator.pipeline.config_in_force import approve, is_in_force  # noqa: PLC0415

    log_to_stderr(logging.WARNING)
    checked = read_config(config)
    with open_existing_store(checked) as store:
        if is_in_force(checked, store):
            typer.echo("nothing waits: this configuration is in force")
            return
        try:
            typer.echo("\n".join(describe_plan(plan_with_progress(checked))))
        except StoreError as error:
            if not yes:
                raise
            sys.stderr.write(f"aggregator: {error}\n")
        _ask(yes=yes)
        approve(checked, store)
    typer.echo("let go: a running service takes it up within seconds, another one when it is started")


def _ask(*, yes: bool) -> None:
    if yes:
        return
    if not sys.stdin.isatty():
        raise AggregatorError("nobody can be asked: let it go with `aggregator apply --yes`")
    typer.confirm("let it go?", abort=True)
