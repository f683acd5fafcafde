"""``aggregator stories list`` and ``show``: which stories there are, and why."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from aggregator.cli.desk import Opened, opened_to_read
from aggregator.cli.options import DEFAULT_CONFIG, ConfigFolder, clock, read_config
from aggregator.cli.table import aligned, shown_time
from aggregator.errors import AggregatorError
from aggregator.model import Member
from aggregator.pipeline.telling import Stories, stories_of, told
from aggregator.publish.told import Told
from aggregator.store import current_story_id, members_of, stored_articles

LISTED_DAYS = 3

app = typer.Typer()


@app.command(name="list", epilog="Example: aggregator stories list --topic ai --since 2026-11-20")
def list_stories(
    topic: Annotated[str | None, typer.Option(metavar="ID", help="Only stories of this topic.")] = None,
    since: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"], help="UTC; default: three days ago."),
    ] = None,
    config: ConfigFolder = DEFAULT_CONFIG,
) -> None:
    """Print the stories that several published articles tell, the newest first."""
    with opened_to_read(read_config(config)) as desk:
        if topic is not None and topic not in {t.id for t in desk.config.topics}:
            known = ", ".join(sorted(t.id for t in desk.config.topics))
            raise AggregatorError(f"no topic {topic!r} is configured; there are: {known}")
        start = since.replace(tzinfo=UTC) if since else clock() - timedelta(days=LISTED_DAYS)
        rows = [_row(story) for story in _listed(desk, topic, start)]
    if not rows:
        typer.echo(f"no story of several articles since {shown_time(start)}")
        return
    typer.echo("\n".join(aligned(("id", "published", "articles", "publishers", "independent", "lead"), rows)))


@app.command(epilog="Example: aggregator stories show 2ea446bd-7377-5eff-8bd8-28968fb61601")
def show(
    story_id: Annotated[str, typer.Argument(metavar="ID", help="Id of a story, or of one of its articles.")],
    config: ConfigFolder = DEFAULT_CONFIG,
) -> None:
    """Print a story's articles in order of time, its lead, and why each article is part of it."""
    with opened_to_read(read_config(config)) as desk:
        current = current_story_id(desk.store, story_id)
        members = members_of(desk.store, {current}).get(current, ()) if current else ()
        if not current or not members:
            raise AggregatorError(f"no story {story_id!r} is known: see `aggregator stories list`")
        articles = stored_articles(desk.store, [member.article_id for member in members])
        found = stories_of(articles, desk.store)
        story = told(found, current, articles)
        lines = list(_shown(current, story, members, {a.id: a.title for a in articles}, found))
    typer.echo("\n".join(lines))


def _listed(desk: Opened, topic: str | None, since: datetime) -> Iterator[Told]:
    recent = [a for a in desk.store.articles_since(since) if a.is_published]
    found = stories_of(recent, desk.store)
    own: dict[str, list[str]] = {}
    for article in recent:
        if article.id in found.story_of and (topic is None or topic in article.topics):
            own.setdefault(found.story_of[article.id], []).append(article.id)
    all_told = (told(found, i, [found.articles[a] for a in ids]) for i, ids in own.items())
    several = [story for story in all_told if story and story.others]
    yield from sorted(several, key=lambda story: (-story.published_at.timestamp(), story.id))


def _row(story: Told) -> tuple[object, ...]:
    return (
        story.id, shown_time(story.published_at), len(story.articles), story.publishers, story.independent,
        story.lead.title,
    )  # fmt: skip


def _shown(
    story_id: str, story: Told | None, members: tuple[Member, ...], titles: dict[str, str], found: Stories
) -> Iterator[str]:
    yield f"story {story_id}"
    if story is None:
        yield "no article of it is published"
    else:
        yield f"lead: {story.lead.title} ({story.lead.provider.name or story.lead.provider.domain})"
        yield f"{story.publishers} publishers, {story.independent} independent"
    rows = [
        (
            shown_time(member.published_at), member.provider,
            "yes" if member.article_id in found.articles else "no",
            f"{member.score:.2f}", ", ".join(member.shared) or "first", titles[member.article_id],
        )
        for member in sorted(members, key=lambda member: (member.published_at, member.turn))
    ]  # fmt: skip
    yield from aligned(("published", "provider", "shown", "score", "joined for", "title"), rows)
    for other in found.links.get(story_id, ())[:5]:
        first = next(iter(found.published(other)), None)
        if first is not None:
            yield f"related: {other} {first.title}"
