"""``aggregator sources doctor``: find where sources have gone."""

import asyncio
import difflib
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from aggregator.cadence import standing_of
from aggregator.cli.desk import Opened, opened
from aggregator.cli.fetching import fetch_limits, page_fetcher
from aggregator.cli.options import DEFAULT_CONFIG, ConfigFolder, clock, read_config
from aggregator.config import moved_source
from aggregator.errors import AggregatorError
from aggregator.fetch.feed import Fetcher
from aggregator.pipeline.doctor import Desk, Diagnosis, examine

app = typer.Typer()


@app.command(epilog="Example: aggregator sources doctor old-blog")
def doctor(
    source_id: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="Default: all that are gone or failing.")
    ] = None,
    config: ConfigFolder = DEFAULT_CONFIG,
) -> None:
    """Look for where a source has gone, and propose a patch for `sources.yaml`; writes nothing there."""
    with opened(read_config(config)) as desk:
        if source_id is not None and source_id not in desk.rules.sources:
            raise AggregatorError(f"no source {source_id!r} is configured: see `aggregator sources list`")
        chosen = _ill(desk) if source_id is None else [source_id]
        found = asyncio.run(_examine(desk, chosen))
    if not found:
        typer.echo("no source is gone or failing")
    for diagnosis in found:
        typer.echo("\n".join(_told(diagnosis, config)))


def _ill(desk: Opened) -> list[str]:
    states = desk.store.source_states()
    return [s.id for s in desk.config.sources if s.enabled and standing_of(states[s.id]) != "well"]


async def _examine(desk: Opened, source_ids: Sequence[str]) -> list[Diagnosis]:
    settings = desk.config.settings
    async with Fetcher(fetch_limits(settings)) as fetcher, page_fetcher(settings, fetcher) as pages:
        at = Desk(rules=desk.rules, store=desk.store, fetcher=fetcher, pages=pages, clock=clock)
        return [await examine(desk.rules.sources[source_id], at) for source_id in source_ids]


def _told(diagnosis: Diagnosis, config: Path) -> Sequence[str]:
    steps = [f"  {step}" for step in diagnosis.steps]
    if diagnosis.url is None:
        return [f"{diagnosis.source_id}:", *steps]
    before, after = moved_source(config, diagnosis.source_id, diagnosis.url)
    file = str(config / "sources.yaml")
    patch = difflib.unified_diff(before.splitlines(), after.splitlines(), file, file, lineterm="", n=2)
    accept = f"`aggregator sources accept {diagnosis.source_id}` writes it:"
    return [f"{diagnosis.source_id}:", *steps, accept, *patch]
