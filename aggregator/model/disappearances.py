"""Articles that disappeared at their source."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

WITHDRAWN = "withdrawn"
"""The part of the quality of an article that its publisher withdrew, where that is obeyed at once."""


class DisappearanceKind(StrEnum):
    """How a source showed that it has an article no more."""

    GONE = "gone"
    """It leaves the entry out, and shows what stood before and after it."""
    DELETED = "deleted"
    """It marks the entry as deleted."""
    PAGE = "page"
    """The page of the article answered 410."""


class PageState(StrEnum):
    """What the page of an article answered when it was asked for again."""

    GONE = "gone"
    """404 or 410."""
    THERE = "there"
    """It is still there, at its address or another one."""
    FRONT = "front"
    """It leads to the front page of a site."""
    UNKNOWN = "unknown"
    """It could not be had."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Disappearance:
    """An article that its source does not show any more, though it is not old enough to have left.

    ``marks``        what tells its entry in a document
    ``newer``, ``older`` what tells its nearest neighbours there; none where it is not missing between them
    ``proposed_at``  when enough spoke for it; None: a second document, or a second answer, has to bear it out
    ``page``         what its page answered, None: it was not asked for; ``checks`` how often, and
                     ``check_at`` when it is to be asked next, None: no more
    ``rejected_at``  when an editor refused to withdraw it for that; None: nobody did
    """

    article_id: str
    source_id: str
    kind: DisappearanceKind
    marks: frozenset[bytes] = frozenset()
    newer: frozenset[bytes] = frozenset()
    older: frozenset[bytes] = frozenset()
    missing_since_at: datetime
    proposed_at: datetime | None = None
    page: PageState | None = None
    checks: int = 0
    check_at: datetime | None = None
    rejected_at: datetime | None = None

    @property
    def is_proposed(self) -> bool:
        """Whether an editor is asked to withdraw the article."""
        return self.proposed_at is not None and self.page is not PageState.THERE and self.rejected_at is None

    @property
    def is_confirmed(self) -> bool:
        """Whether the publisher certainly withdrew it: it says so, or the page is gone, too."""
        return self.is_proposed and (self.kind is DisappearanceKind.DELETED or self.page is PageState.GONE)


class Proposal(NamedTuple):
    """A withdrawal that is proposed to editors, or that was done by itself (``is_withdrawn``)."""

    found: Disappearance
    title: str
    url: str | None
    is_withdrawn: bool
