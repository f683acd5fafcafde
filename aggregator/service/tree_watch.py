"""Whether the files that were published are still there: somebody may remove them while the service runs."""

import time
from dataclasses import dataclass
from pathlib import Path

import structlog

from aggregator.pipeline.publish.feed_places import list_topic_ids
from aggregator.publish.files import find_missing_files
from aggregator.publish.site import SITE_FILES
from aggregator.publish.topic_documents import TOPIC_DOCUMENTS
from aggregator.rules import Rules

CHECKED_WHOLE_EVERY_S = 3_600
"""Seconds until a publication compares all files again with what was written."""

log = structlog.get_logger()


@dataclass(kw_only=True, slots=True)
class TreeWatch:
    """Knows the files that the last publication left in ``folder``, but for those of stories; looks for them.

    While one is under way (``is_publishing``), which writes and removes, what was ``missing`` before counts.
    """

    folder: Path
    files: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    is_publishing: bool = False
    checked_at_s: float = float("-inf")

    @property
    def is_check_due(self) -> bool:
        """Tell whether the next publication is to compare the tree with what was written."""
        return bool(self.missing) or time.monotonic() - self.checked_at_s >= CHECKED_WHOLE_EVERY_S

    def note_publication(self, rules: Rules) -> None:
        """Note what a publication left by these rules."""
        if self.is_check_due:
            self.checked_at_s = time.monotonic()
        documents = [document.name for document in TOPIC_DOCUMENTS]
        topics = (f"{topic_id}/{name}" for topic_id in list_topic_ids(rules) for name in documents)
        self.files = (*SITE_FILES, *topics)
        self.missing = ()

    def check(self) -> bool:
        """Tell whether all files are there; what is found missing is logged once."""
        if not self.is_publishing:
            missing = find_missing_files(self.folder, self.files)
            if missing and not self.missing:
                log.warning(
                    "tree", problem="files were removed: they are written again",
                    folder=str(self.folder), missing=len(missing), first=missing[0],
                )  # fmt: skip
            self.missing = missing
        return not self.missing

    def find_problem(self) -> str | None:
        """Return what ``/healthz`` says of it, None where all files are there."""
        if self.check():
            return None
        number, first = len(self.missing), self.folder / self.missing[0]
        return f"published files are missing ({number}), as {first}: they are written again within a minute"
