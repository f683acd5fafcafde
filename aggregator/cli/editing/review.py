"""``aggregator review``: what waits for an editor's word, and what becomes of it.

What is quarantined is let in (``accept``) or removed (``reject``); what disappeared at its source is
withdrawn (``withdraw``) or stays (``keep``).
"""

import getpass
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from aggregator.cli.completion import SOURCE_ID
from aggregator.cli.editing.proposal_report import report_moves, report_withdrawals
from aggregator.cli.editing.review_report import describe_accepted
from aggregator.cli.options import DEFAULT_CONFIG, AsJson, ConfigFolder, clock, print_json
from aggregator.cli.stores import open_existing_store
from aggregator.cli.terminal.table import format_table, format_time_if_known
from aggregator.cli.usable_config import read_usable_config
from aggregator.cli.workspace import open_existing_workspace
from aggregator.config.typed_commands import spell_config
from aggregator.errors import AggregatorError
from aggregator.model import Article, SourceState
from aggregator.pipeline.editing.accepted_feeds import find_accepted_feeds
from aggregator.pipeline.editing.quarantine import Quarantine, explain_quarantine, sort_quarantine
from aggregator.pipeline.editing.withdrawals import withdraw_proposed
from aggregator.pipeline.explanation.subject import find_article_id
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
from aggregator.text import format_count

QuarantinedId = Annotated[
    str,
    typer.Argument(
        **SOURCE_ID,
        help="A quarantined source; or an article that is listed: its id, how that begins, or an address.",
        show_default=False,
    ),
]
DisappearedId = Annotated[
    str,
    typer.Argument(
        metavar="ID",
        help="An article that is listed as disappeared: its id, how that begins, or an address.",
        show_default=False,
    ),
]
Row = Mapping[str, str | int | None]

MOST_NAMED = 5
NOTHING = {
    "sources": "no quarantined sources", "articles": "no articles of quarantined sources",
    "by_rule": "no articles that a rule wants reviewed", "withdrawals": "no proposed withdrawals",
    "moves": "no proposed addresses",
}  # fmt: skip
VERBS = {
    "sources": (
        ("review accept", "lets in all of it and what comes"),
        ("review reject", "removes all of it for ever"),
    ),
    "articles": (("review accept", "lets one in"), ("review reject", "removes one for ever")),
    "by_rule": (("review accept", "lets one in, for good"), ("review reject", "removes one for ever")),
    "withdrawals": (("review withdraw", "takes one out of all feeds"), ("review keep", "keeps it for good")),
    "moves": (("sources accept", "writes the new address into sources.yaml"),),
}  # fmt: skip
"""What can be said of what each list has."""

app = typer.Typer(
    invoke_without_command=True,
    help="List what is quarantined, disappeared at its source, or moved; decide on it.",
    epilog="Example: aggregator review",
)


@app.callback()
def list_quarantined(
    context: typer.Context,
    as_json: AsJson = False,
    config: ConfigFolder = DEFAULT_CONFIG,
) -> None:
    """List what is quarantined, what a rule wants reviewed, proposed withdrawals and addresses."""
    if context.invoked_subcommand is not None:
        return
    settings = read_usable_config(config).config
    with open_existing_store(settings) as store:
        states = read_source_states(store)
        found = sort_quarantine(read_quarantined(store), states.values())
        report = {
            "sources": list(_list_sources(found, states)),
            "articles": [*map(_report_article, found.by_source)],
            "by_rule": [*map(_report_article, found.by_rule)],
            "withdrawals": list(report_withdrawals(settings, store, clock())),
            "moves": list(report_moves(settings.sources, states)),
        }
    if as_json:
        print_json(report)
        return
    for kind, rows in report.items():
        headings = tuple(rows[0]) if rows else (NOTHING[kind],)
        typer.echo("\n".join(format_table(headings, [tuple(row.values()) for row in rows])))
        if rows:
            typer.echo(_describe_verbs(kind, config))


def _describe_verbs(kind: str, config: Path) -> str:
    """Return what can be typed about the rows of a list."""
    where = spell_config(config)
    told = (f"`aggregator {verb} ID{where}` {what}" for verb, what in VERBS[kind])
    return f"({'; '.join(told)})"


@app.command(epilog="Example: aggregator review accept daily-planet")
def accept(quarantined_id: QuarantinedId, config: ConfigFolder = DEFAULT_CONFIG) -> None:
    """Let in what is quarantined of a source and what comes from it, or one article."""
    with open_existing_workspace(read_usable_config(config).config) as workspace:
        store, now = workspace.store, clock()
        found = _find_quarantined(quarantined_id, store, config)
        waiting = read_quarantined(store)
        if _is_source(found, store):
            count = accept_source(store, found, now=now)
        else:
            count = accept_article(store, found, now=now)
        accepted = [a for a in waiting if found in (a.id, a.source_id)]
        find_feeds = partial(find_accepted_feeds, site=workspace.look_at_site(now))
        lines = describe_accepted(found, count, accepted, spell_config(config), find_feeds=find_feeds)
        typer.echo("\n".join(lines))


