"""``aggregator explain``: the whole life of an article, and why every feed shows it or not."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from typing import Annotated, Any

import typer

from aggregator.cadence import explain_disappearance
from aggregator.cli.editing.decision_lines import (
    ON_STORY_OVER,
    describe_decisions,
    describe_over,
    report_decision,
    report_over,
)
from aggregator.cli.editing.explanation_summary import REMOVED, format_bounds, summarise_life
from aggregator.cli.options import DEFAULT_CONFIG, AsJson, ConfigFolder, clock, print_json
from aggregator.cli.terminal.table import format_table, format_time_if_known
from aggregator.cli.usable_config import read_usable_config
from aggregator.cli.workspace import Workspace, open_existing_workspace
from aggregator.config.typed_commands import complete_commands, spell_config
from aggregator.curate.editor_rules import RuleTrace
from aggregator.enrich.reuse_limits import format_wishes
from aggregator.model import Article, Disappearance
from aggregator.model.corrections import PublicCorrection
from aggregator.pipeline.explanation.article_life import ArticleLife, read_article_life
from aggregator.pipeline.explanation.feed_reasons import FeedReason
from aggregator.pipeline.explanation.field_values import format_field
from aggregator.pipeline.explanation.story_reasons import describe_reasons
from aggregator.pipeline.explanation.subject import find_article_id
from aggregator.store import read_members, read_stored_articles
from aggregator.store.articles.article_search import FirstSighting
from aggregator.text import clean_cell, format_time

LONGEST = 70
"""Characters of a field's value."""

app = typer.Typer()


@app.command(epilog="Example: aggregator explain https://publisher.example/2026/volcano-erupts")
def explain(
    article: Annotated[
        str,
        typer.Argument(
            metavar="ARTICLE", help="Its id, how that begins, any address of it, or words of its title."
        ),
    ],
    with_all: Annotated[
        bool,
        typer.Option("--all", help="Also sources, fields, topics, rules, decisions, quality and story."),
    ] = False,
    as_json: AsJson = False,
    config: ConfigFolder = DEFAULT_CONFIG,
) -> None:
    """Tell which feeds have an article and why, and what keeps it out of others; --all tells its life.

    Also of one that is quarantined, in no feed, part of another, or was removed: what is still known.
    """
    with open_existing_workspace(read_usable_config(config).config) as workspace:
        store = workspace.store
        article_id = find_article_id(article, store, workspace.config.decisions)
        life = read_article_life(article_id, workspace.look_at_site(clock()))
        if not (with_all or as_json):
            count = len(read_members(store, {life.story_id or ""}).get(life.story_id or "", ()))
            for line in summarise_life(life, in_story=count, where=spell_config(config)):
                typer.echo(clean_cell(complete_commands(line, config)))
            return
        story = list(_describe_story(life, workspace))
    if as_json:
        print_json(_report(life, story))
    else:
        lines = (clean_cell(complete_commands(line, config)) for line in _describe(life, story))
        typer.echo("\n".join(lines))


def _describe(life: ArticleLife, story: list[str]) -> Iterator[str]:
    article = life.article
    yield f"article {life.article_id}"
    yield from _describe_state(life)
    yield from _describe_sightings(life)
    yield from _describe_corrections(life.corrections)
    if article is None:
        yield from describe_over(life.over)
        return
    yield from _describe_content(article)
    yield "topics:" if life.topics else "topics: none"
    yield from (f"- {topic_id}: {why}" for topic_id, why in life.topics.items())
    yield from _describe_rules(life.rules)
    yield from describe_decisions(life.decisions, idle=life.idle)
    yield from describe_over(life.over)
    yield from map(_describe_disappearance, life.disappearances)
    parts = ", ".join(f"{name} {points:+d}" for name, points in article.quality_parts.items() if points)
    yield f"quality {article.quality}: {parts or 'nothing is known of its parts'}"
    yield from story
    yield from describe_over(life.on_story.over, ON_STORY_OVER)
    yield from _describe_feeds(life.feeds)


def _describe_rules(traces: Sequence[RuleTrace]) -> Iterator[str]:
    """Yield a line for each editors' rule, and for each of its clauses that says no."""
    if traces:
        yield "rules:"
    for trace in traces:
        clauses = "; ".join(
            f"{'holds' if clause.holds else 'does not hold'}: {clause.text}"
            + (f" ({clause.error})" if clause.error else "")
            for clause in trace.clauses
        )
        state = "applied" if trace.is_applied else "not applied" + (f", {trace.why}" if trace.why else "")
        yield f"- {trace.rule_id}: {state}" + (f"; {clauses}" if clauses else "")


def _describe_corrections(corrections: Sequence[PublicCorrection]) -> Iterator[str]:
    """Yield a line for each thing that subscribers were told, the newest first."""
    if corrections:
        yield "subscribers were told:"
    for one in corrections:
        published = f"in files {format_time(one.published_at)}" if one.published_at else "in no file yet"
        yield f"- {one.kind.value} {format_time(one.at)}: {one.reason or 'without a reason'} ({published})"


def _describe_disappearance(one: Disappearance) -> str:
    state = "seen once"
    if one.rejected_at is not None:
        state = f"refused {format_time(one.rejected_at)}"
    elif one.proposed_at is not None:
        state = "certain" if one.is_confirmed else "proposed" if one.is_proposed else "not proposed any more"
    since = format_time(one.missing_since_at)
    return f"disappeared at {one.source_id} since {since} ({state}): {explain_disappearance(one)}"


