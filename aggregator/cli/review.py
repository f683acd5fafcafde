"""``aggregator review``: what is quarantined because its source is not itself, and what becomes of it."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Annotated

import typer

from aggregator.cli.completion import SOURCE_ID
from aggregator.cli.options import DEFAULT_CONFIG, ConfigFolder, clock, read_config
from aggregator.cli.proposal_report import accept_withdrawal, report_withdrawals
from aggregator.cli.stores import open_existing_store
from aggregator.cli.table import format_table, format_time_if_known
from aggregator.cli.usable_config import read_usable_config
from aggregator.curate import explain_missing_points
from aggregator.curate.editor_rules import QUARANTINED
from aggregator.errors import AggregatorError
from aggregator.model import PUBLISHED_QUALITY, Article
from aggregator.pipeline.explanation.feed_reasons import BACKLOG, explain_quality
from aggregator.store import (
    Store,
    accept_article,
    accept_source,
    read_proposals,
    read_quarantined,
    read_source_states,
    reject_article,
    reject_source,
    reject_withdrawal,
)

QuarantinedId = Annotated[
    str,
    typer.Argument(
        **SOURCE_ID,
        help="Id of a quarantined source, or of an article that is listed, or how that begins.",
        show_default=False,
    ),
]
Row = Mapping[str, str | int | None]

MOST_NAMED = 5
FLOOD = "its source brought more than a day of its max_per_hour at once"
LISTED = 10
"""Articles at most of which it is told one by one why no feed shows them."""

app = typer.Typer(
    invoke_without_command=True,
    help="List what is quarantined because its source changed abruptly; accept or reject it.",
    epilog="Example: aggregator review",
)


@app.callback()
def list_quarantined(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object, for other programs.")] = False,
    config: ConfigFolder = DEFAULT_CONFIG,
) -> None:
    """List quarantined sources, each with the reason, articles that wait, and proposed withdrawals."""
    if context.invoked_subcommand is not None:
        return
    settings, _ = read_usable_config(config)
    with open_existing_store(settings) as store:
        report = {
            "sources": list(_list_sources(store)),
            "articles": list(_list_articles(store)),
            "withdrawals": list(report_withdrawals(settings, store, clock())),
        }
    if as_json:
        typer.echo(json.dumps(report, ensure_ascii=False, indent=2))
        return
    for kind, rows in report.items():
        nothing = "no proposed withdrawals" if kind == "withdrawals" else f"no quarantined {kind}"
        headings = tuple(rows[0]) if rows else (nothing,)
        typer.echo("\n".join(format_table(headings, [tuple(row.values()) for row in rows])))


@app.command(epilog="Example: aggregator review accept daily-planet")
def accept(quarantined_id: QuarantinedId, config: ConfigFolder = DEFAULT_CONFIG) -> None:
    """Let in what is quarantined of a source and what comes from it, or one article; or withdraw one.

    An article that is proposed for withdrawal is withdrawn by a decision that is written to
    `config/decisions`.
    """
    settings = read_config(config)
    with open_existing_store(settings) as store:
        quarantined_id = _complete_id(quarantined_id, store)
        file = accept_withdrawal(quarantined_id, settings, store, clock())
        if file is not None:
            typer.echo(f"{file}: {quarantined_id} is withdrawn; `aggregator publish` takes it out")
            return
        waiting = read_quarantined(store)
        count = _decide(
            store,
            quarantined_id,
            on_source=lambda: accept_source(store, quarantined_id, now=clock()),
            on_article=lambda: accept_article(store, quarantined_id),
        )
    accepted = [a for a in waiting if quarantined_id in (a.id, a.source_id)]
    typer.echo("\n".join(_describe_accepted(quarantined_id, count, accepted)))


@app.command(epilog="Example: aggregator review reject daily-planet")
def reject(quarantined_id: QuarantinedId, config: ConfigFolder = DEFAULT_CONFIG) -> None:
    """Remove for ever what is quarantined of a source, which stays quarantined, or one article alone.

    An article that is proposed for withdrawal, or was withdrawn by itself, stays published for good.
    """
    with open_existing_store(read_config(config)) as store:
        quarantined_id = _complete_id(quarantined_id, store)
        proposed = {proposal.found.article_id for proposal in read_proposals(store)}
        if quarantined_id in proposed and reject_withdrawal(store, quarantined_id, now=clock()):
            typer.echo(f"{quarantined_id} stays; it is not proposed for withdrawal again")
            return
        count = _decide(
            store,
            quarantined_id,
            on_source=lambda: reject_source(store, quarantined_id),
            on_article=lambda: reject_article(store, quarantined_id),
        )
    typer.echo(f"rejected {_count_articles(count)} of {quarantined_id}")


def _decide(
    store: Store, quarantined_id: str, *, on_source: Callable[[], int], on_article: Callable[[], int]
) -> int:
    """Decide on a source where the id is that of one with quarantined articles, else on an article."""
    state = read_source_states(store).get(quarantined_id)
    is_quarantined = state is not None and state.quarantined_at is not None
    if is_quarantined or any(article.source_id == quarantined_id for article in read_quarantined(store)):
        return on_source()
    count = on_article()
    if not count:
        raise AggregatorError(f"nothing waits for review under {quarantined_id!r}: see `aggregator review`")
    return count


def _complete_id(text: str, store: Store) -> str:
    """Return the id of the article that is listed and begins so, else ``text``; raises AggregatorError."""
    quarantined = read_quarantined(store)
    sources = {*read_source_states(store), *(article.source_id for article in quarantined)}
    listed = {article.id for article in quarantined} | {one.found.article_id for one in read_proposals(store)}
    found = sorted(id_ for id_ in listed if text and id_.startswith(text))
    if text in sources or text in listed or not found:
        return text
    if len(found) > 1:
        some = ", ".join(found[:MOST_NAMED]) + (", …" if len(found) > MOST_NAMED else "")
        raise AggregatorError(f"{len(found)} articles are meant by {text!r}, write more of it: {some}")
    return found[0]


def _describe_accepted(quarantined_id: str, count: int, accepted: Sequence[Article]) -> Iterator[str]:
    """Yield what is shown of what was accepted, and a line for each other article with what it lacks."""
    lacking = {article.id: why for article in accepted if (why := _explain_lack(article)) is not None}
    done = f"accepted {_count_articles(count)} of {quarantined_id}"
    if not lacking:
        yield f"{done}; `aggregator publish` shows {'it' if count == 1 else 'them'}"
        return
    shown = count - len(lacking)
    yield f"{done}; `aggregator publish` shows {shown or 'none'} of them"
    yield from (f"- {article_id}: {why}" for article_id, why in [*lacking.items()][:LISTED])
    if len(lacking) > LISTED:
        yield f"- and {len(lacking) - LISTED} more: `aggregator explain ARTICLE` tells why"


def _explain_lack(article: Article) -> str | None:
    """Return why an article that was accepted is in no feed all the same, None: it is."""
    if article.is_backlog:
        return BACKLOG
    why = explain_quality(article, PUBLISHED_QUALITY)
    if why is None or article.quality_parts.get("relevance", 0) < 0 or not article.quality:
        return why
    lacks = [f"{words} ({points})" for words, points in explain_missing_points(article.quality_parts).items()]
    against = [f"{name} {points}" for name, points in article.quality_parts.items() if points < 0]
    said = (("it lacks", lacks), ("there is", against))
    return "; ".join([why, *(f"{words} {', '.join(parts)}" for words, parts in said if parts)])


def _count_articles(count: int) -> str:
    return f"{count} article{'' if count == 1 else 's'}"


def _list_sources(store: Store) -> Iterator[Row]:
    quarantined = [article.source_id for article in read_quarantined(store)]
    for source_id, state in sorted(read_source_states(store).items()):
        if state.quarantined_at is not None or source_id in quarantined:
            yield {
                "source": source_id,
                "quarantined": quarantined.count(source_id),
                "quarantined_at": format_time_if_known(state.quarantined_at),
                "because": state.quarantined_because,
            }


def _list_articles(store: Store) -> Iterator[Row]:
    for article in read_quarantined(store):
        yield {
            "article": article.id,
            "source": article.source_id,
            "published_at": format_time_if_known(article.published_at),
            "title": article.title,
            "url": article.web_url,
            "because": FLOOD if article.release_at is not None else article.origins.get(QUARANTINED, ""),
        }
