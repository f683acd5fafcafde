"""Removing from the tree what is published no more."""

from datetime import datetime

from aggregator.pipeline.publish.feed_places import list_topic_ids
from aggregator.pipeline.publish.removed_topics import find_removed_topics, render_notices
from aggregator.pipeline.removals import clear_leftovers
from aggregator.publish.files import write_files
from aggregator.publish.topic_folders import read_topics, remove_topics
from aggregator.rules import Rules
from aggregator.store import Store, forget_topic_publishers, is_end_asked, read_removal_times


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


def _treat_removed_topics(
    rules: Rules, store: Store, now: datetime, *, is_clock_trusted: bool
) -> tuple[str, ...]:
    folder = rules.feeds_dir
    configured = list_topic_ids(rules)
    kept = find_removed_topics(
        folder, rules=rules, store=store, now=now, configured=configured, may_delete=is_clock_trusted
    )
    forget_topic_publishers(store, without={*configured, *kept})
    remove_topics(folder, keep={*configured, *kept})
    has_variants = rules.publishing.compressed
    written = write_files(folder, render_notices(folder, kept), has_variants=has_variants)
    write_files(folder, read_topics(folder, kept), has_variants=has_variants)  # where that was switched
    return written.changed