def _describe_feeds(feeds: Sequence[FeedReason]) -> Iterator[str]:
    """Yield a line for each feed, one for all that have the same to say, those that show it first."""
    alike: dict[FeedReason, list[str]] = {}
    for reason in sorted(feeds, key=lambda reason: not reason.is_shown):
        alike.setdefault(replace(reason, feed=""), []).append(reason.feed)
    yield "feeds:"
    for reason, names in alike.items():
        state = "in" if reason.is_shown else "not in"
        yield f"- {state} {', '.join(names)}: {reason.why}{format_bounds(reason)}"
        yield from (f"    to change that: {change}" for change in reason.changes)


def _describe_state(life: ArticleLife) -> Iterator[str]:
    if life.article is None:
        yield REMOVED
        return
    shown = sum(reason.is_shown for reason in life.feeds)
    yield f"title: {life.title}"
    if life.title != life.article.title:
        yield f"its publisher's title: {life.article.title}"
    yield f"in {shown} of {len(life.feeds)} feeds now"


def _describe_sightings(life: ArticleLife) -> Iterator[str]:
    yield "sources:" if life.sightings else "sources: none is remembered"
    for one in life.sightings:
        seen = format_time_if_known(one.first_seen_at) or "long ago"
        yield f"- {one.source_id}: first seen {seen}" + (
            f", under the id {one.entry_id}" if one.entry_id else ""
        )
    yield from (f"address: {url}" for url in life.urls)


def _describe_content(article: Article) -> Iterator[str]:
    rows = [
        (name, origin, _shorten(format_field(article, name)))
        for name, origin in sorted(article.origins.items())
    ]
    yield f"publisher: {article.provider.name or article.provider.domain} ({article.provider.domain})"
    times = (("published", article.published_at), ("updated", article.updated_at))
    yield ", ".join(f"{name} {format_time(at)}" for name, at in times)
    yield from format_table(("field", "from", "value"), rows) if rows else ()
    yield from _describe_reuse(article)


def _describe_reuse(article: Article) -> Iterator[str]:
    """Yield what its publisher says about reuse; docs/reuse.md tells what is made of each rule."""
    wishes, is_granted = ", ".join(format_wishes(article.wishes)), article.provider.is_reuse_granted
    if wishes:
        yield f"its page wishes: {wishes}"
    if is_granted:
        yield "reuse is granted (providers.yaml), whatever its page wishes"
    yield from (f"{where}: {what}" for where, what in article.wishes.statements)


def _shorten(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _describe_story(life: ArticleLife, workspace: Workspace) -> Iterator[str]:
    if life.article is None:
        return
    if life.story_id is None:
        yield "story: none yet, it is placed with the next articles"
        return
    members = read_members(workspace.store, {life.story_id}).get(life.story_id, ())
    articles = {a.id: a for a in read_stored_articles(workspace.store, [m.article_id for m in members])}
    yield f"story {life.story_id} of {len(members)}: `aggregator stories show {life.story_id[:8]}`"
    yield from describe_reasons(life.story_id, members, articles, workspace.look_at_site(clock()))


def _report(life: ArticleLife, story: list[str]) -> dict[str, Any]:
    article = life.article
    return {
        "id": life.article_id,
        "isStored": article is not None,
        "title": article and article.title,
        "shownTitle": life.title or None,
        "provider": article and article.provider.domain,
        "published": article and format_time(article.published_at),
        "updated": article and format_time(article.updated_at),
        "sources": [_report_sighting(one) for one in life.sightings],
        "addresses": list(life.urls),
        "origins": dict(article.origins) if article else {},
        "wishes": list(format_wishes(article.wishes)) if article else [],
        "statements": list(map(list, article.wishes.statements)) if article else [],
        "isReuseGranted": article is not None and article.provider.is_reuse_granted,
        "topics": dict(life.topics),
        "decisions": [report_decision(one, life.idle.get(one.id)) for one in life.decisions],
        "decisionsOver": list(map(report_over, life.over)),
        "disappearances": [_describe_disappearance(one) for one in life.disappearances],
        "corrections": [
            {
                "kind": one.kind.value,
                "at": format_time(one.at),
                "publicReason": one.reason,
                "inFilesAt": format_time_if_known(one.published_at),
                "atHubAt": format_time_if_known(one.pinged_at),
            }
            for one in life.corrections
        ],
        "rules": [asdict(trace) for trace in life.rules],
        "quality": article and article.quality,
        "qualityParts": dict(article.quality_parts) if article else {},
        "story": life.story_id,
        "storyReasons": story[1:],
        "storyDecisions": [report_decision(one, None) for one in life.on_story.counting],
        "storyDecisionsOver": list(map(report_over, life.on_story.over)),
        "feeds": [_report_feed(one) for one in life.feeds],
    }


def _report_sighting(one: FirstSighting) -> dict[str, str | None]:
    first_seen = format_time_if_known(one.first_seen_at)
    return {"source": one.source_id, "firstSeen": first_seen, "entryId": one.entry_id}


def _report_feed(one: FeedReason) -> dict[str, Any]:
    return {
        "feed": one.feed,
        "isShown": one.is_shown,
        "why": one.why,
        "place": one.place,
        "since": format_time_if_known(one.since_at),
        "until": format_time_if_known(one.until_at),
        "mayStay": one.may_stay,
        "changes": list(one.changes),
    }
