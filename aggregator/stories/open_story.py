"""A story as grouping sees it."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import reduce
from typing import Self

import numpy as np

from aggregator.stories.editions import NO_SERIES
from aggregator.stories.formats import NO_FORMATS, PAGE, list_shapes
from aggregator.stories.places import NOWHERE, Countries, find_main_countries
from aggregator.stories.sentences import NO_MARKS
from aggregator.stories.vector import add_vectors, trim
from aggregator.stories.vocabulary import SCALE, Records, Vocabulary, find_weight, read_records

TRIMMED_TO = 64
"""Terms that a story keeps of its articles; it holds up to twice as many before it is trimmed."""


@dataclass(slots=True, eq=False)
class GroupedArticle:
    """An article in a story: when it was published (hours since 1970), its turn, and its vector, ``packed``.

    ``countries`` are the terms of those that it is about, ``formats`` those of a page of a format, ``series``
    those of what it may be an edition of, ``marks`` those of the sentences of its excerpt, ``title`` the keys
    of the words in its title, none where it has none or they are not known.
    Of a window there are hundreds of thousands, whose vectors are hardly ever looked at.
    """

    id: str
    packed: bytes
    at_h: float
    provider: str
    quality: int
    turn: int
    vocabulary: Vocabulary
    countries: Countries = NOWHERE
    formats: tuple[str, ...] = NO_FORMATS
    series: tuple[str, ...] = NO_SERIES
    marks: bytes = NO_MARKS
    title: bytes = b""

    @property
    def vector(self) -> dict[str, float]:
        """Return what its terms weigh, unpacked anew each time."""
        return self.vocabulary.unpack(self.packed)


@dataclass(slots=True, eq=False)
class OpenStory:
    """A story: its articles in ``members``, the sum of their vectors, trimmed, in ``packed``.

    ``length`` is the length of that sum, ``cohesion`` how alike the articles are: 1 where they are the same,
    towards 0 where nothing is shared. Times are hours since 1970, ``middle_h`` their mean. ``founded`` and
    ``turn`` order stories by when they began and when they last changed. ``provider`` is the one publisher
    that all of it comes from, None where there are several; ``countries`` are those that it is mainly about,
    and ``has_formats`` tells whether one of its articles has terms of formats. ``checked`` is how many
    articles it had when they were last found to belong together.
    """

    id: str
    packed: bytes
    members: list[GroupedArticle]
    has_excerpt: bool
    founded: int
    turn: int
    checked: int = 0
    length: float = 0.0
    cohesion: float = 1.0
    first_h: float = 0.0
    middle_h: float = 0.0
    last_h: float = 0.0
    provider: str | None = None
    countries: Countries = NOWHERE
    has_formats: bool = False
    indexed: bytes = b""
    slot: int = -1

    def __post_init__(self) -> None:
        self._measure()

    @classmethod
    def of(cls, story_id: str, members: Sequence[GroupedArticle], *, has_excerpt: bool, turn: int) -> Self:
        """Return a story of these articles and nothing else; ``turn`` is when it begins."""
        if len(members) == 1:
            only = members[0]
            return cls(story_id, only.packed, [only], has_excerpt, only.turn, turn)
        founded = min(member.turn for member in members)
        story = cls(story_id, b"", [], has_excerpt, founded, turn)
        story.add(members, *(member.packed for member in members))
        return story

    @property
    def total(self) -> dict[str, float]:
        """Return what its terms weigh together, unpacked anew each time."""
        return self.members[0].vocabulary.unpack(self.packed)

    @property
    def size(self) -> int:
        """Return how many articles it has."""
        return len(self.members)

    @property
    def ids(self) -> list[str]:
        """Return the ids of its articles, in their order."""
        return [member.id for member in self.members]

    @property
    def is_page(self) -> bool:
        """Tell whether it is of pages of a format, which no other article is told by."""
        return self.has_formats and all(PAGE in member.formats for member in self.members)

    @property
    def shapes(self) -> AbstractSet[tuple[str, str]]:
        """Return the shapes of titles with a day, beside whose they are."""
        if not self.has_formats:  # as in most stories
            return frozenset()
        return {(one.provider, shape) for one in self.members for shape in list_shapes(one.formats)}

    def weigh(self, key: int) -> float:
        """Return what one of its terms weighs beside the others, 0 to 1."""
        return find_weight(self.packed, key) / SCALE / self.length

    def find_heaviest(self, count: int) -> Records:
        """Return the terms of most weight, the heaviest first, in which order an article's own are kept."""
        records = read_records(self.packed)
        return records[:count] if self.packed == self.members[0].packed else trim(records, count)

    def gap_h(self, at_h: float) -> float:
        """Return the hours between a time and the story."""
        return max(0.0, at_h - self.last_h, self.first_h - at_h)

    def add(self, members: Iterable[GroupedArticle], *vectors: bytes) -> None:
        """Add articles with what they sum up to."""
        records = reduce(add_vectors, map(read_records, (self.packed, *vectors)))
        if len(records) > 2 * TRIMMED_TO:
            records = trim(records, TRIMMED_TO)
        self.packed = records.tobytes()
        self.members = sorted((*self.members, *members), key=lambda member: member.turn)
        self._measure()

    def _measure(self) -> None:
        weights = read_records(self.packed)["weight"].astype(np.int64)
        self.length = math.sqrt(weights.dot(weights)) / SCALE
        self.has_formats = any(member.formats for member in self.members)
        if len(self.members) == 1:  # most stories, for good
            only = self.members[0]
            self.cohesion = min(1.0, self.length)
            self.first_h = self.middle_h = self.last_h = only.at_h
            self.provider, self.countries = only.provider, only.countries
        elif self.members:
            self.cohesion = min(1.0, self.length / len(self.members))
            hours = [member.at_h for member in self.members]
            self.first_h, self.last_h = min(hours), max(hours)
            self.middle_h = math.fsum(hours) / len(hours)  # the same in any order
            providers = {member.provider for member in self.members}
            self.provider = providers.pop() if len(providers) == 1 else None
            self.countries = find_main_countries(member.countries for member in self.members)


def order_merged(one: OpenStory, other: OpenStory, shown: Mapping[str, int]) -> tuple[OpenStory, OpenStory]:
    """Return two stories that become one: first the one that keeps its id.

    That is the one ``shown`` in more feeds, of equals the older: where readers know the other alone, the
    story would be new to them once more.
    """
    first, second = sorted((one, other), key=lambda story: (-shown.get(story.id, 0), story.founded))
    return first, second


def order_parts(
    story: OpenStory, groups: Iterable[Sequence[int]], heads: Iterable[str]
) -> list[list[GroupedArticle]]:
    """Return the parts of a story, by places in it: first the one that keeps its id, else in their order.

    That is the one with most of the articles that head the story in feeds (``heads``, one for each feed):
    readers know the id by that headline.
    """
    shown = Counter(heads)
    parts = [[story.members[place] for place in group] for group in groups]
    return sorted(parts, key=lambda part: -sum(shown[article.id] for article in part))
