"""``aggregator upload``: bring the published tree to the object store that holds a copy of it."""

import logging
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from aggregator.cli.options import DEFAULT_CONFIG, AsJson, ConfigFolder, print_json, read_config
from aggregator.cli.terminal.log import log_to_stderr
from aggregator.errors import AggregatorError

if TYPE_CHECKING:
    from aggregator.pipeline.upload import TreeComparison

app = typer.Typer()


@app.command(epilog="Example: aggregator upload --check")
def upload(
    check: Annotated[
        bool,
        typer.Option("--check", help="Only compare all files with the target; exit 1 if any differ."),
    ] = False,
    repair: Annotated[
        bool,
        typer.Option("--repair", help="Compare all files, upload what differs, delete what is extra."),
    ] = False,
    everything: Annotated[
        bool, typer.Option("--all", help="Upload every file again, whatever the target has.")
    ] = False,
    as_json: AsJson = False,
    config: ConfigFolder = DEFAULT_CONFIG,
) -> None:
    """Upload to `publish.target` what changed in the published tree, as a running service does by itself."""
    from aggregator.cli.site.uploading import open_uploader  # noqa: PLC0415  # its help waits for no store
    from aggregator.cli.workspace import open_existing_workspace  # noqa: PLC0415

    log_to_stderr(logging.WARNING)
    if check + repair + everything > 1:
        raise AggregatorError("--check, --repair and --all exclude each other: give one of them")
    with open_existing_workspace(read_config(config)) as workspace:
        uploader = open_uploader(workspace)
        if uploader is None:
            raise AggregatorError("no target is configured: name one in publish.target of settings.yaml")
        if check:
            raise typer.Exit(_print_comparison(uploader.compare(), as_json=as_json))
        if repair:
            found = uploader.compare()
            uploader.ask_for((*found.missing, *found.different, *found.extra))
        elif everything:
            uploader.ask_for(None)
        done = uploader.upload()
    for problem in done.errors:
        sys.stderr.write(f"aggregator: {problem}\n")
    _print({"put": done.put, "deleted": done.deleted, "left": done.left}, as_json=as_json)
    raise typer.Exit(bool(done.errors))


def _print_comparison(found: "TreeComparison", *, as_json: bool) -> bool:
    """Print how the tree and the target differ; tell whether they do."""
    told = {name: list(getattr(found, name)) for name in ("missing", "different", "extra")}
    _print({**told, "same": found.same}, as_json=as_json)
    return any(told.values())


def _print(told: Mapping[str, object], *, as_json: bool) -> None:
    if as_json:
        print_json(dict(told))
        return
    for kind, value in told.items():
        for name in value if isinstance(value, list) else ():
            typer.echo(f"{kind}: {name}")
    counts = {kind: len(value) if isinstance(value, list) else value for kind, value in told.items()}
    typer.echo(", ".join(f"{count} {kind}" for kind, count in counts.items()))
