"""What goes into grouping, and what comes of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from aggregator.stories.comparison import Comparison, Overlap
from aggregator.stories.open_story import GroupedArticle, OpenStory


@dataclass(frozen=True, kw_only=True, slots=True)
class Newcomer:
    """An article that is to be grouped; ``language`` is what its source states."""

    id: str
    title: str
    excerpt: str | None
    provider: str
    published_at: datetime
    language: str | None = None
    quality: int = 0


class RankedStory(NamedTuple):
    """A story near an article: its ``cosine``, and the ``score`` that is left of it by trust and time.

    ``overlap`` are the terms that both share, ``words`` how many of them are words.
    """

    score: float
    cosine: float
    story: OpenStory
    overlap: Overlap
    words: int


class ComparedArticle(NamedTuple):
    """An article as it is placed, with its whole vector made ready to be compared.

    ``is_on_subject`` tells of one with an excerpt whether it is on a subject that fills the stream, ``pace``
    as what part of an hour one counts in that (see ``Rarity.measure_pace``).
    """

    member: GroupedArticle
    compared: Comparison
    has_excerpt: bool
    is_on_subject: bool
    pace: float

    def list_shares(self, near: RankedStory) -> dict[int, float]:
        """Return by key what each term that a story near it shares adds to the product of both."""
        return self.compared.list_shares(near.overlap)

    def name_shared(self, near: RankedStory, count: int) -> tuple[str, ...]:
        """Return the terms that a story near it shares which weigh most in it, so many at most."""
        keys = self.compared.find_heaviest(near.overlap, count)
        return tuple(map(self.member.vocabulary.find_term, keys))


class Placement(NamedTuple):
    """Where an article was placed: in ``story``, with ``score`` and the ``shared`` terms of most weight.

    A story's first article has score 1 and no shared terms. ``member`` is the article as its story has it,
    ``terms`` are all its distinct terms, the first ``title_terms`` of its words those of its title, and
    ``language`` is what they are in. ``changed`` are the stories that have other articles than before,
    ``story`` among them; ``gone`` are the ids of those that came together with it through the article.
    ``linked`` are pairs of a related story's id and its likeness.
    """

    story: OpenStory
    member: GroupedArticle
    score: float
    shared: tuple[str, ...]
    language: str
    terms: tuple[str, ...]
    title_terms: int
    changed: tuple[OpenStory, ...]
    gone: tuple[str, ...]
    linked: tuple[tuple[str, float], ...]
