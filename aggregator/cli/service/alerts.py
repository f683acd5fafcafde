"""``aggregator alerts``: what needs a person now, and whether messages about it come through."""

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from aggregator.cli.options import DEFAULT_CONFIG, AsJson, ConfigFolder, clock, print_json

if TYPE_CHECKING:
    from aggregator.config import Settings

app = typer.Typer()

HEADINGS = ("what", "subject", "since", "told", "text")
Action = Literal["list", "test"]


@app.command(epilog="Example: aggregator alerts test")
def alerts(
    action: Annotated[
        Action, typer.Argument(help="`list` what is on now, or `test`: send a message to each channel.")
    ] = "list",
    as_json: AsJson = False,
    config: ConfigFolder = DEFAULT_CONFIG,
) -> None:
    """List what needs a person now, and how far each channel was told; `test` sends a message to each.

    Exit 1 where a message of `test` does not come through, or no channel is configured.
    """
    # Its help waits for nothing that reads the store.
    from aggregator.cli.usable_config import read_usable_config  # noqa: PLC0415
    from aggregator.cli.workspace import open_existing_workspace  # noqa: PLC0415

    usable = read_usable_config(config).config
    if action == "test":  # a site that is new has no store yet
        _print_test(usable.settings, as_json=as_json)
        return
    with open_existing_workspace(usable) as workspace:
        _print_alerts(workspace.rules, workspace.store, as_json=as_json)


def _print_alerts(rules: Any, store: Any, *, as_json: bool) -> None:
    from aggregator.alerts import find_due_time, make_patience  # noqa: PLC0415
    from aggregator.cli.terminal.table import format_table, format_time_if_known  # noqa: PLC0415
    from aggregator.pipeline.alerts.channels import make_channels  # noqa: PLC0415
    from aggregator.store import read_alerts, read_channels, read_events  # noqa: PLC0415
    from aggregator.text import format_time  # noqa: PLC0415

    on = [one for one in read_alerts(store).values() if one.over_at is None]
    names = [one.name for one in make_channels(rules.alerts)]
    channels = [
        {
            "channel": one.channel,
            "untold": len(read_events(store, after=one.told)),
            "again_at": format_time_if_known(one.again_at),
            "problem": one.problem,
        }
        for one in read_channels(store, names).values()
    ]
    patience = make_patience(timedelta(minutes=rules.alerts.wait_min))
    rows = [
        {
            "what": one.kind.value,
            "subject": one.subject,
            "since": format_time(one.since_at),
            "told": format_time_if_known(one.told_at),
            "due": format_time_if_known(find_due_time(one, patience)),
            "text": one.text,
        }
        for one in on
    ]
    if as_json:
        print_json({"alerts": rows, "channels": channels})
        return
    shown = [{**row, "told": row["told"] or f"after {row['due']}, unless it is over"} for row in rows]
    cells = [tuple(row[heading] for heading in HEADINGS) for row in shown]
    typer.echo("\n".join(format_table(HEADINGS, cells)) if rows else "nothing needs a person now")
    if channels:
        typer.echo("\n".join(format_table(tuple(channels[0]), [tuple(row.values()) for row in channels])))


def _print_test(settings: "Settings", *, as_json: bool) -> None:
    from aggregator.pipeline.alerts.channels import make_channels, make_test_event, send_messages  # noqa: PLC0415

    channels, now = make_channels(settings.alerts), clock()
    event = make_test_event(now)
    batch = [(one, [event]) for one in channels]
    problems = send_messages(batch, settings.site_title, now, site_url=settings.site.base_url)
    results = {one.name: problem for one, problem in zip(channels, problems, strict=True)}
    if as_json:
        print_json({"channels": [{"channel": name, "problem": problem} for name, problem in results.items()]})
    elif not results:
        typer.echo("no channel is configured: see `alerts` in settings.yaml, and docs/alerts.md", err=True)
    else:
        for name, problem in results.items():
            typer.echo(f"{name}: {'sent' if problem is None else f'not sent: {problem}'}")
    if not results or any(problem is not None for problem in results.values()):
        raise typer.Exit(1)
