"""``aggregator publish``: write the published tree."""

import logging
import os
import sys
from typing import Annotated

import typer

from aggregator.cli.log import log_to_stderr
from aggregator.cli.options import DEFAULT_CONFIG, ConfigFolder, clock, read_config
from aggregator.cli.site_questions import ask_for_site
from aggregator.cli.workspace import open_workspace
from aggregator.errors import AggregatorError
from aggregator.pipeline.grouping import StoryDesk
from aggregator.pipeline.publish.feed_places import list_topic_ids
from aggregator.pipeline.publish.publication import publish
from aggregator.pipeline.records import RecordsWritten, publish_records
from aggregator.secured import SecuredKeys

app = typer.Typer()


@app.command(name="publish", epilog="Example: aggregator publish --topic computer-vision")
def publish_command(
    topic: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="Only this topic (or `all`); may be repeated.")
    ] = None,
    config: ConfigFolder = DEFAULT_CONFIG,
) -> None:
    """Write the feeds and pages of every topic from what is stored; unchanged files stay untouched."""
    log_to_stderr(logging.WARNING)
    ask_for_site(config)
    with open_workspace(read_config(config)) as workspace:
        known = list_topic_ids(workspace.rules)
        unknown = [name for name in topic or [] if name not in known]
        if unknown:
            raise AggregatorError(
                f"no topic {unknown[0]!r} is configured; there are: {', '.join(sorted(known))}"
            )
        StoryDesk().group(rules=workspace.rules, store=workspace.store, now=clock())
        done = publish(rules=workspace.rules, store=workspace.store, now=clock(), only=topic or None)
        records = RecordsWritten()
        if not topic:
            keys = SecuredKeys.of(os.environ)
            records = publish_records(rules=workspace.rules, store=workspace.store, keys=keys, now=clock())
    for error in (*done.errors, *records.errors):
        sys.stderr.write(f"aggregator: {error}\n")
    typer.echo(
        f"{len(done.items)} topics published to {workspace.config.settings.storage.feeds_dir}: "
        f"{len(done.changed) + records.changed} files written, {done.unchanged + records.unchanged} unchanged"
    )
    if done.errors and not done.items:
        raise typer.Exit(1)
