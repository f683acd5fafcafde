"""Removing from the tree what is published no more."""

from collections.abc import Collection
from datetime import datetime

from aggregator.enrich import is_monogram
from aggregator.enrich.logos import LOGO_SIDES
from aggregator.pipeline.publish.feed_places import list_topic_ids
from aggregator.pipeline.publish.removed_topics import find_removed_topics, render_notices
from aggregator.pipeline.removals import clear_leftovers
from aggregator.publish.files import lock_publication, remove_files, write_files
from aggregator.publish.removed_topic import find_publisher_icons
from aggregator.publish.topic_folders import find_topics, read_topics, remove_topics
from aggregator.publish.tree_paths import LOGOS, name_logo, name_monogram
from aggregator.rules import Rules
from aggregator.store import (
    MarkKind,
    Store,
    find_shown_publishers,
    finish_marks,
    forget_topic_publishers,
    is_end_asked,
    read_logos,
    read_marks,
    read_removal_times,
)


def remove_obsolete_files(
    *, rules: Rules, store: Store, now: datetime, is_clock_trusted: bool, has_changed_topics: bool
) -> tuple[str, ...]:
    """Remove the files of removed topics whose time is over, and what only removed articles had.

    Return the files that changed to say that their topic is gone. Unless the topics of the configuration
    changed, or some were removed before, no folder is looked at. Raises PublishError where the folder cannot
    be used; what is not removed is left for the next time.
    """
    changed: tuple[str, ...] = ()
    if has_changed_topics or read_removal_times(store) or is_end_asked(store):
        changed = _treat_removed_topics(rules, store, now, is_clock_trusted=is_clock_trusted)
    clear_leftovers(rules.feeds_dir, store)
    return changed


def remove_unused_monograms(*, rules: Rules, store: Store, now: datetime) -> None:
    """Remove the monograms that are marked, unless a page shows them; raises PublishError."""
    marks = read_marks(store, MarkKind.ICON, now=now, limit=10_000)
    if marks:
        domains = {mark.key for mark in marks}
        _remove_monograms({name_monogram(domain) for domain in domains}, domains, rules, store)
        finish_marks(store, marks)


def remove_all_unused_monograms(*, rules: Rules, store: Store) -> int:
    """Remove every monogram that no page shows, and return how many; raises PublishError."""
    if not (rules.feeds_dir / LOGOS).is_dir():
        return 0
    with lock_publication(rules.feeds_dir):  # whoever publishes writes them before the store knows of it
        there = {f"{LOGOS}/{path.name}" for path in (rules.feeds_dir / LOGOS).glob("*.svg")}
        return _remove_monograms(there, None, rules, store)


def _list_shown_monograms(domains: Collection[str], rules: Rules, store: Store) -> set[str]:
    """Return the monograms of those of the publishers, shown by a page, that have no logo."""
    with_logo = _find_publishers_with_logo(domains, rules, store)
    return {name_monogram(domain) for domain in domains if domain not in with_logo}


def _remove_monograms(
    names: Collection[str], domains: Collection[str] | None, rules: Rules, store: Store
) -> int:
    """Remove monograms, of these publishers or of any, that no page shows; return how many.

    Of removed topics only their pages tell: the store also knows who is in their feeds of articles.
    """
    folder = rules.feeds_dir
    removed = find_topics(folder, besides=list_topic_ids(rules))
    shown = _list_shown_monograms(find_shown_publishers(store, domains, without=removed), rules, store)
    unused = set(names) - shown - find_publisher_icons(folder, removed)
    return remove_files(folder, [name for name in sorted(unused) if _is_ours(rules, name)])


def _find_publishers_with_logo(domains: Collection[str], rules: Rules, store: Store) -> set[str]:
    known = read_logos(store, domains)
    return {
        domain
        for domain, logo in known.items()
        if not logo.problem
        and all((rules.feeds_dir / name_logo(domain, side)).is_file() for side in LOGO_SIDES)
    }


def _is_ours(rules: Rules, name: str) -> bool:
    path = rules.feeds_dir / name
    return path.is_file() and is_monogram(path.read_bytes())


def _treat_removed_topics(
    rules: Rules, store: Store, now: datetime, *, is_clock_trusted: bool
) -> tuple[str, ...]:
    folder = rules.feeds_dir
    configured = list_topic_ids(rules)
    kept = find_removed_topics(
        folder, rules=rules, store=store, now=now, configured=configured, may_delete=is_clock_trusted
    )
    forget_topic_publishers(store, besides={*configured, *kept})
    remove_topics(folder, keep={*configured, *kept})
    has_variants = rules.publishing.compressed
    written = write_files(folder, render_notices(folder, kept), has_variants=has_variants)
    write_files(folder, read_topics(folder, kept), has_variants=has_variants)  # where that was switched
    return written.changed
