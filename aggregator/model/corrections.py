"""What was corrected of what had been published, as subscribers are told."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class CorrectionKind(StrEnum):
    """What was done."""

    MERGE = "merge"
    SPLIT = "split"
    LEAD = "lead"
    LINK = "link"
    UNLINK = "unlink"
    RETITLE = "retitle"
    CORRECT = "correct"
    WITHDRAW = "withdraw"
    KILL = "kill"
    RESTORE = "restore"


OUT_KINDS = frozenset({CorrectionKind.WITHDRAW, CorrectionKind.KILL})
"""What takes an article out of the feeds."""
STANDING_KINDS = frozenset({*OUT_KINDS, CorrectionKind.RESTORE})
"""Of these, the last one of an article says whether it may be in feeds."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PublicCorrection:
    """One correction, written down once under its ``key`` and never changed.

    ``article_id``    the article that it is about; of a story, the one whose ``title`` is shown
    ``story_id``      the story that took in another, was parted, is shown otherwise, or has no published
                      article left; None: none that is to be looked at
    ``other_id``      the story that became part of it, was parted from it, or is linked or not
    ``from_story_id`` the story that an article was taken out of, whether others of it stay or not
    ``topics``        those whose feeds showed it
    ``title``         the title shown, "" where there is none; after ``retitle`` the new one
    ``reason``        what readers are told, None: nothing
    ``had_page``      whether the story that has no article left had a page
    ``published_at``  when files said so first, ``pinged_at`` when a hub took that; None: not yet
    """

    key: str
    kind: CorrectionKind
    at: datetime
    topics: tuple[str, ...]
    title: str = ""
    reason: str | None = None
    article_id: str | None = None
    story_id: str | None = None
    other_id: str | None = None
    from_story_id: str | None = None
    had_page: bool = False
    published_at: datetime | None = None
    pinged_at: datetime | None = None
