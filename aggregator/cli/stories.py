"""``aggregator stories list`` and ``show``: which stories there are, and why."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any

import typer

from aggregator.cli.completion import TOPIC_ID
from aggregator.cli.options import DEFAULT_CONFIG, AsJson, ConfigFolder, clock, print_json
from aggregator.cli.table import format_table, format_time
from aggregator.cli.times import ALLOWED, read_time
from aggregator.cli.usable_config import read_usable_config
from aggregator.cli.workspace import Workspace, open_existing_workspace
from aggregator.errors import AggregatorError
from aggregator.model import Member
from aggregator.pipeline.explanation.story_reasons import describe_reasons
from aggregator.pipeline.explanation.subject import find_story_id
from aggregator.pipeline.publish.story_views import Stories, read_stories_of, view_story
from aggregator.publish.story_view import StoryView
from aggregator.store import (
    read_articles_since,
    read_members,
    read_stored_articles,
)

LISTED_DAYS = 3
PROPOSED = 5
COLUMNS = ("id", "published", "articles", "publishers", "independent", "lead")

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
    with open_existing_workspace(read_usable_config(config)[0]) as workspace:
        if topic is not None and topic not in {t.id for t in workspace.config.topics}:
            known = ", ".join(sorted(t.id for t in workspace.config.topics))
            raise AggregatorError(f"no topic {topic!r} is configured; there are: {known}")
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
    with open_existing_workspace(read_usable_config(config)[0]) as workspace:
        current = find_story_id(story_id, workspace.store, workspace.config.decisions)
        members = read_members(workspace.store, {current})[current]
        articles = read_stored_articles(workspace.store, [member.article_id for member in members])
        choices = workspace.rules.story_decisions.list_choices(clock())
        found = read_stories_of(articles, workspace.store, choices=choices)
        story = view_story(found, current, articles)
        shown = _ShownStory(
            id=current,
            view=story,
            members=tuple(sorted(members, key=lambda member: (member.published_at, member.turn))),
            titles={article.id: article.title for article in articles},
            stories=found,
        )
        reasons = list(
            describe_reasons(
                current,
                members,
                {article.id: article for article in articles},
                rules=workspace.rules,
                store=workspace.store,
                now=clock(),
            )
        )
    if as_json:
        print_json({**_report_story(shown), "reasons": reasons})
    else:
        typer.echo("\n".join([*_describe_story(shown), *reasons]))


def _parse_since(since: str) -> datetime:
    try:
        return read_time(since, clock())
    except (ValueError, OverflowError):
        hint = "'--since'"
        raise typer.BadParameter(f"{since!r} is no time, allowed: {ALLOWED}", param_hint=hint) from None


def _find_stories(workspace: Workspace, topic: str | None, since: datetime) -> Iterator[StoryView]:
    recent = [a for a in read_articles_since(workspace.store, since) if a.is_published]
    choices = workspace.rules.story_decisions.list_choices(clock())
    found = read_stories_of(recent, workspace.store, choices=choices)
    own: dict[str, list[str]] = {}
    for article in recent:
        if article.id in found.story_of and (topic is None or topic in article.topics):
            own.setdefault(found.story_of[article.id], []).append(article.id)
    views = (view_story(found, i, [found.articles[a] for a in ids]) for i, ids in own.items())
    several = [story for story in views if story and story.others]
    yield from sorted(several, key=lambda story: (-story.published_at.timestamp(), story.id))


def _make_row(story: StoryView) -> tuple[object, ...]:
    return (
        story.id, format_time(story.published_at), len(story.articles), story.publishers, story.independent,
        story.lead.title,
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class _ShownStory:
    """A story with its ``members`` in order of time, and their ``titles``; no ``view``: none is published."""

    id: str
    view: StoryView | None
    members: tuple[Member, ...]
    titles: Mapping[str, str]
    stories: Stories

    def is_shown(self, member: Member) -> bool:
        """Tell whether an article of the story is published."""
        return member.article_id in self.stories.articles

    def list_related(self) -> Iterator[tuple[str, str]]:
        """Yield the ids of linked stories with the title of an article of each, first of a chosen lead."""
        for other in self.stories.links.get(self.id, ())[:PROPOSED]:
            named = self.stories.find_lead(other) or next(iter(self.stories.published(other)), None)
            if named is not None:
                yield other, named.title


def _describe_story(shown: _ShownStory) -> Iterator[str]:
    yield f"story {shown.id}"
    story = shown.view
    if story is None:
        yield "no article of it is published"
    else:
        yield f"lead: {story.lead.title} ({story.lead.provider.name or story.lead.provider.domain})"
        yield f"{story.publishers} publishers, {story.independent} independent"
    rows = [
        (
            format_time(member.published_at), member.provider, "yes" if shown.is_shown(member) else "no",
            f"{member.score:.2f}", ", ".join(member.shared) or "first", shown.titles[member.article_id],
        )
        for member in shown.members
    ]  # fmt: skip
    yield from format_table(("published", "provider", "shown", "score", "joined for", "title"), rows)
    yield from (f"related: {other} {title}" for other, title in shown.list_related())


def _report_story(shown: _ShownStory) -> dict[str, Any]:
    story = shown.view
    return {
        "id": shown.id,
        "lead": story and story.lead.id,
        "publishers": story.publishers if story else 0,
        "independent": story.independent if story else 0,
        "articles": [
            {
                "id": member.article_id,
                "title": shown.titles[member.article_id],
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
