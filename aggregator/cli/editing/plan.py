"""``aggregator plan``: what a changed configuration would change in the feeds."""

import logging
from pathlib import Path
from typing import Annotated

import typer

from aggregator.cli.options import DEFAULT_CONFIG, AsJson, ConfigFolder, read_config
from aggregator.cli.terminal.log import log_to_stderr
from aggregator.errors import AggregatorError

DIFFERENT = 3
"""The exit code where something would change."""
app = typer.Typer()


@app.command(name="plan", epilog="Example: aggregator plan --html plan.html")
def plan_command(
    *,
    days: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="Only items published in the last days.")
    ] = None,
    as_json: AsJson = False,
    html: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write it as a page with everything in it.")
    ] = None,
    config: ConfigFolder = DEFAULT_CONFIG,
) -> None:
    """Show what the configuration would change in the feeds; changes nothing. Exit 3 if anything.

    Stored articles are judged and arranged by it, in a copy of the store, and compared with what is published
    now by the configuration that was taken up last: which items enter each feed, leave it or move, and which
    rules, decisions, topics or settings do it.
    """
    # Its help waits for nothing that reads the store.
    from aggregator.cli.editing.plan_making import plan_with_progress  # noqa: PLC0415
    from aggregator.cli.editing.plan_report import (  # noqa: PLC0415
        cut_to_days,
        describe_plan,
        render_page,
        report_plan,
    )
    from aggregator.pipeline.plan.summary import summarise_plan  # noqa: PLC0415

    log_to_stderr(logging.WARNING)
    plan = plan_with_progress(read_config(config))
    if days is not None:
        plan = cut_to_days(plan, days)
    if html is not None:
        _write_page(html, render_page(plan))
    if as_json:
        typer.echo(report_plan(plan))
    else:
        typer.echo(summarise_plan(plan) if html is not None else "\n".join(describe_plan(plan)))
    if not plan.is_empty:
        raise typer.Exit(DIFFERENT)


def _write_page(file: Path, page: bytes) -> None:
    try:
        file.write_bytes(page)
    except OSError as error:
        raise AggregatorError(f"{file}: cannot be written: {error.strerror or error}") from None
