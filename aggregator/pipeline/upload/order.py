"""In which order files are uploaded and deleted; pure."""

from collections.abc import Callable, Collection, Iterable
from enum import IntEnum

from aggregator.publish.tree_paths import CHANGES, PICTURE_COPIES, RECORD_PAGES, RECORDS, STORIES

_ASSETS = "assets"
_SHOWN = tuple(f"{folder}/" for folder in (_ASSETS, STORIES, RECORDS, RECORD_PAGES))
_TELLING = tuple(f"{folder}/" for folder in (STORIES, RECORDS, PICTURE_COPIES))
"""What tells of articles, and may have to go at once."""


class UploadStep(IntEnum):
    """A step of a round; the next one begins when it is done."""

    KILL = 0
    """What takes articles down: what is gone, and the feeds and pages that still show it."""
    SHOWN = 1
    """What feeds and pages refer to: pages of stories, pictures, style, records."""
    TOPICS = 2
    """Feeds and pages of topics."""
    SITE = 3
    """What refers to topics: the index and the list of feeds."""
    GONE = 4
    """What nothing refers to any more."""


def choose_step(name: str, *, is_there: bool, is_urgent: bool) -> UploadStep:
    """Return in which step a file is uploaded, or deleted where it is not there any more."""
    if is_urgent or (not is_there and name.startswith(_TELLING)):
        return UploadStep.KILL
    if not is_there:
        return UploadStep.GONE
    if name.startswith(_SHOWN):
        return UploadStep.SHOWN
    return UploadStep.TOPICS if "/" in name else UploadStep.SITE


def make_urgent(topics: Collection[str], story_ids: Collection[str]) -> Callable[[str], bool]:
    """Return what tells whether a file may show an article that was killed, of these topics and stories."""
    if not topics and not story_ids:
        return lambda _: False
    folders = tuple(f"{folder}/" for folder in (*topics, RECORD_PAGES))
    pages = {f"{STORIES}/{story_id}.html" for story_id in story_ids} | {CHANGES}
    return lambda name: name.startswith(folders) or name in pages


def sort_names(names: Iterable[str], choose: Callable[[str], UploadStep]) -> list[tuple[UploadStep, str]]:
    """Return names with their steps, in the order of these, and else in the order given."""
    return sorted(((choose(name), name) for name in names), key=lambda pair: pair[0])
