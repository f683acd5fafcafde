"""The files of the whole site, what is published no more, and the tree compared with what is known of it."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from aggregator.pipeline.publish.correction_feeds import list_correction_feeds
from aggregator.pipeline.publish.feed_places import list_topic_ids
from aggregator.pipeline.publish.monograms import find_lacking_monograms
from aggregator.pipeline.publish.shown_truth import read_shown_truth
from aggregator.pipeline.publish.site_view import describe_channel, describe_site
from aggregator.pipeline.site import Site
from aggregator.publish.files import Written, find_missing_files, read_stamp, write_files
from aggregator.publish.site import SITE_FILES
from aggregator.publish.stale_pages import find_story_page_ids
from aggregator.publish.synced_file import Stamp
from aggregator.publish.topic_documents import TOPIC_DOCUMENTS
from aggregator.publish.tree import render_site
from aggregator.rules import Rules
from aggregator.store import (
    MarkKind,
    Store,
    find_paged_stories,
    finish_marks,
    read_marks,
    read_stamps,
    read_withdrawn_stories,
    save_marks,
)


def write_site(site: Site) -> Written:
    """Write the index, the list of feeds and what pages share, if that is marked."""
    marks = read_marks(site.store, MarkKind.SITE, now=site.now, limit=1_000)
    if not marks:
        return Written()
    files = render_site_files(site.rules, site.store)
    written = write_files(site.rules.feeds_dir, files, has_variants=site.rules.publishing.compressed)
    if not written.errors:
        finish_marks(site.store, marks)
    return written


def render_site_files(rules: Rules, store: Store) -> dict[str, bytes]:
    """Return the index, the list of feeds and what pages share, by their names."""
    channels = tuple(describe_channel(rules, topic_id) for topic_id in list_topic_ids(rules))
    return render_site(describe_site(rules), channels, read_shown_truth(rules, store))


def mark_damage(rules: Rules, store: Store) -> int:
    """Compare the tree with what was published; mark what is to be written again, and return how much."""
    damage = _find_damage(rules, store)
    for kind, keys in damage.items():
        if keys:
            save_marks(store, kind, keys)
    return sum(len(keys) for keys in damage.values())


def _find_damage(rules: Rules, store: Store) -> dict[MarkKind, Sequence[str]]:
    """Return the keys of what the tree lacks or has altered, by the kind of their marks."""
    folder = rules.feeds_dir
    pages = find_paged_stories(store) | read_withdrawn_stories(store).keys()
    corrections = list_correction_feeds(rules)
    return {
        MarkKind.TOPIC: _find_damaged_topics(folder, rules, store),
        MarkKind.PAGE: sorted(pages ^ find_story_page_ids(folder)),
        MarkKind.SITE: [""] if find_missing_files(folder, SITE_FILES) else [],
        MarkKind.MONOGRAM: find_lacking_monograms(rules, store),
        MarkKind.CORRECTIONS: [corrections[name] for name in find_missing_files(folder, corrections)],
    }


def _find_damaged_topics(folder: Path, rules: Rules, store: Store) -> list[str]:
    known = read_stamps(store)
    return [
        topic_id
        for topic_id in list_topic_ids(rules)
        if any(_is_other(folder, topic_id, document.name, known) for document in TOPIC_DOCUMENTS)
    ]


def _is_other(
    folder: Path, topic_id: str, name: str, known: Mapping[str, Mapping[str, Sequence[int]]]
) -> bool:
    """Tell whether a document is not as it was written."""
    stamp = known.get(topic_id, {}).get(name)
    return stamp is None or read_stamp(folder / topic_id / name) != Stamp(*stamp)
