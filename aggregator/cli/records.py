"""``aggregator records``: article records as files, out and in."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from aggregator.cli.app import DEFAULT_CONFIG, ConfigFolder, app, clock, opened, read_config
from aggregator.errors import AggregatorError
from aggregator.pipeline import import_records, read_record_text
from aggregator.publish import identity_of, read_front_matter, render_front_matter
from aggregator.secured import Keys
from aggregator.secured import reveal as reveal_secured

records = typer.Typer(no_args_is_help=True, help="Read, check, import and reveal article records.")
app.add_typer(records, name="records")

Files = Annotated[list[Path], typer.Argument(metavar="FILE...", help="Record files.")]


@records.command(epilog="Example: aggregator records rewrite _news/*.md")
def rewrite(files: Files) -> None:
    """Read records and print them again, one after another; a valid one comes out byte for byte.

    An invalid one is told as `file:line: what is wrong`, and the command exits 1 at the end.
    """
    is_whole = True
    for path in files:
        try:
            record, newline = read_front_matter(read_record_text(path), path=str(path))
            sys.stdout.buffer.write(render_front_matter(record, newline=newline).encode())
        except AggregatorError as error:
            is_whole = False
            sys.stderr.write(f"{error}\n")
    sys.stdout.buffer.flush()
    if not is_whole:
        raise typer.Exit(1)


@records.command(name="import", epilog="Example: aggregator records import _news")
def import_(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Record files, or folders of them.")],
    config: ConfigFolder = DEFAULT_CONFIG,
) -> None:
    """Take records into the store: topics, providers, quality and dates stay as they are.

    A bad file is told and left out, the rest goes in; importing again changes nothing. Exits 1 only where
    not one file could be read.
    """
    files = list(_files(paths))
    problems: list[str] = []
    with opened(read_config(config)) as desk, _progress(len(files), problems) as on_file:
        taken = import_records(files, rules=desk.rules, store=desk.store, now=clock(), on_file=on_file)
    for problem in problems:
        sys.stderr.write(f"{problem}\n")
    good = len(files) - len(problems)
    typer.echo(f"{len(files)} files: {taken} records imported, {good - taken} known, {len(problems)} bad")
    if problems and not good:
        raise typer.Exit(1)


@records.command(epilog="Example: aggregator records reveal _news/2020-09-14-robots-learn-to-walk.md")
def reveal(files: Files) -> None:
    """Show what the `secured` field of records holds, with the keys in AGGREGATOR_SECURED_KEYS."""
    keys = Keys.of(os.environ)
    console = Console(soft_wrap=True)
    for path in files:
        record, _ = read_front_matter(read_record_text(path), path=str(path))
        if "secured" not in record:
            raise AggregatorError(f"{path}: has no secured field")
        try:
            payload = reveal_secured(record["secured"], identity=identity_of(record), keys=keys)
        except AggregatorError as error:
            raise AggregatorError(f"{path}: {error}") from None
        console.print_json(data=payload)


def _files(paths: list[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(path.rglob("*.md"))
        else:
            yield path


@contextmanager
def _progress(total: int, problems: list[str]) -> Iterator[Callable[[str | None], None]]:
    """Give a function that counts files on a terminal's bar and collects their problems."""
    columns = (TextColumn("importing"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task("importing", total=total)

        def on_file(problem: str | None) -> None:
            progress.advance(task)
            if problem is not None:
                problems.append(problem)

        yield on_file
