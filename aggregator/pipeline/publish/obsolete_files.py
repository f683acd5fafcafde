"""Removing from the tree what is published no more."""

from dataclasses import dataclass
from datetime import datetime

from aggregator.errors import PublishError
from aggregator.pipeline.publish.public_articles import find_unused_monograms
from aggregator.pipeline.publish.removed_topics import find_removed_topics, render_notices
from aggregator.pipeline.publish.site_view import SiteView
from aggregator.pipeline.removals import clear_leftovers
from aggregator.publish.files import remove_files, write_files
from aggregator.publish.topic_folders import remove_topics
from aggregator.rules import Rules
from aggregator.store import Store


@dataclass(frozen=True, kw_only=True, slots=True)
class Removal:
    """What removing did: files that ``changed`` to say that their topic is gone, and a line an error."""

    changed: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()


def remove_obsolete_files(
    view: SiteView,
    *,
    rules: Rules,
    store: Store,
    now: datetime,
    is_clock_trusted: bool,
    has_failed: bool,
) -> Removal:
    """Remove the files of removed topics whose time is over, unused monograms, and what articles left.

    Where writing ``has_failed``, old pages may still show monograms: these stay. Raises PublishError where
    the folder cannot be used; what only removed articles had is left for the next time, with an error.
    """
    kept = find_removed_topics(
        view.folder, rules=rules, store=store, now=now, configured=view.topics, may_delete=is_clock_trusted
    )
    remove_topics(view.folder, keep=view.topics.keys() | kept.keys())
    changed = write_files(view.folder, render_notices(view.folder, kept)).changed
    if not has_failed:
        remove_files(view.folder, find_unused_monograms(view.folder, view.monograms, also_on=kept))
    try:
        clear_leftovers(view.folder, store)
    except PublishError as error:
        return Removal(changed=changed, errors=(str(error),))
    return Removal(changed=changed)
