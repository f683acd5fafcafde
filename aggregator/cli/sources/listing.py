"""``aggregator sources list``: the sources in the operator's file."""

import sys
from collections.abc import Mapping

import typer

from aggregator.cli.options import DEFAULT_CONFIG, AsJson, ConfigFolder, clock, print_json, read_config
from aggregator.cli.terminal.table import format_table
from aggregator.model import Source, SourceState

app = typer.Typer()


@app.command(name="list", epilog="Example: aggregator sources list")
def list_sources(as_json: AsJson = False, config: ConfigFolder = DEFAULT_CONFIG) -> None:
    """Print the configured sources, a line each: id, state, address."""
    from aggregator.cli.stores import configured_states, missing_store_file, open_existing_store  # noqa: PLC0415

    configured = read_config(config)
    missing = missing_store_file(configured)
    if missing is not None:
        sys.stderr.write(f"aggregator: no store at {missing} yet: nothing was polled\n")
        states: Mapping[str, SourceState] = {}
    else:
        with open_existing_store(configured) as store:
            states = configured_states(configured, store, clock())
    if as_json:
        print_json({"sources": [_report_source(s, states.get(s.id)) for s in configured.sources]})
        return
    rows = [(s.id, _describe_state(s, states.get(s.id)), s.url) for s in configured.sources]
    typer.echo("\n".join(format_table(("id", "state", "url"), rows)))


def _report_source(source: Source, state: SourceState | None) -> Mapping[str, object]:
    return {
        "id": source.id,
        "url": source.url,
        "type": source.kind,
        "name": source.name,
        "enabled": source.enabled,
        "topics": source.topics,
        "outcome": state.outcome if state else None,
    }


def _describe_state(source: Source, state: SourceState | None) -> str:
    if not source.enabled:
        return "disabled"
    return (state and state.outcome) or "not polled yet"
