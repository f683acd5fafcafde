"""``aggregator sources``: list, add and remove sources in the operator's file."""

import asyncio
import difflib
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import structlog
import typer

from aggregator.cli.app import (
    DEFAULT_CONFIG,
    ConfigFolder,
    Opened,
    app,
    clock,
    fetch_limits,
    log_to_stderr,
    opened,
    page_fetcher,
    read_config,
)
from aggregator.cli.table import aligned
from aggregator.config import add_source, move_source, moved_source, remove_source
from aggregator.errors import AggregatorError
from aggregator.fetch import Fetcher, standing_of
from aggregator.model import Source, SourceState
from aggregator.pipeline import Desk, Diagnosis, examine
from aggregator.store import open_store

log = structlog.get_logger()
sources = typer.Typer(
    no_args_is_help=True,
    help="List, add, move and remove sources.",
    epilog="Example: aggregator sources list",
)
app.add_typer(sources, name="sources")


@sources.command(name="list", epilog="Example: aggregator sources list")
def list_sources(config: ConfigFolder = DEFAULT_CONFIG) -> None:
    """Print the configured sources, a line each: id, state, address."""
    with opened(read_config(config)) as desk:
        states = desk.store.source_states()
        rows = [(s.id, _state(s, states.get(s.id)), s.url) for s in desk.config.sources]
    typer.echo("\n".join(aligned(("id", "state", "url"), rows)))


def _state(source: Source, state: SourceState | None) -> str:
    if not source.enabled:
        return "disabled"
    return (state and state.outcome) or "not polled yet"


@sources.command(epilog="Example: aggregator sources add https://example.org/feed.xml --topic ai")
def add(  # noqa: PLR0917  # typer makes an option of each
    url: Annotated[str, typer.Argument(help="Address of the feed.")],
    source_id: Annotated[str | None, typer.Option("--id", help="Default: made from the address.")] = None,
    name: Annotated[str | None, typer.Option(help="Name of the publisher's feed.")] = None,
    provider: Annotated[str | None, typer.Option(help="Domain of its publisher.")] = None,
    topic: Annotated[list[str] | None, typer.Option(help="Match only this topic; may be repeated.")] = None,
    assign: Annotated[bool, typer.Option("--assign", help="Give the topics to every entry.")] = False,
    weight: Annotated[int | None, typer.Option(min=-50, max=50, help="Added to the quality.")] = None,
    config: ConfigFolder = DEFAULT_CONFIG,
) -> None:
    """Add a source to `sources.yaml`, keeping its comments."""
    keys = {
        "id": source_id, "url": url, "name": name, "provider": provider, "topics": topic,
        "assign": assign, "weight": weight,
    }  # fmt: skip
    added = add_source(config, {key: value for key, value in keys.items() if value})
    typer.echo(f"added {added}; `aggregator poll --source {added}` polls it now")


@sources.command(epilog="Example: aggregator sources remove old-blog --with-articles")
def remove(
    source_id: Annotated[str, typer.Argument(metavar="ID", help="Id of the source.")],
    with_articles: Annotated[
        bool, typer.Option("--with-articles", help="Also remove the articles that only it carries.")
    ] = False,
    config: ConfigFolder = DEFAULT_CONFIG,
) -> None:
    """Take a source out of `sources.yaml`, keeping its comments; its articles stay until they age out."""
    before = read_config(config)
    if source_id in {source.id for source in before.sources}:
        remove_source(config, source_id)
    elif not with_articles:
        raise AggregatorError(f"no source {source_id!r} is configured: see `aggregator sources list`")
    with open_store(before.settings.database_url) as store:
        removed = store.remove_source(source_id, with_articles=with_articles)
    typer.echo(f"removed {source_id}" + (f" and {removed} articles" if with_articles else ""))


@sources.command(epilog="Example: aggregator sources accept old-blog")
def accept(
    source_id: Annotated[str, typer.Argument(metavar="ID", help="Id of the source.")],
    config: ConfigFolder = DEFAULT_CONFIG,
) -> None:
    """Write the address that is proposed for a source into `sources.yaml`, keeping comments and its id."""
    log_to_stderr()
    with opened(read_config(config)) as desk:
        source = desk.rules.sources.get(source_id)
        proposed = desk.store.source_state(source_id).proposed_url if source else None
    if source is None:
        raise AggregatorError(f"no source {source_id!r} is configured: see `aggregator sources list`")
    if proposed is None:
        raise AggregatorError(f"nothing is proposed for {source_id!r}: see `aggregator status`")
    move_source(config, source_id, proposed)
    log.info("redirect", source=source_id, what="accepted", url=proposed, was=source.url)
    # Now, so that what belonged to the old address is forgotten even where nothing runs.
    with opened(read_config(config)):
        typer.echo(f"moved {source_id} to {proposed}; it is polled next")


@sources.command(epilog="Example: aggregator sources doctor old-blog")
def doctor(
    source_id: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="Default: all that are gone or failing for long.")
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
        typer.echo("no source is gone, or failing for long")
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
