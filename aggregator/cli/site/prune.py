"""``aggregator prune``: remove at once what is past its time."""

from typing import Annotated

import typer

from aggregator.cli.options import DEFAULT_CONFIG, AsJson, ConfigFolder, print_json
from aggregator.cli.terminal.activity import show_activity
from aggregator.cli.usable_config import read_usable_config
from aggregator.cli.workspace import open_existing_workspace
from aggregator.text import format_count

app = typer.Typer()


@app.command(epilog="Example: aggregator prune --dry-run")
def prune(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be removed.")] = False,
    as_json: AsJson = False,
    config: ConfigFolder = DEFAULT_CONFIG,
) -> None:
    """Remove at once what is past its time, as the service does every six hours.

    Articles and removed sources past `publish.retention_days`, and pictures that nothing has shown for long.
    What they leave in the tree goes with the next publication. See that the clock is right.
    """
    from aggregator.cli.corrected_clock import correct_clock  # noqa: PLC0415  # imports what is heavy
    from aggregator.pipeline.removals import count_prunable, prune  # noqa: PLC0415  # imports what is heavy

    with (
        open_existing_workspace(read_usable_config(config).config) as workspace,
        show_activity("removing what is old"),
    ):
        do = count_prunable if dry_run else prune
        done = do(workspace.look_at_site(correct_clock(workspace.store)()))
    if as_json:
        print_json({"articles": done.articles, "sources": done.sources, "removed": not dry_run})
        return
    what = "would be removed" if dry_run else "were removed"
    articles, sources = format_count(done.articles, "article"), format_count(done.sources, "source")
    typer.echo(f"{articles} and {sources} {what}")
