"""``aggregator sources doctor``: find where sources have gone."""

import asyncio
import difflib
import logging
from collections.abc import Mapping, Sequence
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
from aggregator.model import SourceState

if TYPE_CHECKING:
    from aggregator.cli.workspace import Workspace
    from aggregator.pipeline.doctor import Diagnosis

app = typer.Typer()


@app.command(epilog="Example: aggregator sources doctor old-blog")
def doctor(
    source_id: Annotated[
        str | None,
        typer.Argument(
            **{**SOURCE_ID, "metavar": "[ID]"}, help="Default: all gone, failing or redirected ones."
        ),
    ] = None,
    as_json: AsJson = False,
    config: ConfigFolder = DEFAULT_CONFIG,
) -> None:
    """Look for where a source has gone, and propose a patch for `sources.yaml`; writes nothing there.

    Of one that answers by a permanent redirect it tells whether that leads to the same feed.

    Exit 1 where a source was found nowhere.
    """
    from aggregator.cli.sources.lookups import look_up_sources  # noqa: PLC0415
    from aggregator.cli.workspace import open_workspace  # noqa: PLC0415
    from aggregator.store import read_source_states  # noqa: PLC0415

    log_to_stderr(logging.ERROR)  # what it finds is printed
    with open_workspace(read_config(config)) as workspace:
        check_sources([] if source_id is None else [source_id], workspace.rules.sources)
        chosen = _ailing_sources(workspace) if source_id is None else [source_id]
        with show_activity(f"looking for {len(chosen)} sources") as tell:
            found = asyncio.run(look_up_sources(workspace, chosen, tell))
        states = read_source_states(workspace.store)
    if as_json:
        print_json({"sources": [asdict(diagnosis) for diagnosis in found]})
    else:
        _print_found(found, states, config)
    if any(diagnosis.url is None and not diagnosis.is_back for diagnosis in found):
        raise typer.Exit(1)


def _print_found(found: Sequence["Diagnosis"], states: Mapping[str, SourceState], config: Path) -> None:
    if not found:
        typer.echo("no source is gone, failing or redirected permanently")
    for diagnosis in found:
        typer.echo("\n".join(_describe_diagnosis(diagnosis, states[diagnosis.source_id], config)))


def _ailing_sources(workspace: "Workspace") -> list[str]:
    from aggregator.store import read_source_states  # noqa: PLC0415

    states = read_source_states(workspace.store)
    enabled = (source.id for source in workspace.config.sources if source.enabled)
    return [i for i in enabled if health_of(states[i]) != "well" or states[i].redirect_url is not None]


def _describe_diagnosis(diagnosis: "Diagnosis", state: SourceState, config: Path) -> Sequence[str]:
    from aggregator.pipeline.editing.moves import advise_on_redirect  # noqa: PLC0415

    steps = [f"  {step}" for step in diagnosis.steps]
    url = diagnosis.url or diagnosis.redirected_to
    if url is None:
        return [f"{diagnosis.source_id}:", *steps]
    before, after = preview_move(config, diagnosis.source_id, url)
    file = str(config / "sources.yaml")
    patch = difflib.unified_diff(before.splitlines(), after.splitlines(), file, file, lineterm="", n=2)
    accept = f"`aggregator sources accept {diagnosis.source_id}` writes it"
    if diagnosis.url is None:
        accept = advise_on_redirect(diagnosis.source_id, url, state)
    return [f"{diagnosis.source_id}:", *steps, f"{accept}:", *patch]
