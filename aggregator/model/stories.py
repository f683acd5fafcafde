"""Stories, as grouping keeps them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Story:
    """Articles on one event, as grouping keeps them; ``id`` is its first article's and never changes meaning.

    ``total`` is the sum of its articles' vectors, trimmed. ``founded`` and ``turn`` order stories by when
    they began and last got an article; ``checked`` articles were found to belong together. ``formed_at`` is
    when it last took in another story or was split, None if never; ``last_at`` when its newest article was
    published.
    """

    id: str
    total: Mapping[str, float]
    has_excerpt: bool
    founded: int
    turn: int
    checked: int
    last_at: datetime
    formed_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Member:
    """That an article belongs to a story, and why: ``score`` and the ``shared`` terms of most weight.

    ``turn`` orders articles by when they were placed, which was at ``joined_at``; one that was accepted late
    joined when it was first seen. ``terms`` are those of title and excerpt, in ``language``, of which
    ``title_terms`` are the title's, 0 also where that is not known; ``vector`` has what the heaviest weigh.
    """

    article_id: str
    story_id: str
    turn: int
    joined_at: datetime
    published_at: datetime
    provider: str
    quality: int
    language: str
    terms: tuple[str, ...]
    vector: Mapping[str, float]
    score: float
    shared: tuple[str, ...] = ()
    title_terms: int = 0

    @property
    def is_founder(self) -> bool:
        """Whether it began a story of its own: the one that it is in, or another that this one took in."""
        return not self.shared


@dataclass(frozen=True, kw_only=True, slots=True)
class Grouping:
    """What placing some articles changes: whole ``stories`` and ``members``, written anew.

    ``moved`` are pairs of article and story id; ``merged`` of a story and the one it became part of, in the
    order it happened: one that is among ``stories`` lives again. ``links`` are pairs of related stories with
    their likeness. ``since_turn`` is what it builds on. ``reason`` is what readers are told of why stories
    are merged or split, None: what is true of all.
    """

    since_turn: int
    stories: tuple[Story, ...] = ()
    members: tuple[Member, ...] = ()
    moved: tuple[tuple[str, str], ...] = ()
    merged: tuple[tuple[str, str], ...] = ()
    links: tuple[tuple[str, str, float], ...] = ()
    reason: str | None = None

    @property
    def article_ids(self) -> frozenset[str]:
        """Return the articles that it puts somewhere."""
        return frozenset(
            (*(member.article_id for member in self.members), *(moved for moved, _ in self.moved))
        )


def pair_of(a: str, b: str) -> tuple[str, str]:
    """Return the ids of two stories as their link has them, whichever of them was found first."""
    return (a, b) if a < b else (b, a)
