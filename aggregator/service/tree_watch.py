"""Whether the files that were published are still there: somebody may remove them while the service runs."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

import structlog

from aggregator.pipeline.publish.correction_feeds import list_correction_feeds
from aggregator.pipeline.publish.feed_places import list_topic_ids
from aggregator.publish.files import find_missing_files
from aggregator.publish.site import SITE_FILES
from aggregator.publish.topic_documents import TOPIC_DOCUMENTS
from aggregator.publish.tree_paths import LOGOS
from aggregator.rules import Rules

SETTLED_AFTER_S = 1.0
"""How long a folder stays as it is before it counts as settled: clocks of file systems tick slowly."""
CHECKED_WHOLE_EVERY_S = 3_600
"""Seconds until a publication compares all files again with what was written."""

log = structlog.get_logger()


@dataclass(kw_only=True, slots=True)
class TreeWatch:
    """Knows the files that the last publication left in ``folder``, but for pages of stories; looks for them.

    While one is under way (``is_publishing``), which writes and removes, what was ``missing`` before counts.
    A folder that is ``settled``, found complete since it last changed, is not listed again.
    """

    folder: Path
    files: tuple[str, ...] = ()
    folders: dict[str, tuple[str, ...]] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    is_publishing: bool = False
    checked_at_s: float = float("-inf")
    now_s: Callable[[], float] = time.monotonic
    complete: dict[str, tuple[int, float]] = field(default_factory=dict)
    settled: dict[str, int] = field(default_factory=dict)

    @property
    def is_check_due(self) -> bool:
        """Tell whether the next publication is to compare the tree with what was written."""
        return bool(self.missing) or self.now_s() - self.checked_at_s >= CHECKED_WHOLE_EVERY_S

    def note_publication(self, rules: Rules) -> None:
        """Note what a publication left by these rules."""
        if self.is_check_due:
            self.checked_at_s = self.now_s()
        documents = [document.name for document in TOPIC_DOCUMENTS]
        topics = (f"{topic_id}/{name}" for topic_id in list_topic_ids(rules) for name in documents)
        files = (*SITE_FILES, *topics, *list_correction_feeds(rules))
        if files != self.files:
            self.files, self.settled, self.complete = files, {}, {}
            in_order = sorted(files, key=_find_parent)
            self.folders = {parent: tuple(names) for parent, names in groupby(in_order, _find_parent)}
        self._note_monograms()
        self.missing = ()

    def _note_monograms(self) -> None:
        """Note the monograms that are there: a publication has written those that pages show."""
        names = sorted(
            _list_names(f"{self.folder}/{LOGOS}")
        )  # there are thousands, and paths would take long
        monograms = tuple(f"{LOGOS}/{name}" for name in names if name.endswith(".svg"))
        if monograms != self.folders.get(LOGOS, ()):
            self.folders[LOGOS] = monograms
            self.settled.pop(LOGOS, None)
            self.complete.pop(LOGOS, None)

    def check(self) -> bool:
        """Tell whether all files are there; what is found missing is logged once."""
        if not self.is_publishing:
            missing = self._find_missing(self.now_s())
            if missing and not self.missing:
                log.warning(
                    "tree", problem="files were removed: they are written again",
                    folder=str(self.folder), missing=len(missing), first=missing[0],
                )  # fmt: skip
            self.missing = missing
        return not self.missing

    def _find_missing(self, now_s: float) -> tuple[str, ...]:
        """Return the files that are not there, of folders that changed since all of theirs were."""
        root, settled = str(self.folder), self.settled
        stamps = {parent: _read_change_time(root, parent) for parent in self.folders}
        changed = {parent: stamp for parent, stamp in stamps.items() if settled.get(parent) != stamp}
        names = [name for parent in changed for name in self.folders[parent]]
        missing = find_missing_files(self.folder, names)
        incomplete = set(map(_find_parent, missing))
        for parent, stamp in changed.items():
            before, since_s = self.complete.get(parent, (None, now_s))
            if parent in incomplete or before != stamp:
                self.complete[parent] = stamp, now_s
            elif now_s - since_s >= SETTLED_AFTER_S:
                settled[parent] = stamp
        return missing

    def find_problem(self) -> str | None:
        """Return what ``/healthz`` says of it, None where all files are there."""
        if self.check():
            return None
        number, first = len(self.missing), self.folder / self.missing[0]
        return f"published files are missing ({number}), as {first}: they are written again within a minute"


def _find_parent(name: str) -> str:
    return name.rpartition("/")[0]


def _list_names(folder: str) -> list[str]:
    try:
        with os.scandir(folder) as found:
            return [entry.name for entry in found]
    except OSError:
        return []


def _read_change_time(folder: str, parent: str) -> int:
    """Return when a file in a folder was last made or removed, in nanoseconds of its clock; 0 without it."""
    try:
        return os.stat(f"{folder}/{parent}").st_mtime_ns  # there are thousands, and paths would take long
    except OSError:
        return 0
