"""Removing what is past its time: articles and sources from the store, then their files from the tree."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from aggregator.enrich.logos import LOGO_SIDES
from aggregator.pipeline.feed_sizes import size_feeds
from aggregator.pipeline.site import Site
from aggregator.publish.files import remove_files
from aggregator.publish.record_file import IMPORTED
from aggregator.publish.tree_paths import PICTURE_COPIES, RECORDS, name_logo
from aggregator.store import (
    Leftovers,
    Store,
    count_articles_before,
    count_sources_to_forget,
    find_leftovers,
    forget_idle_pictures,
    forget_leftovers,
    forget_removed_sources,
    forget_robots_files,
    remove_articles_before,
)

PICTURES_KEPT = timedelta(days=90)
"""Since a feed last showed them, where no article that is stored does."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Pruned:
    """How many articles and sources were removed."""

    articles: int = 0
    sources: int = 0


def prune(site: Site) -> Pruned:
    """Remove articles past ``publish.retention_days``, and sources that have been removed for so long.

    What the articles leave in the tree goes with the next publication; pictures that no feed has shown for
    long are forgotten at once.
    """
    before = site.now - timedelta(days=site.rules.publishing.retention_days)
    articles = remove_articles_before(site.store, before)
    folder = site.rules.feeds_dir
    forget_idle_pictures(
        site.store, site.now - PICTURES_KEPT, lambda names: remove_files(folder, _name_copies(names)),
        size_of=size_feeds(site.rules), now=site.now,
    )  # fmt: skip
    forget_robots_files(site.store, site.now)
    return Pruned(articles=articles, sources=forget_removed_sources(site.store, before, now=site.now))


def count_prunable(site: Site) -> Pruned:
    """Return how many articles and sources ``prune`` would remove, and remove none."""
    before = site.now - timedelta(days=site.rules.publishing.retention_days)
    return Pruned(
        articles=count_articles_before(site.store, before),
        sources=count_sources_to_forget(site.store, before),
    )


def clear_leftovers(folder: Path, store: Store) -> int:
    """Remove from the tree in ``folder`` and the store what only removed articles had; return how many files.

    Raises PublishError where a file cannot be removed: the rest is then left for the next time.
    """
    removed = 0
    while (left := find_leftovers(store, except_source=IMPORTED)) is not None:
        removed += remove_files(folder, _list_files(left))
        forget_leftovers(store, left, except_source=IMPORTED)
    return removed


def _list_files(left: Leftovers) -> list[str]:
    return [
        *(f"{RECORDS}/{name}" for name in left.records),
        *_name_copies(left.copies),
        *(name_logo(domain, side) for domain in left.logos for side in LOGO_SIDES),
    ]


def _name_copies(names: Sequence[str]) -> list[str]:
    return [f"{PICTURE_COPIES}/{name}" for name in names]
