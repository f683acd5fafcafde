"""``aggregator records import``: article records into the store."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from aggregator.cli.options import DEFAULT_CONFIG, ConfigFolder, clock, read_config
from aggregator.cli.terminal.progress_bar import show_progress_bar

app = typer.Typer()


@app.command(name="import", epilog="Example: aggregator records import _news")
def import_(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Record files, or folders of them.")],
    config: ConfigFolder = DEFAULT_CONFIG,
) -> None:
    """Import records into the store, with the topics, providers, quality and dates that they have.

    A bad file is reported and skipped, the rest is imported; importing again changes nothing. Exits 1 only
    if no file could be read.
    """
    from aggregator.cli.workspace import open_workspace  # noqa: PLC0415
    from aggregator.pipeline.record_import import import_records  # noqa: PLC0415

    files = list(_find_files(paths))
    problems: list[str] = []
    with (
        open_workspace(read_config(config)) as workspace,
        show_progress_bar("importing", len(files), stays=True) as bar,
    ):

        def on_file(problem: str | None) -> None:
            bar.advance()
            if problem is not None:
                problems.append(problem)

        taken = import_records(files, workspace.look_at_site(clock()), on_file=on_file)
    for problem in problems:
        sys.stderr.write(f"{problem}\n")
    good = len(files) - len(problems)
    count = "1 file" if len(files) == 1 else f"{len(files)} files"
    typer.echo(f"{count}: {taken} records imported, {good - taken} known, {len(problems)} bad")
    if problems and not good:
        raise typer.Exit(1)


def _find_files(paths: list[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(path.rglob("*.md"))
        else:
            yield path
