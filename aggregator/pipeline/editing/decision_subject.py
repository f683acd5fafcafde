"""What an editor decides on: an article, or for a takedown all that a publisher has."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from aggregator.config.keys.decision_keys import is_address, read_host
from aggregator.errors import AggregatorError
from aggregator.model import Article
from aggregator.model.decisions import PAIR_VERBS, Decision, Verb
from aggregator.pipeline.explanation.subject import find_article_id, find_story_article
from aggregator.pipeline.publish.decision_changes import find_published_by
from aggregator.store import Store, find_article, read_items_by_id
from aggregator.text import clean_cell, cut_excerpt, format_time

LONGEST_COMMENT = 80


@dataclass(frozen=True, kw_only=True, slots=True)
class Subject:
    """What is decided on: its ``target`` is as the file has it, ``comment`` stands beside it there.

    ``lines`` tell what it is, ``feeds`` show it now. ``article`` is None where a publisher is meant, or an
    article that is not stored.
    """

    target: str
    comment: str
    lines: tuple[str, ...]
    feeds: tuple[str, ...]
    article: Article | None = None


def find_subject(verb: Verb, target: str, store: Store, decisions: Iterable[Decision]) -> Subject:
    """Return what an editor means; raises AggregatorError where that is nothing, or several things.

    ``decisions`` may have retitled what is meant.
    """
    if verb in PAIR_VERBS:
        return describe_article(find_story_article(target, store, decisions), store, decisions)
    if verb is not Verb.TAKEDOWN:
        return describe_article(target, store, decisions)
    host = read_host(target.strip()) if "." in target or "://" in target else None
    if host is not None:
        return _describe_publisher(host, store)
    try:
        return describe_article(target, store, decisions)
    except AggregatorError:
        if not is_address(target):
            raise
        line = f"no article at {clean_cell(target)} is stored: it is kept out when it comes"
        return Subject(target=target, comment="", lines=(line,), feeds=())


def describe_article(target: str, store: Store, decisions: Iterable[Decision]) -> Subject:
    """Return the article that an editor means; raises AggregatorError where that is nothing, or several."""
    article_id = find_article_id(target, store, decisions)
    article = find_article(store, article_id)
    if article is None:
        raise AggregatorError(f"article {article_id} is not stored any more: there is nothing to decide")
    feeds = _find_feeds([article_id], store)
    where = ", ".join(feeds) or "no feed"
    domain, address = article.provider.domain, article.web_url or article.original_url
    return Subject(
        target=article_id,
        comment=clean_cell(f"{cut_excerpt(article.title, LONGEST_COMMENT)} – {address or domain}"),
        lines=(
            clean_cell(f"article {article_id}: {article.title}"),
            clean_cell(f"of {domain}, {format_time(article.published_at)}, in {where}"),
        ),
        feeds=feeds,
        article=article,
    )


def _describe_publisher(host: str, store: Store) -> Subject:
    ids = find_published_by([host], store)
    feeds = _find_feeds(ids, store)
    noun = "stored article" if len(ids) == 1 else "stored articles"
    where = ", ".join(feeds) or "no feed"
    lines = (f"publisher {host}, with all below it: {len(ids):,} {noun}, in {where}",)
    return Subject(target=host, comment="", lines=lines, feeds=feeds)


def _find_feeds(article_ids: Collection[str], store: Store) -> tuple[str, ...]:
    """Return the feeds that hold any of these articles by themselves, or a story of that id."""
    found = read_items_by_id(store, article_ids)
    return tuple(sorted({item.feed for items in found.values() for item in items}))
