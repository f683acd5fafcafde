"""What a publisher's page says about reuse of its article."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

PictureWish = Literal["none", "standard", "large"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Wishes:
    """The limits that an article's page sets, in its robots meta elements and its X-Robots-Tag header.

    ``excerpt_chars``   characters of text that may be shown; 0: none, None: no limit
    ``picture``         how large a picture may be shown
    ``may_embed``       whether its player may be shown
    ``may_archive``     whether a copy of what is on it may be kept
    ``may_index``       whether it may be listed
    ``statements``      what else it states about reuse, recorded only: pairs of where and what
    ``unavailable_at``  when it is to be listed no longer; None: no such time
    """

    excerpt_chars: int | None = None
    picture: PictureWish = "large"
    may_embed: bool = True
    may_archive: bool = True
    may_index: bool = True
    unavailable_at: datetime | None = None
    statements: tuple[tuple[str, str], ...] = ()


NO_WISHES = Wishes()
"""Those of a page that says nothing about reuse, or that was not read."""
