"""``aggregator rebuild``: make the whole published tree anew from what is stored."""

import logging
import os
import sys

import typer

from aggregator.cli.options import DEFAULT_CONFIG, AsJson, ConfigFolder, clock, print_json
from aggregator.cli.site.files_report import report_files
from aggregator.cli.site.uploading import upload_published
from aggregator.cli.terminal.activity import show_activity
from aggregator.cli.terminal.log import log_to_stderr
from aggregator.cli.usable_config import read_publishable_config
from aggregator.cli.workspace import open_workspace
from aggregator.pipeline.grouping import StoryDesk
from aggregator.pipeline.publish.rebuild import rebuild
from aggregator.pipeline.records import rebuild_records
from aggregator.secured import SecuredKeys

app = typer.Typer()


@app.command(name="rebuild", epilog="Example: aggregator rebuild")
def rebuild_command(as_json: AsJson = False, config: ConfigFolder = DEFAULT_CONFIG) -> None:
    """Make every feed and page anew from what is stored, as if nothing had been published before.

    Files with equal bytes stay. Publishing gives the same files step by step: this is for files that were
    changed by hand, and for doubt.
    """
    log_to_stderr(logging.WARNING)
    with open_workspace(read_publishable_config(config)) as workspace:
        with show_activity("grouping stories"):
            StoryDesk().group_site(workspace.look_at_site(clock()))
        with show_activity("writing feeds and pages"):
            done = rebuild(workspace.look_at_site(clock()))
        with show_activity("writing records"):
            records = rebuild_records(workspace.look_at_site(clock()), keys=SecuredKeys.of(os.environ))
        errors = (*done.errors, *records.errors, *upload_published(workspace))
        folder = workspace.config.settings.storage.feeds_dir
    for error in errors:
        sys.stderr.write(f"aggregator: {error}\n")
    if as_json:
        print_json(report_files(done, records, errors))
        raise typer.Exit(bool(done.errors))
    typer.echo(
        f"{len(done.items)} topics made anew in {folder}: {len(done.changed) + records.changed} files "
        f"differed and were written, {done.unchanged + records.unchanged} were the same"
    )
    if done.errors:
        raise typer.Exit(1)
