"""Removing from the tree what is published no more."""

from aggregator.pipeline.publish.feed_places import list_topic_ids
from aggregator.pipeline.publish.removed_topics import find_removed_topics, render_notices
from aggregator.pipeline.removals import clear_leftovers
from aggregator.pipeline.site import Site
from aggregator.publish.files import write_files
from aggregator.publish.topic_folders import read_topics, remove_topics
from aggregator.store import forget_topic_publishers, is_end_asked, read_removal_times


def remove_obsolete_files(site: Site, *, is_clock_trusted: bool, has_changed_topics: bool) -> tuple[str, ...]:
    """Remove the files of removed topics whose time is over, and what only removed articles had.

    Return the files that changed to say that their topic is gone. Unless the topics of the configuration
    changed, or some were removed before, no folder is looked at. Raises PublishError where the folder cannot
    be used; what is not removed is left for the next time.
    """
    changed: tuple[str, ...] = ()
    if has_changed_topics or read_removal_times(site.store) or is_end_asked(site.store):
        changed = _treat_removed_topics(site, is_clock_trusted=is_clock_trusted)
    clear_leftovers(site.rules.feeds_dir, site.store)
    return changed


def _treat_removed_topics(site: Site, *, is_clock_trusted: bool) -> tuple[str, ...]:
    folder = site.rules.feeds_dir
    configured = list_topic_ids(site.rules)
    kept = find_removed_topics(folder, site, configured=configured, may_delete=is_clock_trusted)
    forget_topic_publishers(site.store, without={*configured, *kept})
    remove_topics(folder, keep={*configured, *kept})
    has_variants = site.rules.publishing.compressed
    written = write_files(folder, render_notices(folder, kept), has_variants=has_variants)
    write_files(folder, read_topics(folder, kept), has_variants=has_variants)  # where that was switched
    return written.changed
