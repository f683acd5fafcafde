"""``aggregator stories``: which stories there are, why, and how well they are found."""

import json
import resource
import sys
from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from aggregator.cli.app import DEFAULT_CONFIG, ConfigFolder, Opened, app, clock, opened, read_config
from aggregator.cli.table import aligned, shown_time
from aggregator.errors import AggregatorError
from aggregator.model import Member
from aggregator.pipeline import Labelled, Stories, differing, evaluate, read_labelled, stories_of, told, tune
from aggregator.publish import Told
from aggregator.store import current_story_id, members_of, stored_articles
from aggregator.stories import Thresholds, dense_of

TUNING_ROUNDS = 60
LISTED_DAYS = 3

stories = typer.Typer(
    no_args_is_help=True,
    help="List stories, show why their articles are together, and measure how well stories are found.",
    epilog="Example: aggregator stories list --topic computer-vision",
)
app.add_typer(stories, name="stories")


@stories.command(name="list", epilog="Example: aggregator stories list --topic ai --since 2026-11-20")
def list_stories(
    topic: Annotated[str | None, typer.Option(metavar="ID", help="Only stories of this topic.")] = None,
    since: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"], help="UTC; default: three days ago."),
    ] = None,
    config: ConfigFolder = DEFAULT_CONFIG,
) -> None:
    """Print the stories that several published articles tell, the newest first."""
    with opened(read_config(config)) as desk:
        if topic is not None and topic not in {t.id for t in desk.config.topics}:
            known = ", ".join(sorted(t.id for t in desk.config.topics))
            raise AggregatorError(f"no topic {topic!r} is configured; there are: {known}")
        start = since.replace(tzinfo=UTC) if since else clock() - timedelta(days=LISTED_DAYS)
        rows = [_row(story) for story in _listed(desk, topic, start)]
    if not rows:
        typer.echo(f"no story of several articles since {shown_time(start)}")
        return
    typer.echo("\n".join(aligned(("id", "published", "articles", "publishers", "independent", "lead"), rows)))


@stories.command(epilog="Example: aggregator stories show 2ea446bd-7377-5eff-8bd8-28968fb61601")
def show(
    story_id: Annotated[str, typer.Argument(metavar="ID", help="Id of a story, or of one of its articles.")],
    config: ConfigFolder = DEFAULT_CONFIG,
) -> None:
    """Print a story's articles in order of time, its lead, and why each article is part of it."""
    with opened(read_config(config)) as desk:
        current = current_story_id(desk.store, story_id)
        members = members_of(desk.store, {current}).get(current, ()) if current else ()
        if not current or not members:
            raise AggregatorError(f"no story {story_id!r} is known: see `aggregator stories list`")
        articles = stored_articles(desk.store, [member.article_id for member in members])
        found = stories_of(articles, desk.store)
        story = told(found, current, articles)
        lines = list(_shown(current, story, members, {a.id: a.title for a in articles}, found))
    typer.echo("\n".join(lines))


@stories.command(name="evaluate", epilog="Example: aggregator stories evaluate labelled.jsonl --json")
def evaluate_command(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Articles, a JSON object a line.")],
    *,
    window_h: Annotated[float | None, typer.Option(min=1, help="Hours that a story stays open.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object, for other programs.")] = False,
    assigned: Annotated[
        Path | None, typer.Option("--assign", metavar="OUT", help="Write id and story of every article.")
    ] = None,
    tuned: Annotated[
        bool, typer.Option("--tune", help="Search better thresholds for this file; changes nothing.")
    ] = False,
    dense_model: Annotated[
        str, typer.Option(metavar="DIR", help="Sentence-transformers model for a second opinion.")
    ] = "",
) -> None:
    """Group labelled articles in order of time with the default thresholds, and print how well it went.

    Each line has `id`, `title`, `published_at`, and where known `excerpt`, `url`, `provider`, `language` and
    `story`: the label. Articles without a label take part but are not scored.
    """
    if tuned and dense_model:
        raise AggregatorError("--tune searches without a second opinion: leave out --dense-model")
    labelled, second_opinion = read_labelled(file), dense_of(dense_model)
    thresholds = Thresholds() if window_h is None else replace(Thresholds(), window_h=window_h)
    if tuned:
        _tune(labelled, thresholds)
        return
    with Progress(console=Console(stderr=True), disable=not sys.stderr.isatty(), transient=True) as progress:
        task = progress.add_task("grouping", total=len(labelled.articles))
        found, agreed, articles_per_s = evaluate(
            labelled, thresholds, lambda: progress.advance(task), second_opinion
        )
    if assigned is not None:
        rows = (json.dumps({"id": a.id, "story": found[a.id]}) for a in labelled.articles)
        assigned.write_text("".join(f"{row}\n" for row in rows), encoding="utf-8")
    figures = {k: round(v, 4) if isinstance(v, float) else v for k, v in asdict(agreed).items()}
    figures["stories_found"] = len(set(found.values()))
    report = {**figures, "articles_per_s": round(articles_per_s, 1), "peak_mib": _peak_mib()}
    typer.echo(json.dumps(report) if as_json else "\n".join(aligned(("figure", ""), list(report.items()))))


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


def _tune(labelled: Labelled, thresholds: Thresholds) -> None:
    if not labelled.labels:
        raise AggregatorError("there are no labels to tune by: give articles a `story`")
    with Progress(console=Console(stderr=True), disable=not sys.stderr.isatty(), transient=True) as progress:
        for best, reached in progress.track(tune(labelled, thresholds, TUNING_ROUNDS), TUNING_ROUNDS):
            final = best, reached
    best, reached = final
    changes = ", ".join(f"{name} {value}" for name, value in differing(best, Thresholds()).items())
    typer.echo(f"BCubed F1 {reached.bcubed_f1:.4f} (precision {reached.bcubed_precision:.4f}) with {changes}")


def _peak_mib() -> float:
    kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(kib / (1024 * 1024 if sys.platform == "darwin" else 1024), 1)
