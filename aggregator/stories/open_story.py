"""A story as grouping sees it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

from aggregator.stories.vector import DIGITS, Vector, measure_length, pack_vector, trim, unpack_vector

TRIMMED_TO = 64
"""Terms that a story keeps of its articles; it holds up to twice as many before it is trimmed."""


@dataclass(slots=True, eq=False)
class GroupedArticle:
    """An article in a story: when it was published (hours since 1970), its turn, and its vector.

    Of a window there are hundreds of thousands, whose vectors are hardly ever looked at: they are packed,
    but for those of articles that are alone, which are their story's ``total`` as well.
    """

    id: str
    kept: dict[str, float] | bytes
    at_h: float
    provider: str
    quality: int
    turn: int

    @property
    def vector(self) -> dict[str, float]:
        """Return the vector, unpacked anew each time."""
        return unpack_vector(self.kept) if isinstance(self.kept, bytes) else self.kept

    def pack(self) -> None:
        """Keep the vector packed from now on."""
        if not isinstance(self.kept, bytes):
            self.kept = pack_vector(self.kept)


@dataclass(slots=True, eq=False)
class OpenStory:
    """A story: its articles in ``members``, the sum of their vectors, trimmed, in ``total``.

    ``length`` is the length of ``total``. Times are hours since 1970. ``founded`` and ``turn`` order stories
    by when they began and when they last changed. ``provider`` is the one publisher that all of it comes
    from, None where there are several. ``checked`` is how many articles it had when they were last found to
    belong together.
    """

    id: str
    total: dict[str, float]
    members: list[GroupedArticle]
    has_excerpt: bool
    founded: int
    turn: int
    checked: int = 0
    length: float = 0.0
    first_h: float = 0.0
    last_h: float = 0.0
    provider: str | None = None
    indexed: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self._measure()

    @classmethod
    def of(cls, story_id: str, members: Sequence[GroupedArticle], *, has_excerpt: bool, turn: int) -> Self:
        """Return a story of these articles and nothing else; ``turn`` is when it begins."""
        founded = min(member.turn for member in members)
        if len(members) == 1:
            return cls(story_id, members[0].vector, [*members], has_excerpt, founded, turn)
        story = cls(story_id, {}, [], has_excerpt, founded, turn)
        story.add(members, *(member.vector for member in members))
        return story

    @property
    def size(self) -> int:
        """Return how many articles it has."""
        return len(self.members)

    @property
    def cohesion(self) -> float:
        """Return how alike its articles are: 1 where they are the same, towards 0 where nothing is shared."""
        return min(1.0, self.length / len(self.members))

    def weigh(self, term: str) -> float:
        """Return what one of its terms weighs beside the others, 0 to 1."""
        return self.total[term] / self.length

    def gap_h(self, at_h: float) -> float:
        """Return the hours between a time and the story."""
        return max(0.0, at_h - self.last_h, self.first_h - at_h)

    def add(self, members: Iterable[GroupedArticle], *vectors: Vector) -> None:
        """Add articles with what they sum up to."""
        members = tuple(members)
        for member in (*self.members[:1], *members):
            member.pack()
        total = self.total
        for vector in vectors:
            for term, weight in vector.items():
                total[term] = round(total[term] + weight, DIGITS) if term in total else weight
        if len(self.total) > 2 * TRIMMED_TO:
            self.total = trim(self.total, TRIMMED_TO)
        self.members = sorted((*self.members, *members), key=lambda member: member.turn)
        self._measure()

    def _measure(self) -> None:
        self.length = measure_length(self.total)
        if self.members:
            self.first_h = min(member.at_h for member in self.members)
            self.last_h = max(member.at_h for member in self.members)
            providers = {member.provider for member in self.members}
            self.provider = providers.pop() if len(providers) == 1 else None
