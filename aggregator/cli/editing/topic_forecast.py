"""``aggregator topics forecast``: whether a topic will yield stories."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from aggregator.cli.completion import TOPIC_ID
from aggregator.cli.named_ids import check_topics
from aggregator.cli.options import DEFAULT_CONFIG, AsJson, ConfigFolder, clock, read_config
from aggregator.cli.terminal.progress_bar import show_progress_bar

if TYPE_CHECKING:
    from aggregator.cli.workspace import Workspace
    from aggregator.pipeline.topic_forecast import Forecast

MOST_OVERLAPS = 10
MOST_SILENT = 100
app = typer.Typer()


@app.command(name="forecast", epilog="Example: aggregator topics forecast computer-vision --days 14")
def forecast_command(
    topic_id: Annotated[
        str,
        typer.Argument(**TOPIC_ID, help="A topic of the configuration."),
    ],
    days: Annotated[int, typer.Option(metavar="N", min=1, max=365, help="Days that are looked at.")] = 7,
    as_json: AsJson = False,
    config: ConfigFolder = DEFAULT_CONFIG,
) -> None:
    """Say whether a topic will yield stories, by what its sources brought in the last days.

    The topic may be new in the files and not in force yet: stored articles are judged by them, and nothing
    is changed. Stories count that its articles tell; independent publishers do not copy each other.
    """
    # Its help waits for nothing that reads the store.
    from aggregator.cli.workspace import open_existing_workspace  # noqa: PLC0415

    with open_existing_workspace(read_config(config)) as workspace:
        check_topics([topic_id], workspace.rules.topics_by_id)
        found = _forecast(workspace, topic_id, days)
    typer.echo(_report(found) if as_json else "\n".join(_describe(found)))


def _forecast(workspace: "Workspace", topic_id: str, days: int) -> "Forecast":
    from aggregator.pipeline.topic_forecast import forecast_topic  # noqa: PLC0415

    with show_progress_bar("judging") as bar:
        return forecast_topic(topic_id, workspace.look_at_site(clock()), days=days, on_progress=bar.move)


def _report(found: "Forecast") -> str:
    a_day = {
        "articles_per_day": round(found.published / found.rate_days, 2),
        "stories_per_day": round(found.stories / found.rate_days, 2),
    }
    report = {"verdict": found.verdict, **a_day, "independent_share": _share(found), **asdict(found)}
    return json.dumps(report, ensure_ascii=False, indent=2)


def _share(found: "Forecast") -> float | None:
    return round(found.independent / found.stories, 3) if found.stories else None


def _describe(found: "Forecast") -> Iterator[str]:
    from aggregator.cli.terminal.table import format_table  # noqa: PLC0415

    yield f"{found.topic_id}: {found.verdict}"
    days = found.rate_days
    if found.stored_days < found.days:
        at_least = ", numbers a day are of a whole one" if found.stored_days < 1 else ""
        yield f"the store has {found.stored_days:.1f} of the last {found.days} days{at_least}"
    yield (
        f"in {found.days} days {found.on_topic} articles on the topic, {found.published} of them published "
        f"({found.published / days:.1f} a day), {found.stories} stories ({found.stories / days:.1f} a day), "
        f"{found.independent} told by two or more independent publishers"
        + (f" ({100 * found.independent / found.stories:.0f} %)" if found.stories else "")
    )
    if found.sources:
        rows = [tuple(asdict(one).values()) for one in found.sources]
        yield from format_table(("source", "articles", "on topic", "published", "stories", "alone"), rows)
    if found.overlaps:
        pairs = [(o.a, o.b, o.stories, f"{100 * o.share:.0f} %") for o in found.overlaps[:MOST_OVERLAPS]]
        yield from format_table(("tell the same", "", "stories", "of the smaller"), pairs)
    if found.silent:
        yield from format_table(("brings nothing", "why"), list(found.silent.items())[:MOST_SILENT])
        if len(found.silent) > MOST_SILENT:
            yield f"and {len(found.silent) - MOST_SILENT} more, which --json has"
