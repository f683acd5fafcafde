"""One publication: what changed in the store, brought to the published tree.

rules changed? ─► judge again, mark what they change
marks, what ages ─► places in feeds (arrangement) ─► files of topics, pages of stories, files of the site
files of what is published no more ─► removed

What is to be done stands in the store as marks, and goes from there once it is done and on disk: publishing
may be killed anywhere, and costs what changed.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from aggregator.errors import PublishError
from aggregator.pipeline.publish.arranged_batch import Placed
from aggregator.pipeline.publish.changes import take_up_changes
from aggregator.pipeline.publish.correction_feeds import write_correction_feeds
from aggregator.pipeline.publish.killed_pictures import remove_killed_pictures
from aggregator.pipeline.publish.monograms import settle_monograms
from aggregator.pipeline.publish.obsolete_files import remove_obsolete_files
from aggregator.pipeline.publish.shown_truth import settle_truth
from aggregator.pipeline.publish.site_files import mark_damage, write_site
from aggregator.pipeline.publish.story_pages import write_story_pages
from aggregator.pipeline.publish.topic_files import write_topics
from aggregator.pipeline.publish.topic_groups import ALONE, Helpers, share_topics
from aggregator.pipeline.publish.topic_writer import TopicFiles
from aggregator.pipeline.site import Site
from aggregator.publish.files import Written
from aggregator.publish.folder_locks import lock_publication
from aggregator.publish.topic_offers import end_offer


@dataclass(frozen=True, kw_only=True, slots=True)
class Publication:
    """What publishing did: files ``changed``, and the number of ``items`` of topics' feeds of stories.

    Topics that show what they did are not in ``items``. ``errors`` name what was not written and keeps its
    last good files, and why. ``placed`` are articles that no feed
    held before, without imported ones: at first all are new, too many to be kept whole.
    """

    changed: tuple[str, ...]
    unchanged: int
    items: Mapping[str, int]
    errors: tuple[str, ...]
    placed: tuple[Placed, ...] = ()


def publish(
    site: Site,
    *,
    only: Collection[str] | None = None,
    is_tree_checked: bool = True,
    is_clock_trusted: bool = True,
    helpers: Helpers = ALONE,
) -> Publication:
    """Bring to the published tree what changed, of the topics in ``only`` or, if None, of all.

    Articles are judged again first where the rules have changed since they were judged last. Where the tree
    ``is_tree_checked``, files of topics that somebody changed, and others that are gone, are written again.
    Nothing is removed for its age unless ``is_clock_trusted``. Where there are ``helpers``, these may write
    some of the topics. Raises PublishError where the folder cannot be used.
    """
    placed: list[Placed] = []
    with lock_publication(site.rules.feeds_dir):
        end_offer(site.rules.feeds_dir)  # of one that was killed
        has_changed = take_up_changes(site, on_placed=placed.extend)
        settle_truth(site)
        if is_tree_checked:
            mark_damage(site.rules, site.store)
        shared = share_topics(site, helpers=ALONE if only else helpers)
        topics = shared.add(write_topics(site, only=only, on_placed=placed.extend))
        if only is not None:
            return _sum_up(topics, (), placed)
        others = [write_story_pages(site), write_site(site), write_correction_feeds(site)]
        are_topics_known = not (has_changed or is_tree_checked)
        others += _remove_files(site, is_clock_trusted=is_clock_trusted, are_topics_known=are_topics_known)
        return _sum_up(topics, others, placed)


def _remove_files(site: Site, *, is_clock_trusted: bool, are_topics_known: bool) -> Iterator[Written]:
    """Yield what removing did with the files of what is published no more, or an error."""
    try:
        remove_killed_pictures(site)
        told = remove_obsolete_files(
            site, is_clock_trusted=is_clock_trusted, has_changed_topics=not are_topics_known
        )
        monograms = settle_monograms(site)
    except PublishError as error:
        yield Written(errors=(str(error),))
    else:
        yield Written(changed=told)
        yield monograms


def _sum_up(topics: TopicFiles, others: Sequence[Written], placed: Sequence[Placed]) -> Publication:
    return Publication(
        changed=(*topics.changed, *(name for written in others for name in written.changed)),
        unchanged=topics.unchanged + sum(written.unchanged for written in others),
        items=topics.items,
        errors=(*topics.errors, *(error for written in others for error in written.errors)),
        placed=tuple(placed),
    )
