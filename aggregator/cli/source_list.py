"""``aggregator sources list`` and ``remove``: the sources in the operator's file."""

import sys
from collections.abc import Mapping
from typing import Annotated

import typer

from aggregator.cli.options import DEFAULT_CONFIG, ConfigFolder, clock, read_config
from aggregator.cli.table import aligned
from aggregator.config import remove_source
from aggregator.errors import AggregatorError
from aggregator.model import Source, SourceState

app = typer.Typer()


@app.command(name="list", epilog="Example: aggregator sources list")
def list_sources(config: ConfigFolder = DEFAULT_CONFIG) -> None:
    """Print the configured sources, a line each: id, state, address."""
    from aggregator.cli.stored import configured_states, existing_store, missing_store  # noqa: PLC0415

    configured = read_config(config)
    missing = missing_store(configured)
    if missing is not None:
        sys.stderr.write(f"aggregator: no store at {missing} yet: nothing was polled\n")
        states: Mapping[str, SourceState] = {}
    else:
        with existing_store(configured) as store:
            states = configured_states(configured, store, clock())
    rows = [(s.id, _state(s, states.get(s.id)), s.url) for s in configured.sources]
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
    from aggregator.cli.stored import existing_store, missing_store  # noqa: PLC0415
    from aggregator.store import end_removed_topics  # noqa: PLC0415

    before = read_config(config)
    if source_id in {source.id for source in before.sources}:
        remove_source(config, source_id)
    elif not with_articles:
        raise AggregatorError(f"no source {source_id!r} is configured: see `aggregator sources list`")
    removed = 0
    if missing_store(before) is None:
        with existing_store(before) as store:
            if with_articles:  # before as well, in case that this is killed in between
                end_removed_topics(store)
            removed = store.remove_source(source_id, with_articles=with_articles)
            if removed:
                end_removed_topics(store)
    typer.echo(f"removed {source_id}" + (f" and {removed} articles" if with_articles else ""))
