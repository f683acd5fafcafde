"""``aggregator stories list`` and ``show``: which stories there are, and why."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Annotated, Any

import typer

from aggregator.cli.completion import TOPIC_ID
from aggregator.cli.editing.decision_lines import describe_over, report_over
from aggregator.cli.named_ids import check_topics
from aggregator.cli.options import DEFAULT_CONFIG, AsJson, ConfigFolder, clock, print_json
from aggregator.cli.terminal.table import format_table
from aggregator.cli.terminal.times import ALLOWED, read_time
from aggregator.cli.usable_config import read_usable_config
from aggregator.cli.workspace import Workspace, open_existing_workspace
from aggregator.config.typed_commands import complete_commands
from aggregator.pipeline.explanation.decisions_on_story import find_decisions_on_story
from aggregator.pipeline.explanation.explained_stories import (
    ExplainedStory,
    find_newest_stories,
    read_explained_story,
)
from aggregator.pipeline.explanation.story_reasons import describe_reasons
from aggregator.pipeline.explanation.subject import find_story_id
from aggregator.publish.story_view import StoryView
from aggregator.text import clean_cell, format_count, format_time

LISTED_DAYS = 3
PROPOSED = 5
COLUMNS = ("id", "published", "articles", "publishers", "independent", "lead")
SCORE = "score: how near its story an article was when it joined; likeness: of two articles or stories, now"

app = typer.Typer()


@app.command(name="list", epilog="Example: aggregator stories list --topic ai --since yesterday")
def list_stories(
    topic: Annotated[
        str | None,
        typer.Option(**TOPIC_ID, help="Only stories of this topic."),
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(
            metavar="TIME", help="A day or time (UTC), or `yesterday`, `12h`, `3d`; default: three days ago."
        ),
    ] = None,
    as_json: AsJson = False,
    config: ConfigFolder = DEFAULT_CONFIG,
) -> None:
    """Print the stories that several published articles tell, the newest first."""
    start = _parse_since(since) if since is not None else clock() - timedelta(days=LISTED_DAYS)
    with open_existing_workspace(read_usable_config(config).config) as workspace:
        check_topics([] if topic is None else [topic], workspace.rules.topics_by_id)
        rows = [_make_row(story) for story in _find_stories(workspace, topic, start)]
    if as_json:
        print_json(
            {"since": format_time(start), "stories": [dict(zip(COLUMNS, row, strict=True)) for row in rows]}
        )
        return
    if not rows:
        typer.echo(f"no story of several articles since {format_time(start)}")
        return
    typer.echo("\n".join(format_table(COLUMNS, rows)))


@app.command(epilog="Example: aggregator stories show 2ea446bd")
def show(
    story_id: Annotated[
        str,
        typer.Argument(
            metavar="STORY",
            help="Its id, or one of its articles: id, how one begins, an address, or words of a title.",
        ),
    ],
    as_json: AsJson = False,
    config: ConfigFolder = DEFAULT_CONFIG,
) -> None:
    """Print a story's articles in order of time, its lead, and why each article is part of it."""
    with open_existing_workspace(read_usable_config(config).config) as workspace:
        current = find_story_id(story_id, workspace.store, workspace.config.decisions)
        shown = read_explained_story(current, workspace.look_at_site(clock()))
        on_story = find_decisions_on_story(current, {*shown.articles}, workspace.look_at_site(clock()))
        reasons = list(
            describe_reasons(
                current,
                shown.members,
                shown.articles,
                workspace.look_at_site(clock()),
            )
        )
    if as_json:
        over = list(map(report_over, on_story.over))
        print_json({**_report_story(shown), "reasons": reasons, "decisionsOver": over})
    else:
        over_lines = map(clean_cell, describe_over(on_story.over))
        lines = [*_describe_story(shown), *reasons, *over_lines]
        typer.echo("\n".join(complete_commands(line, config) for line in lines))


def _parse_since(since: str) -> datetime:
    try:
        return read_time(since, clock())
    except (ValueError, OverflowError):
        hint = "'--since'"
        raise typer.BadParameter(f"{since!r} is no time, allowed: {ALLOWED}", param_hint=hint) from None


def _find_stories(workspace: Workspace, topic: str | None, since: datetime) -> Iterator[StoryView]:
    return find_newest_stories(topic, since, workspace.look_at_site(clock()))


def _make_row(story: StoryView) -> tuple[object, ...]:
    return (
        story.id, format_time(story.published_at), len(story.articles), story.publishers, story.independent,
        story.lead.title,
    )  # fmt: skip


def _describe_story(shown: ExplainedStory) -> Iterator[str]:
    yield f"story {shown.id}"
    story = shown.view
    if story is None:
        yield "no article of it is published"
    else:
        yield f"lead: {story.lead.title} ({story.lead.provider.name or story.lead.provider.domain})"
        yield f"{format_count(story.publishers, 'publisher')}, {story.independent} independent"
    rows = [
        (
            format_time(member.published_at), member.provider, "yes" if shown.is_shown(member) else "no",
            f"{member.score:.2f}", ", ".join(shown.spell_shared(member)) or "first",
            shown.articles[member.article_id].title,
        )
        for member in shown.members
    ]  # fmt: skip
    yield from format_table(("published", "provider", "shown", "score", "joined for", "title"), rows)
    if len(rows) > 1:
        yield f"({SCORE})"
    yield from (f"related: {other} {title}" for other, title in shown.list_related())


def _report_story(shown: ExplainedStory) -> dict[str, Any]:
    story = shown.view
    return {
        "id": shown.id,
        "lead": story and story.lead.id,
        "publishers": story.publishers if story else 0,
        "independent": story.independent if story else 0,
        "articles": [
            {
                "id": member.article_id,
                "title": shown.articles[member.article_id].title,
                "provider": member.provider,
                "published": format_time(member.published_at),
                "isShown": shown.is_shown(member),
                "score": round(member.score, 2),
                "joinedFor": list(member.shared),
            }
            for member in shown.members
        ],
        "related": [{"id": other, "title": title} for other, title in shown.list_related()],
    }
