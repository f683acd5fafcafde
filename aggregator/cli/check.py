"""``aggregator check``: every problem of the configuration at once."""

import os

import typer

from aggregator.cli.app import DEFAULT_CONFIG, ConfigFolder, app
from aggregator.config import check_config


@app.command(epilog="Example: aggregator check --config config")
def check(config: ConfigFolder = DEFAULT_CONFIG) -> None:
    """Print every problem of the configuration as `file:line: key: what is wrong`; exit 1 if there is one."""
    problems = check_config(config, os.environ)
    for problem in problems:
        typer.echo(problem)
    if problems:
        raise typer.Exit(1)
    typer.echo(f"{config}: no problems")
