"""``aggregator review``: what is held because its source is not itself, and what becomes of it."""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Annotated

import typer

from aggregator.cli.options import DEFAULT_CONFIG, ConfigFolder, clock, read_config
from aggregator.cli.stored import existing_store
from aggregator.cli.table import aligned, shown_time
from aggregator.errors import AggregatorError
from aggregator.store import (
    Store,
    accept_article,
    accept_source,
    held_articles,
    reject_article,
    reject_source,
)

HeldId = Annotated[
    str, typer.Argument(metavar="ID", help="Id of a held source, or of one held article.", show_default=False)
]
Row = Mapping[str, str | int | None]

app = typer.Typer(
    invoke_without_command=True,
    help="List what is held because its source changed abruptly; accept or reject it.",
    epilog="Example: aggregator review",
)


@app.callback()
def list_held(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object, for other programs.")] = False,
    config: ConfigFolder = DEFAULT_CONFIG,
) -> None:
    """List the sources that are held, each with the reason, and the articles that wait for a decision."""
    if context.invoked_subcommand is not None:
        return
    with existing_store(read_config(config)) as store:
        report = {"sources": list(_sources(store)), "articles": list(_articles(store))}
    if as_json:
        typer.echo(json.dumps(report, ensure_ascii=False, indent=2))
        return
    for kind, rows in report.items():
        headings = tuple(rows[0]) if rows else (f"no held {kind}",)
        typer.echo("\n".join(aligned(headings, [tuple(row.values()) for row in rows])))


@app.command(epilog="Example: aggregator review accept daily-planet")
def accept(held_id: HeldId, config: ConfigFolder = DEFAULT_CONFIG) -> None:
    """Let in what is held of a source and what comes from it, or one article alone."""
    with existing_store(read_config(config)) as store:
        count = _decide(
            store,
            held_id,
            on_source=lambda: accept_source(store, held_id, now=clock()),
            on_article=lambda: accept_article(store, held_id),
        )
    typer.echo(f"accepted {_counted(count)} of {held_id}; `aggregator publish` shows them")


@app.command(epilog="Example: aggregator review reject daily-planet")
def reject(held_id: HeldId, config: ConfigFolder = DEFAULT_CONFIG) -> None:
    """Remove for ever what is held of a source, which stays held, or one article alone."""
    with existing_store(read_config(config)) as store:
        count = _decide(
            store,
            held_id,
            on_source=lambda: reject_source(store, held_id),
            on_article=lambda: reject_article(store, held_id),
        )
    typer.echo(f"rejected {_counted(count)} of {held_id}")


def _decide(
    store: Store, held_id: str, *, on_source: Callable[[], int], on_article: Callable[[], int]
) -> int:
    """Apply a decision to a source where ``held_id`` is one with something held, else to an article."""
    state = store.source_states().get(held_id)
    is_held = state is not None and state.held_at is not None
    if is_held or any(article.source_id == held_id for article in held_articles(store)):
        return on_source()
    count = on_article()
    if not count:
        raise AggregatorError(f"nothing is held under {held_id!r}: see `aggregator review`")
    return count


def _counted(count: int) -> str:
    return f"{count} article{'' if count == 1 else 's'}"


def _sources(store: Store) -> Iterator[Row]:
    held = [article.source_id for article in held_articles(store)]
    for source_id, state in sorted(store.source_states().items()):
        if state.held_at is not None or source_id in held:
            yield {
                "source": source_id,
                "held": held.count(source_id),
                "held_at": _time(state.held_at),
                "because": state.held_because,
            }


def _articles(store: Store) -> Iterator[Row]:
    for article in held_articles(store):
        yield {
            "article": article.id,
            "source": article.source_id,
            "published_at": _time(article.published_at),
            "title": article.title,
            "url": article.web_url,
        }


def _time(at: datetime | None) -> str | None:
    return None if at is None else shown_time(at)
