"""``aggregator publish``: write the published tree."""

import logging
import os
import sys
from collections.abc import Collection
from typing import Annotated

import typer

from aggregator.cli.completion import TOPIC_ID
from aggregator.cli.corrected_clock import correct_clock
from aggregator.cli.named_ids import check_topics
from aggregator.cli.options import DEFAULT_CONFIG, AsJson, ConfigFolder, print_json
from aggregator.cli.site.files_report import report_files
from aggregator.cli.site.questions import ask_for_site
from aggregator.cli.site.uploading import upload_published
from aggregator.cli.terminal.activity import show_activity
from aggregator.cli.terminal.log import log_to_stderr
from aggregator.cli.usable_config import read_publishable_config
from aggregator.cli.workspace import Workspace, open_workspace
from aggregator.pipeline.grouping import StoryDesk
from aggregator.pipeline.publish.feed_places import list_topic_ids
from aggregator.pipeline.publish.publication import Publication, publish
from aggregator.pipeline.records import RecordsWritten, publish_records
from aggregator.secured import SecuredKeys
from aggregator.text import format_count

app = typer.Typer()


@app.command(name="publish", epilog="Example: aggregator publish --topic computer-vision")
def publish_command(
    topic: Annotated[
        list[str] | None,
        typer.Option(
            **TOPIC_ID,
            help="Only this topic (or `all`); may be repeated.",
        ),
    ] = None,
    as_json: AsJson = False,
    config: ConfigFolder = DEFAULT_CONFIG,
) -> None:
    """Write the feeds and pages of every topic from what is stored; unchanged files stay untouched."""
    log_to_stderr(logging.WARNING)
    ask_for_site(config)
    with open_workspace(read_publishable_config(config)) as workspace:
        check_topics(topic or [], list_topic_ids(workspace.rules))
        done, records = _publish(workspace, topic)
        errors = (*done.errors, *records.errors, *upload_published(workspace))
    for error in errors:
        sys.stderr.write(f"aggregator: {error}\n")
    if as_json:
        print_json(report_files(done, records, errors))
        raise typer.Exit(bool(done.errors) and not done.items)
    topics, folder = format_count(len(done.items), "topic"), workspace.config.settings.storage.feeds_dir
    typer.echo(
        f"{topics} published to {folder}: "
        f"{len(done.changed) + records.changed} files written, {done.unchanged + records.unchanged} unchanged"
    )
    if done.errors and not done.items:
        raise typer.Exit(1)


def _publish(workspace: Workspace, only: Collection[str] | None) -> tuple[Publication, RecordsWritten]:
    """Group and publish; records are of all topics, so none are written where ``only`` some are asked for."""
    clock = correct_clock(workspace.store)
    with show_activity("grouping stories"):
        StoryDesk().group_site(workspace.look_at_site(clock()))
    with show_activity("writing feeds and pages"):
        done = publish(workspace.look_at_site(clock()), only=only or None)
    if only:
        return done, RecordsWritten()
    keys = SecuredKeys.of(os.environ)
    with show_activity("writing records"):
        return done, publish_records(workspace.look_at_site(clock()), keys=keys)
