"""One publication: from stored articles to the published tree.

articles ─► judge again (rules changed) ─► select ─► view ─► find what changed ─► write
files of what is published no more ─► remove
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from aggregator.pipeline.publish.judgements import judge_again
from aggregator.pipeline.publish.obsolete_files import Removal, remove_obsolete_files
from aggregator.pipeline.publish.selection import ALL, select_feeds
from aggregator.pipeline.publish.site_view import SiteView, view_site
from aggregator.pipeline.publish.story_pages import StoryPages, publish_story_pages
from aggregator.pipeline.publish.topic_files import TopicFiles, write_topics
from aggregator.pipeline.publish.tree_state import UNKNOWN, TopicChanges, TreeState, find_changes
from aggregator.rules import Rules
from aggregator.store import Store


@dataclass(frozen=True, kw_only=True, slots=True)
class Publication:
    """What publishing did: files ``changed``, and the number of ``items`` of every topic's feeds of stories.

    ``errors`` name the topics whose last good files were left in place, and why. ``state`` is what the next
    publication starts from.
    """

    changed: tuple[str, ...]
    unchanged: int
    items: Mapping[str, int]
    errors: tuple[str, ...]
    state: TreeState


def publish(
    *,
    rules: Rules,
    store: Store,
    now: datetime,
    only: Collection[str] | None = None,
    before: TreeState = UNKNOWN,
    is_clock_trusted: bool = True,
) -> Publication:
    """Write the published tree from what is stored, for the topics in ``only`` or, if None, for all.

    Articles are judged again first where the rules have changed since they were judged last. ``before`` is
    what the publication before, by this process, left: topics that show the same are not written again while
    their files are there. Nothing goes by its age unless ``is_clock_trusted``.
    """
    judge_again(rules, store)
    selected = select_feeds(rules=rules, store=store, now=now)
    view = view_site(selected, rules=rules, store=store)
    changes = find_changes(view, before=before, only=only)
    pages, removal = StoryPages(), Removal()
    if ALL in changes.wanted:
        again = {story.id for story in selected[ALL].stories} if ALL in changes.due else ()
        pages = publish_story_pages(rules=rules, store=store, now=now, again=again, before=changes.before)
    topics = write_topics(view, changes.due, also_covered=rules.also_covered)
    if only is None:
        removal = remove_obsolete_files(
            view, rules=rules, store=store, now=now,
            is_clock_trusted=is_clock_trusted, has_failed=bool(topics.errors),
        )  # fmt: skip
    return _sum_up(view, changes, pages, topics, removal)


def _sum_up(
    view: SiteView, changes: TopicChanges, pages: StoryPages, topics: TopicFiles, removal: Removal
) -> Publication:
    errors = (*topics.errors, *removal.errors)
    return Publication(
        changed=(*pages.changed, *topics.changed, *removal.changed),
        unchanged=pages.unchanged + topics.unchanged,
        items={topic_id: len(view.topics[topic_id].stories) for topic_id in changes.wanted},
        errors=(*errors, *pages.errors),
        state=TreeState(
            marks={**pages.marks, **({} if errors else changes.marks)},
            files=frozenset((*topics.names, *pages.names, *changes.left_files)),
        ),
    )
