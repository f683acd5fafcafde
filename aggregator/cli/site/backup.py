"""``aggregator backup``: the whole store in one file."""

from pathlib import Path
from typing import Annotated

import typer

from aggregator.cli.options import DEFAULT_CONFIG, AsJson, ConfigFolder, print_json
from aggregator.cli.stores import refuse_emptied_site
from aggregator.cli.terminal.progress_bar import show_progress_bar
from aggregator.cli.usable_config import read_storage_settings
from aggregator.store import hide_password, write_backup
from aggregator.text import format_count

app = typer.Typer()


@app.command(epilog="Example: aggregator backup /backups/news-2026-03-02.db")
def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file to write.")],
    force: Annotated[bool, typer.Option("--force", help="Replace FILE where it is there already.")] = False,
    as_json: AsJson = False,
    config: ConfigFolder = DEFAULT_CONFIG,
) -> None:
    """Write the whole store, as it is at this moment, to one file, and check it.

    A service may run meanwhile. FILE holds what is in the database: articles, stories, how sources stand,
    corrections, answers, and the configuration that is in force. It does not hold the folder of the
    configuration, keys of the environment, or the published tree, which `aggregator rebuild` makes anew.
    """
    settings = read_storage_settings(config)
    refuse_emptied_site(settings)
    with show_progress_bar("writing the backup") as bar:
        done = write_backup(settings.database_url, file, replaces=force, on_progress=bar.move)
    if as_json:
        print_json({"file": str(done.file), "bytes": done.size_bytes, "rows": dict(done.rows)})
        return
    if not done.rows["articles"]:
        typer.echo(
            f"warning: {hide_password(settings.database_url)} has no articles: keep backups that have "
            "some, and check storage.database",
            err=True,
        )
    counts = (format_count(done.rows[f"{name}s"], name) for name in ("article", "source"))
    kept = " and ".join(counts)
    typer.echo(
        f"{done.file}: {kept} in "
        f"{done.size_bytes / 2**20:.1f} MiB, checked. Not in it: {config}, keys of the environment, and "
        f"{settings.storage.feeds_dir}."
    )
