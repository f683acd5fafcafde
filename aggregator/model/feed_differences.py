"""How feeds differ between two states: by items, by what they say of themselves, and by what stories show."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, kw_only=True, slots=True)
class ItemChange:
    """An item of a feed that shows it otherwise or elsewhere than before, or only before or after.

    Places count from 1, None: not shown. ``because`` names what does it: rules, decisions, topics, sources,
    settings. A story that leaves as it became part of another one has that one's id as ``into``; that one has
    as ``takes_in`` the titles that such stories had in the feed.
    """

    item_id: str
    before: int | None
    after: int | None
    title: str = ""
    url: str | None = None
    published_at: datetime | None = None
    because: tuple[str, ...] = ()
    into: str | None = None
    takes_in: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class FeedDifference:
    """How a feed, whose folder ``feed`` is, differs: how many items it showed ``before``, and ``after``.

    Those ``entering`` and ``leaving`` are in the order of the feed. ``moving`` are as few as explain the new
    order of what is shown in both, with their places among those. ``changing`` are those shown in both that
    say something else: another title, lead or picture, a note, more or fewer articles of a story.
    """

    feed: str
    before: int
    after: int
    entering: tuple[ItemChange, ...] = ()
    leaving: tuple[ItemChange, ...] = ()
    moving: tuple[ItemChange, ...] = ()
    changing: tuple[ItemChange, ...] = ()

    @property
    def changes(self) -> tuple[ItemChange, ...]:
        """All changes of items."""
        return (*self.entering, *self.leaving, *self.moving, *self.changing)


class ShownPart(StrEnum):
    """What of a story is shown otherwise."""

    LEAD = "lead"
    RELATED = "related"


@dataclass(frozen=True, kw_only=True, slots=True)
class StoryDifference:
    """A story that shows something else as its ``part``: the titles there ``before``, and ``after``.

    ``title`` is its own afterwards; ``because`` names what does it.
    """

    story_id: str
    title: str
    part: ShownPart
    before: tuple[str, ...]
    after: tuple[str, ...]
    because: tuple[str, ...]


class HeadPart(StrEnum):
    """What a feed says of itself."""

    TITLE = "title"
    ADDRESS = "address"
    DESCRIPTION = "description"
    LANGUAGE = "language"
    CONTACT = "contact"
    HUBS = "hubs"


@dataclass(frozen=True, kw_only=True, slots=True)
class HeadDifference:
    """Another ``part`` of what these ``feeds`` say of themselves: that of the first ``before`` and ``after``.

    ``is_all`` tells whether they are all feeds that stay.
    """

    part: HeadPart
    feeds: tuple[str, ...]
    is_all: bool
    before: str
    after: str
