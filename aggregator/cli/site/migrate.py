"""``aggregator migrate-store``: the whole store to another database."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from aggregator.cli.options import DEFAULT_CONFIG, AsJson, ConfigFolder, print_json, read_config
from aggregator.cli.stores import open_existing_store
from aggregator.cli.terminal.progress_bar import show_progress_bar
from aggregator.config import read_database_address
from aggregator.store import (
    MovedTable,
    OnRows,
    Store,
    count_all_rows,
    find_sqlite_file,
    hide_password,
    lock_store,
    move_rows,
    open_store,
)

app = typer.Typer()
_PASSES = 3
"""Each row is copied, and read once more on either side to be compared."""
To = Annotated[
    str,
    typer.Option(
        "--to",
        metavar="URL",
        help="The empty database, postgresql://USER:PASSWORD@HOST/NAME or sqlite:///PATH, from the "
        "current folder; ${NAME} in it is taken from the environment.",
    ),
]


@app.command(epilog="Example: aggregator migrate-store --to 'postgresql://news:${NEWS_DB_PASSWORD}@db/news'")
def migrate_store(to: To, as_json: AsJson = False, config: ConfigFolder = DEFAULT_CONFIG) -> None:
    """Move the whole store to another database, from SQLite to PostgreSQL or back.

    Stop the service first. All rows are copied, counted and compared; the store that is in use stays as it
    is. Interrupted, the next call goes on where this one stopped. At the end, set `storage.database` to the
    new one.
    """
    target_url = _make_absolute(read_database_address(to, os.environ))
    checked = read_config(config)
    source_url = checked.settings.database_url
    with (
        lock_store(source_url),
        lock_store(target_url),
        open_existing_store(checked) as source,
        open_store(target_url, is_target=True) as target,
        _show_progress(source) as on_rows,
    ):
        moved = move_rows(source, target, on_rows=on_rows)
    _print_report(moved, source_url, target_url, as_json=as_json)


def _make_absolute(url: str) -> str:
    """Return an address as it is meant here: in settings.yaml, relative files are the site's."""
    file = find_sqlite_file(url)
    return url if file is None else f"sqlite:///{file.absolute()}"


@contextmanager
def _show_progress(source: Store) -> Iterator[OnRows]:
    with show_progress_bar("copying", _PASSES * count_all_rows(source)) as bar:

        def show(what: str, rows: int) -> None:
            bar.note(what)
            bar.advance(rows)

        yield show


def _print_report(moved: tuple[MovedTable, ...], source_url: str, target_url: str, *, as_json: bool) -> None:
    if as_json:
        tables = [
            {"table": one.name, "rows": one.digest.rows, "digest": f"{one.digest.total:032x}"}
            for one in moved
        ]
        report = {"from": hide_password(source_url), "to": hide_password(target_url), "tables": tables}
        print_json(report)
        return
    rows = sum(one.digest.rows for one in moved)
    typer.echo(
        f"{rows} rows of {len(moved)} tables are in {hide_password(target_url)}, and are the same as in "
        f"{hide_password(source_url)}. Now set storage.database to it in settings.yaml."
    )
