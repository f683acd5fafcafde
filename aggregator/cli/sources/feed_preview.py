"""Feeds as `sources add` shows them: whose they are, their newest titles and the topics that these match."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import typer

from aggregator.model import Article, Source
from aggregator.rules import Rules
from aggregator.text import clean_text, cut_excerpt

if TYPE_CHECKING:
    from aggregator.pipeline.feed_search import FeedCandidate, FeedSearchResult

SHOWN_TITLES = 3
TITLE_CHARACTERS = 70


def choose_feed(finding: "FeedSearchResult", *, asks: bool) -> "FeedCandidate":
    """Return the feed to add: the first, or with ``asks`` the one that the operator chooses."""
    first, *others = finding.feeds
    if finding.is_named:
        return first
    many = f", the first of {1 + len(others)} feeds" if others else ""
    typer.echo(f"found: {first.how}{'' if asks else many}")
    if not others:
        return first
    numbered = enumerate(finding.feeds, start=1)
    typer.echo("\n".join(f"  {number}  {_format_heading(feed)}" for number, feed in numbered))
    if not asks:
        return first
    number = 0
    while not 1 <= number <= len(finding.feeds):
        number = int(typer.prompt("Which one?", default=1, type=int))
    return finding.feeds[number - 1]


def preview_feed(feed: "FeedCandidate", keys: Mapping[str, object], rules: Rules) -> Iterator[str]:
    """Yield the lines that show a feed: a heading, its newest titles with day and topics, how many match."""
    yield _format_heading(feed)
    if feed.permanent_url is not None:
        yield f"  it redirects permanently to {feed.permanent_url}"
    if feed.kind == "sitemap":
        yield "  a sitemap of news, without texts: `enrich.pages: true` reads them from the articles' pages"
    articles = sorted(feed.read.articles, key=_stated_at, reverse=True)
    topics = [_match_topics(article, keys, rules) for article in articles]
    shown = list(zip(articles, topics, strict=True))[:SHOWN_TITLES]
    width = max((len(_format_title(article)) for article, _ in shown), default=0)
    for article, found in shown:
        day = article.stated_at.date().isoformat() if article.stated_at else "undated   "
        yield f"  {day}  {_format_title(article):{width}}  {', '.join(found) or 'no topic'}"
    if not rules.topics:
        yield "  no topics are configured yet"
    elif topics:
        yield f"  {_summarise(topics)}"


def _format_heading(feed: "FeedCandidate") -> str:
    title = clean_text(feed.read.feed.title or "") or "no title"
    count = len(feed.read.articles)
    entries = f"{count} {'entry' if count == 1 else 'entries'}" if count else "no entries yet"
    return f"{cut_excerpt(title, TITLE_CHARACTERS)}: {feed.url}, {entries}"


def _stated_at(article: Article) -> datetime:
    return article.stated_at or datetime.min.replace(tzinfo=UTC)


def _format_title(article: Article) -> str:
    return cut_excerpt(clean_text(article.title), TITLE_CHARACTERS)


def _match_topics(article: Article, keys: Mapping[str, object], rules: Rules) -> tuple[str, ...]:
    """Return the topics that an article would have as one of the source that is added with these ``keys``."""
    only = keys.get("topics")
    source = Source(
        id=article.source_id,
        url="",
        topics=tuple(only) if isinstance(only, list) else (),
        assign=bool(keys.get("assign")),
    )
    return (
        replace(rules, carriers={source.id: source})
        .judge(article, [source.id], now=article.first_seen_at)
        .topics
    )


def _summarise(topics: list[tuple[str, ...]]) -> str:
    counts = Counter(topic for found in topics for topic in found)
    matched = sum(bool(found) for found in topics)
    listed = ", ".join(f"{topic} {number}" for topic, number in counts.most_common())
    return f"{matched} of {len(topics)} match a topic{f': {listed}' if listed else ''}"
