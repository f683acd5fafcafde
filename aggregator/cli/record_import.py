"""``aggregator records import``: article records into the store."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from aggregator.cli.options import DEFAULT_CONFIG, ConfigFolder, clock, read_config

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
    with open_workspace(read_config(config)) as workspace, _open_bar(len(files)) as count_file:

        def on_file(problem: str | None) -> None:
            count_file()
            if problem is not None:
                problems.append(problem)

        taken = import_records(
            files, rules=workspace.rules, store=workspace.store, now=clock(), on_file=on_file
        )
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


@contextmanager
def _open_bar(total: int) -> Iterator[Callable[[], None]]:
    """Give a function that counts a file on the bar of a terminal, and does nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import (  # noqa: PLC0415
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
    )

    columns = (TextColumn("importing"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("importing", total=total)
        yield lambda: progress.advance(task)
