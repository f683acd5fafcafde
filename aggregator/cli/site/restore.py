"""``aggregator restore``: a backup becomes the store."""

from pathlib import Path
from typing import Annotated

import typer

from aggregator.cli.options import DEFAULT_CONFIG, AsJson, ConfigFolder, print_json
from aggregator.cli.terminal.activity import show_activity
from aggregator.cli.usable_config import read_storage_settings
from aggregator.config.typed_commands import spell_config
from aggregator.store import hide_password, lock_store, restore_backup
from aggregator.text import format_count

app = typer.Typer()


@app.command(epilog="Example: aggregator restore /backups/news-2026-03-02.db")
def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `aggregator backup` wrote.")],
    as_json: AsJson = False,
    config: ConfigFolder = DEFAULT_CONFIG,
) -> None:
    """Make a backup the store of this configuration, all of it or nothing.

    The backup is checked first, and stays as it is. A store that has articles is not replaced: move it away
    first. Nor is one that a service uses: stop it first. A backup of an older version is migrated.
    """
    url = read_storage_settings(config).database_url
    with lock_store(url), show_activity(f"restoring {file}"):
        done = restore_backup(file, url)
    next_command = f"aggregator rebuild{spell_config(config)}"
    if as_json:
        print_json({"store": hide_password(url), "rows": dict(done.rows), "next": next_command})
        return
    counts = (format_count(done.rows[f"{name}s"], name) for name in ("article", "source"))
    kept = " and ".join(counts)
    typer.echo(
        f"{hide_password(url)}: {kept} restored. "
        f"Now run `{next_command}`, which makes the published tree of them, and start the service."
    )