@app.command(epilog="Example: aggregator review reject daily-planet")
def reject(quarantined_id: QuarantinedId, config: ConfigFolder = DEFAULT_CONFIG) -> None:
    """Remove for ever what is quarantined of a source, which stays quarantined, or one article alone."""
    with open_existing_store(read_usable_config(config).config) as store:
        found = _find_quarantined(quarantined_id, store, config)
        count = reject_source(store, found) if _is_source(found, store) else reject_article(store, found)
    typer.echo(f"rejected {format_count(count, 'article')} of {found}")


@app.command(epilog="Example: aggregator review withdraw 2ea446bd")
def withdraw(disappeared_id: DisappearedId, config: ConfigFolder = DEFAULT_CONFIG) -> None:
    """Withdraw an article that disappeared at its source, whatever the source shows later.

    The decision is written to a file in `config/decisions`, with a public reason.
    """
    usable = read_usable_config(config)
    with open_existing_store(usable.config) as store:
        found = _find_disappeared(disappeared_id, store, config)
        file = withdraw_proposed(found, usable, store, clock(), by=getpass.getuser())
    if file is None:  # an editor decided on it already, or its source's are to be ignored
        raise AggregatorError(f"article {found} is not proposed any more: {_look(config)}")
    typer.echo(
        f"{file}: {found} is withdrawn; a running service takes it out, else `aggregator publish` does"
    )


@app.command(epilog="Example: aggregator review keep 2ea446bd")
def keep(disappeared_id: DisappearedId, config: ConfigFolder = DEFAULT_CONFIG) -> None:
    """Keep an article that disappeared at its source, or bring it back; it is never proposed again."""
    with open_existing_store(read_usable_config(config).config) as store:
        found = _find_disappeared(disappeared_id, store, config)
        reject_withdrawal(store, found, now=clock())
    typer.echo(f"{found} stays; it is not proposed for withdrawal again")


def _find_quarantined(text: str, store: Store, config: Path) -> str:
    """Return the source or article that is meant; raises AggregatorError where it is not quarantined."""
    articles = read_quarantined(store)
    found = text if _is_source(text, store) else _find_listed(text, {one.id for one in articles}, store)
    if found is not None:
        return found
    by_rule = sum(one.source_id == text for one in articles)
    if by_rule:
        what = (
            f"{format_count(by_rule, 'article')} of it a rule wants reviewed: accept or reject each by its id"
        )
        raise AggregatorError(f"{text} is not quarantined; {what}, {_look(config)}")
    other = _find_listed(text, {one.found.article_id for one in read_proposals(store)}, store)
    raise _refuse(text, other, "disappeared at its source", ("withdraw", "keep"), config)


def _find_disappeared(text: str, store: Store, config: Path) -> str:
    """Return the article that is meant; raises AggregatorError where it is not listed as disappeared."""
    found = _find_listed(text, {one.found.article_id for one in read_proposals(store)}, store)
    if found is not None:
        return found
    is_source = _is_source(text, store)
    other = text if is_source else _find_listed(text, {one.id for one in read_quarantined(store)}, store)
    raise _refuse(text, other, "is quarantined", ("accept", "reject"), config)


def _refuse(text: str, other: str | None, what: str, verbs: tuple[str, str], config: Path) -> AggregatorError:
    """Return the error about what is not listed: what to say instead of one that ``other`` list has."""
    if other is None:
        return AggregatorError(f"nothing waits for review under {text!r}: {_look(config)}")
    one, two = (f"`aggregator review {verb} {other}{spell_config(config)}`" for verb in verbs)
    return AggregatorError(f"{other} {what}: {one} or {two}")


def _look(config: Path) -> str:
    return f"see `aggregator review{spell_config(config)}`"


def _is_source(text: str, store: Store) -> bool:
    """Tell whether a source is quarantined, or brought articles that are: not by a rule alone."""
    return text in sort_quarantine(read_quarantined(store), read_source_states(store).values()).sources


def _find_listed(text: str, listed: Collection[str], store: Store) -> str | None:
    """Return the id of the listed article that is meant, None where none is; raises AggregatorError."""
    found = sorted(id_ for id_ in listed if text and id_.startswith(text))
    if len(found) > 1 and text not in listed:
        some = ", ".join(found[:MOST_NAMED]) + (", …" if len(found) > MOST_NAMED else "")
        raise AggregatorError(f"{len(found)} articles are meant by {text!r}, write more of it: {some}")
    if found or not listed:
        return text if text in listed else next(iter(found), None)
    with suppress(AggregatorError):
        known = find_article_id(text, store)
        return known if known in listed else None
    return None


def _list_sources(found: Quarantine, states: Mapping[str, SourceState]) -> Iterator[Row]:
    for source_id, count in found.sources.items():
        state = states.get(source_id)
        yield {
            "source": source_id,
            "quarantined": count,
            "quarantined_at": format_time_if_known(state.quarantined_at if state else None),
            "because": state.quarantined_because if state else None,
        }


def _report_article(article: Article) -> Row:
    return {
        "article": article.id,
        "source": article.source_id,
        "published_at": format_time_if_known(article.published_at),
        "quality": article.quality,
        "title": article.title,
        "url": article.web_url,
        "because": explain_quarantine(article),
    }
