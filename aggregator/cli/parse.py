"""``aggregator parse``: what documents would become, without storing anything."""

import asyncio
import json
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import typer

from aggregator.cli.fetchers import fetch_limits
from aggregator.cli.options import DEFAULT_CONFIG, ConfigFolder, clock, read_config
from aggregator.cli.terminal.log import log_to_stderr
from aggregator.config import Config, Settings
from aggregator.errors import AggregatorError, ParseError, describe_error
from aggregator.fetch.decode import undo_gzip
from aggregator.fetch.feed import Fetcher
from aggregator.model import Article, Fetched, Known, Source
from aggregator.parse import ParseJob, ParseResult, read_news, resolve_articles
from aggregator.parse.documents.sitemap import find_sitemap_kind
from aggregator.pipeline.poll.decide import assign_providers
from aggregator.publish.record_json import render_record_json
from aggregator.rules import Rules

app = typer.Typer()


@dataclass(frozen=True, kw_only=True, slots=True)
class _Document:
    name: str
    url: str
    body: bytes
    content_type: str | None = None


@app.command(epilog="Example: aggregator parse --json saved.xml https://example.org/feed.xml")
def parse(
    documents: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE|URL...", help="What to read; a file is read as of no configured source."
        ),
    ],
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object a document, on a line of its own.")
    ] = False,
    config: ConfigFolder = DEFAULT_CONFIG,
) -> None:
    """Show what documents would become, with every problem found; writes nothing.

    Exits 1 only if none of the documents could be read.
    """
    log_to_stderr(logging.ERROR)
    checked = _read_config(config)
    rules = Rules.of(checked, {})
    worked = [_show_document(name, rules, checked.settings, as_json=as_json) for name in documents]
    if not any(worked):
        raise typer.Exit(1)


def _read_config(folder: Path) -> Config:
    return read_config(folder) if folder.is_dir() or folder != DEFAULT_CONFIG else Config.default()


def _show_document(name: str, rules: Rules, settings: Settings, *, as_json: bool) -> bool:
    try:
        read = _read(_load(name, settings), rules)
    except (AggregatorError, OSError) as error:
        _print_articles(name, None, [_describe_failure(error, name)], (), as_json=as_json, rules=rules)
        return False
    judged = tuple(rules.judge(article, (article.source_id,), now=clock()) for article in read.articles)
    single = resolve_articles(read.articles, Known(), now=clock()).inserted
    same = len(judged) - len(single)
    _print_articles(
        name,
        read.feed.title,
        [one.text for one in read.problems],
        judged,
        same=same,
        as_json=as_json,
        rules=rules,
    )
    return True


def _read(document: _Document, rules: Rules) -> ParseResult:
    known = next((s for s in rules.sources.values() if s.url == document.url), None)
    kind: Literal["feed", "sitemap"] = "sitemap" if find_sitemap_kind(document.body) else "feed"
    source = known or Source(id=document.name, url=document.url, kind=kind)
    job = ParseJob(
        body=document.body, source=source, now=clock(), url=document.url, content_type=document.content_type
    )
    return assign_providers(read_news(job), source, rules)


def _load(name: str, settings: Settings) -> _Document:
    if not name.startswith(("http://", "https://")):
        limit_bytes = settings.fetch.max_body_bytes
        body = undo_gzip(name, Path(name).read_bytes(), limit_bytes=limit_bytes)
        return _Document(name=name, url="", body=body)
    fetched = asyncio.run(_fetch(name, settings))
    return _Document(name=name, url=fetched.final_url, body=fetched.body, content_type=fetched.content_type)


async def _fetch(url: str, settings: Settings) -> Fetched:
    async with Fetcher(fetch_limits(settings)) as fetcher:
        return await fetcher.get(url)


def _describe_failure(error: Exception, name: str) -> str:
    if isinstance(error, ParseError):
        return error.reason
    if isinstance(error, OSError):
        return f"cannot be read: {error.strerror or describe_error(error)}"
    return str(error).removeprefix(f"{name}: ")


def _print_articles(
    name: str, title: str | None, problems: Sequence[str], articles: Sequence[Article], *,
    as_json: bool, rules: Rules, same: int = 0,
) -> None:  # fmt: skip
    names = {topic.id: topic.name for topic in rules.topics}
    locale = rules.site.locale
    if as_json:
        records = [render_record_json(a, topic_names=names, locale=locale) for a in articles]
        report = {
            "source": name,
            "title": title,
            "problems": list(problems),
            "same": same,
            "articles": records,
        }
        typer.echo(json.dumps(report, ensure_ascii=False))
    else:
        notes = [f"{same} of them taken for the same as another"] if same else []
        notes += [f"problem: {problem}" for problem in problems]
        typer.echo("\n".join(_format_lines(f"{name or '.'}: {title or 'no title'}", notes, articles, names)))


def _format_lines(
    heading: str, notes: Sequence[str], articles: Sequence[Article], names: dict[str, str]
) -> Iterator[str]:
    yield f"{heading}, {len(articles)} articles"
    yield from (f"  {note}" for note in notes)
    for article in articles:
        topics = ", ".join(names[topic] for topic in article.topics) or "no topic"
        address = article.web_url or article.original_url or "no address"
        yield f"  {article.published_at:%Y-%m-%d %H:%M}  {article.title}"
        yield f"      {article.provider.name}; quality {article.quality}; {topics}; {address}"
