"""``aggregator sources doctor``: find where sources have gone."""

import asyncio
import difflib
import logging
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aggregator.cadence import health_of
from aggregator.cli.completion import SOURCE_ID
from aggregator.cli.named_ids import check_sources
from aggregator.cli.options import DEFAULT_CONFIG, AsJson, ConfigFolder, print_json, read_config
from aggregator.cli.terminal.activity import show_activity
from aggregator.cli.terminal.log import log_to_stderr
from aggregator.config import preview_move

if TYPE_CHECKING:
    from aggregator.cli.workspace import Workspace
    from aggregator.pipeline.doctor import Diagnosis

app = typer.Typer()


@app.command(epilog="Example: aggregator sources doctor old-blog")
def doctor(
    source_id: Annotated[
        str | None,
        typer.Argument(**{**SOURCE_ID, "metavar": "[ID]"}, help="Default: all that are gone or failing."),
    ] = None,
    as_json: AsJson = False,
    config: ConfigFolder = DEFAULT_CONFIG,
) -> None:
    """Look for where a source has gone, and propose a patch for `sources.yaml`; writes nothing there.

    Exit 1 where a source was found nowhere.
    """
    from aggregator.cli.sources.lookups import look_up_sources  # noqa: PLC0415
    from aggregator.cli.workspace import open_workspace  # noqa: PLC0415

    log_to_stderr(logging.ERROR)  # what it finds is printed
    with open_workspace(read_config(config)) as workspace:
        check_sources([] if source_id is None else [source_id], workspace.rules.sources)
        chosen = _ailing_sources(workspace) if source_id is None else [source_id]
        with show_activity(f"looking for {len(chosen)} sources") as tell:
            found = asyncio.run(look_up_sources(workspace, chosen, tell))
    if as_json:
        print_json({"sources": [asdict(diagnosis) for diagnosis in found]})
    else:
        _print_found(found, config)
    if any(diagnosis.url is None and not diagnosis.is_back for diagnosis in found):
        raise typer.Exit(1)


def _print_found(found: Sequence["Diagnosis"], config: Path) -> None:
    if not found:
        typer.echo("no source is gone or failing")
    for diagnosis in found:
        typer.echo("\n".join(_describe_diagnosis(diagnosis, config)))


def _ailing_sources(workspace: "Workspace") -> list[str]:
    from aggregator.store import read_source_states  # noqa: PLC0415

    states = read_source_states(workspace.store)
    return [s.id for s in workspace.config.sources if s.enabled and health_of(states[s.id]) != "well"]


def _describe_diagnosis(diagnosis: "Diagnosis", config: Path) -> Sequence[str]:
    steps = [f"  {step}" for step in diagnosis.steps]
    url = diagnosis.url or diagnosis.redirected_to
    if url is None:
        return [f"{diagnosis.source_id}:", *steps]
    before, after = preview_move(config, diagnosis.source_id, url)
    file = str(config / "sources.yaml")
    patch = difflib.unified_diff(before.splitlines(), after.splitlines(), file, file, lineterm="", n=2)
    accept = f"`aggregator sources accept {diagnosis.source_id}` writes it:"
    if diagnosis.url is None:
        accept = (
            "this is proposed once three polls in two days saw it; once one did, "
            f"`aggregator sources accept {diagnosis.source_id} --now` writes it:"
        )
    return [f"{diagnosis.source_id}:", *steps, accept, *patch]
