"""``aggregator status``: how every source and topic is doing."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Annotated

import typer

from aggregator.cli.app import DEFAULT_CONFIG, ConfigFolder, Opened, app, clock, opened, read_config
from aggregator.cli.table import aligned
from aggregator.model import SourceState
from aggregator.pipeline import select_topics
from aggregator.store import held_counts

Row = Mapping[str, str | int | float | None]


@app.command(epilog="Example: aggregator status --json")
def status(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object, for other programs.")] = False,
    config: ConfigFolder = DEFAULT_CONFIG,
) -> None:
    """Print how every source is doing and what every topic's feed holds."""
    with opened(read_config(config)) as desk:
        now = clock()
        report = {"sources": list(_sources(desk, now)), "topics": list(_topics(desk, now))}
    if as_json:
        typer.echo(json.dumps(report, ensure_ascii=False, indent=2))
        return
    for kind, rows in report.items():
        headings = tuple(rows[0]) if rows else (f"no {kind}",)
        typer.echo("\n".join(aligned(headings, [tuple(row.values()) for row in rows])))


def _sources(desk: Opened, now: datetime) -> Iterator[Row]:
    states, counts = desk.store.source_states(), desk.store.source_counts(now)
    held = held_counts(desk.store)
    for source in desk.config.sources:
        state, count = states[source.id], counts[source.id]
        yield {
            "id": source.id,
            "outcome": state.outcome,
            "next_poll_at": _time(state.next_poll_at) if source.enabled else None,
            "failures": state.failures,
            "articles": count.articles,
            "held": held.get(source.id, 0),
            "articles_per_day": round(count.articles_per_day, 2),
            "newest_at": _time(count.newest_at),
            "error": state.error or _hold(state) or _moved(state.redirect_url),
        }


def _hold(state: SourceState) -> str | None:
    return state.held_because and f"new entries are held: {state.held_because}: see `aggregator review`"


def _moved(redirect_url: str | None) -> str | None:
    return redirect_url and f"moved permanently: set its url to {redirect_url} in sources.yaml"


def _topics(desk: Opened, now: datetime) -> Iterator[Row]:
    for topic_id, articles in select_topics(rules=desk.rules, store=desk.store, now=now).items():
        newest_at = max((article.published_at for article in articles), default=None)
        yield {"id": topic_id, "items": len(articles), "newest_at": _time(newest_at)}


def _time(at: datetime | None) -> str | None:
    return None if at is None else at.strftime("%Y-%m-%dT%H:%M:%SZ")
