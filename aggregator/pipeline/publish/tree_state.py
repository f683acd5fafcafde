"""What the files of the tree show by now, and which topics show something else since."""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from aggregator.pipeline.publish.selection import drop_heat
from aggregator.pipeline.publish.site_view import SiteView
from aggregator.publish.files import find_missing_files


@dataclass(frozen=True, kw_only=True, slots=True)
class TreeState:
    """What a publication left in the tree.

    ``marks`` tell what files show, by topic id and by the file name of a story's page. ``files`` are the
    names of the files of topics, stories and the site.
    """

    marks: Mapping[str, str] = field(default_factory=dict)
    files: frozenset[str] = frozenset()


UNKNOWN = TreeState()
"""Before the first publication of a process: everything is written."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TopicChanges:
    """Which topics are ``wanted``, and which of them are ``due``: their files are to be written.

    ``marks`` are those of all topics from now on, ``before`` what the tree had, but for what somebody removed
    from it. ``left_files`` are the files of topics that are not written.
    """

    wanted: tuple[str, ...]
    due: tuple[str, ...]
    marks: Mapping[str, str]
    before: TreeState
    left_files: frozenset[str]


def find_changes(view: SiteView, *, before: TreeState, only: Collection[str] | None) -> TopicChanges:
    """Return which of the topics in ``only``, None for all, show something else than ``before``."""
    marks = {topic_id: _mark_topic(view, topic_id) for topic_id in view.topics}
    known = _forget_missing(view.folder, before)
    wanted = tuple(topic_id for topic_id in view.topics if only is None or topic_id in only)
    due = tuple(topic_id for topic_id in wanted if known.marks.get(topic_id) != marks[topic_id])
    left = view.topics.keys() - set(due)
    return TopicChanges(
        wanted=wanted,
        due=due,
        marks=marks,
        before=known,
        left_files=frozenset(name for name in before.files if name.partition("/")[0] in left),
    )


def _mark_topic(view: SiteView, topic_id: str) -> str:
    """Return what tells whether a topic's files would be the same: all that they show, which heat is not."""
    content = repr((view.folder, view.channels[topic_id], drop_heat(view.topics[topic_id])))
    return hashlib.blake2b(content.encode("utf-8", "replace"), digest_size=16).hexdigest()


def _forget_missing(folder: Path, before: TreeState) -> TreeState:
    """Drop the marks of what somebody removed from the tree, which is to be written again."""
    missing = find_missing_files(folder, before.files)
    if not missing:
        return before
    gone = {part for name in missing for part in (name.partition("/")[0], name.rpartition("/")[2])}
    return replace(before, marks={name: mark for name, mark in before.marks.items() if name not in gone})
