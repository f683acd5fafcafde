"""``aggregator sources list``, ``remove`` and ``accept``: the sources in the operator's file."""

from typing import Annotated

import structlog
import typer

from aggregator.cli.desk import opened
from aggregator.cli.log import log_to_stderr
from aggregator.cli.options import DEFAULT_CONFIG, ConfigFolder, read_config
from aggregator.cli.table import aligned
from aggregator.config import move_source, remove_source
from aggregator.errors import AggregatorError
from aggregator.model import Source, SourceState
from aggregator.store import open_store

app = typer.Typer()
log = structlog.get_logger()


@app.command(name="list", epilog="Example: aggregator sources list")
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


@app.command(epilog="Example: aggregator sources remove old-blog --with-articles")
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


@app.command(epilog="Example: aggregator sources accept old-blog")
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
