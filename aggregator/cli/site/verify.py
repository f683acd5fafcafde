"""``aggregator verify``: whether store and tree are as they always should be."""

import logging
import os
import sys
import time
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import asdict
from typing import Annotated

import typer

from aggregator.cli.options import DEFAULT_CONFIG, AsJson, ConfigFolder, clock, print_json
from aggregator.cli.terminal.activity import show_activity
from aggregator.cli.terminal.log import log_to_stderr
from aggregator.cli.terminal.progress_bar import show_progress_bar
from aggregator.cli.usable_config import read_usable_config
from aggregator.cli.workspace import Workspace, open_existing_workspace
from aggregator.model.violations import Violation
from aggregator.pipeline.config_in_force import is_in_force, read_in_force
from aggregator.pipeline.verification import find_violations, repair_site
from aggregator.rules import Rules
from aggregator.secured import SecuredKeys
from aggregator.store import lock_store, read_remembered_sources
from aggregator.text import format_count

app = typer.Typer()


@app.command(epilog="Example: aggregator verify --repair")
def verify(
    repair: Annotated[
        bool, typer.Option("--repair", help="Mend what can be made anew; stop the service first.")
    ] = False,
    as_json: AsJson = False,
    config: ConfigFolder = DEFAULT_CONFIG,
) -> None:
    """Check the database, its rows and the published tree; a line for all that is wrong. Exit 1 if any.

    A service may run meanwhile: what it is about to write is not wrong. `--repair` mends rows that lead
    nowhere, removes files that nobody knows, and makes the tree anew; stored articles are never removed.
    """
    log_to_stderr(logging.WARNING)
    checked = read_usable_config(config).config
    with (
        lock_store(checked.settings.database_url) if repair else nullcontext(),
        open_existing_workspace(checked) as workspace,
    ):
        found = _look(workspace, _read_rules_in_force(workspace))
        left = _repair(workspace, found) if repair and found else found
    if as_json:
        print_json({"violations": [asdict(one) for one in left], "mended": len(found) - len(left)})
    else:
        _print_lines(found, left, is_repaired=repair)
    if left:
        raise typer.Exit(1)


def _look(workspace: Workspace, rules: Rules) -> Sequence[Violation]:
    with show_progress_bar("checking store and tree") as bar:
        bar.note("pages")
        return find_violations(
            rules=rules, store=workspace.store, clock=clock, pause=time.sleep, on_progress=bar.move
        )


def _read_rules_in_force(workspace: Workspace) -> Rules:
    """Return the rules that the tree was written by: changed files may not be taken up yet."""
    store = workspace.store
    if is_in_force(workspace.config, store):
        return workspace.rules
    in_force = read_in_force(store, like=workspace.config, environ=os.environ)
    return Rules.of(in_force, read_remembered_sources(store)) if in_force else workspace.rules


def _repair(workspace: Workspace, found: Sequence[Violation]) -> Sequence[Violation]:
    if not all(one.is_mendable for one in found):
        sys.stderr.write("aggregator: nothing is mended before what needs you first is done\n")
        return [one for one in found if not one.is_mendable]
    keys = SecuredKeys.of(os.environ)
    with show_activity("making anew what is wrong"):
        errors = repair_site(workspace.look_at_site(clock()), keys=keys)
    for error in errors:
        sys.stderr.write(f"aggregator: {error}\n")
    return _look(workspace, workspace.rules)


def _print_lines(found: Sequence[Violation], left: Sequence[Violation], *, is_repaired: bool) -> None:
    for one in left:
        typer.echo(str(one))
    if not found:
        typer.echo("store and tree are as they should be")
    elif is_repaired and not left:
        typer.echo(f"{format_count(len(found), 'thing was', 'things were')} wrong, and mended")
    else:
        sys.stderr.write(f"aggregator: {format_count(len(left), 'thing is', 'things are')} wrong\n")
