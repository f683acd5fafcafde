"""``aggregator records rewrite`` and ``reveal``: article records as files."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from aggregator.errors import AggregatorError
from aggregator.publish.front_matter import read_front_matter, render_front_matter
from aggregator.publish.record_file import identify_record, read_record_text
from aggregator.secured import SecuredKeys
from aggregator.secured import reveal as reveal_secured

app = typer.Typer()

Files = Annotated[list[Path], typer.Argument(metavar="FILE...", help="Record files.")]


@app.command(epilog="Example: aggregator records rewrite _news/*.md")
def rewrite(files: Files) -> None:
    """Read records and print them again, one after another; a valid one comes out byte for byte.

    An invalid one is reported as `file:line: what is wrong`, and the command exits 1 at the end.
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


@app.command(epilog="Example: aggregator records reveal _news/2020-09-14-robots-learn-to-walk.md")
def reveal(files: Files) -> None:
    """Show what the `secured` field of records holds, with the keys in AGGREGATOR_SECURED_KEYS."""
    keys = SecuredKeys.of(os.environ)
    console = Console(soft_wrap=True)
    for path in files:
        record, _ = read_front_matter(read_record_text(path), path=str(path))
        if "secured" not in record:
            raise AggregatorError(f"{path}: has no secured field")
        try:
            payload = reveal_secured(record["secured"], identity=identify_record(record), keys=keys)
        except AggregatorError as error:
            raise AggregatorError(f"{path}: {error}") from None
        console.print_json(data=payload)
