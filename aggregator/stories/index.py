"""The stories of the last days in memory, found by the terms they are about."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

import numpy as np

from aggregator.stories.comparison import Comparison, Products
from aggregator.stories.open_story import OpenStory
from aggregator.stories.vector import trim
from aggregator.stories.vocabulary import SCALE, Records, read_records

INDEXED = 24
LOOKED_UP = 6
LONGEST_POSTING = 60
"""Stories that are looked at for one term: those that changed last."""
SCORED = 20
LEAST_SHARE = 0.03
"""What the terms looked up must come to in the cosine for a story to be scored."""
OF_THE_BEST = 0.2
"""And beside what they come to for the best one."""


class Candidate(NamedTuple):
    """A story that may be about the same as a vector, its ``cosine`` to it, and the terms they share."""

    cosine: float
    story: OpenStory
    products: Products
    number: int


class StoryIndex:
    """Stories by id and by their heaviest terms; a term's stories in the order in which they last changed."""

    def __init__(self) -> None:
        self.stories: dict[str, OpenStory] = {}
        # Most terms are those of one story, which stands for itself; others have what they weigh in each.
        self._postings: dict[int, OpenStory | dict[OpenStory, float]] = {}

    def put(self, story: OpenStory) -> None:
        """Add a story, or note that it has changed: it is the one that changed last now."""
        self._unpost(story)
        self.stories[story.id] = story
        indexed = trim(read_records(story.packed), INDEXED)
        story.indexed = indexed["key"].tobytes()
        for key, weight in indexed.tolist():
            posting = self._postings.setdefault(key, story)
            if isinstance(posting, dict):
                posting[story] = weight / SCALE / story.length
            elif posting is not story:
                both = {posting: posting.weigh(key), story: weight / SCALE / story.length}
                self._postings[key] = both

    def remove(self, story: OpenStory) -> None:
        """Forget a story, where it is known."""
        self._unpost(story)
        self.stories.pop(story.id, None)

    def find_candidates(self, vector: Records, compared: Comparison, least: float) -> Iterator[Candidate]:
        """Yield the stories that are most likely about the same, those with at least that cosine to it."""
        stories = self._find_likely(trim(vector, LOOKED_UP))
        products = compared.measure([story.packed for story in stories])
        for number, (product, story) in enumerate(zip(products.values, stories, strict=True)):
            cosine = product / story.length
            if cosine >= least:
                yield Candidate(cosine, story, products, number)

    def _find_likely(self, heaviest: Records) -> Sequence[OpenStory]:
        """Return the stories that have most of the terms, by what the terms come to in the cosine."""
        found: dict[OpenStory, float] = {}
        find_share = found.get
        for key, count in heaviest.tolist():
            weight = count / SCALE
            for story, share in self._read_posting(key):
                found[story] = find_share(story, 0.0) + weight * share
        least = max(LEAST_SHARE, OF_THE_BEST * max(found.values(), default=0.0))
        likely = [story for story, share in found.items() if share >= least]
        return sorted(likely, key=found.__getitem__, reverse=True)[:SCORED]

    def _read_posting(self, key: int) -> Iterable[tuple[OpenStory, float]]:
        """Return what a term weighs in the stories that are looked at for it, the last changed first."""
        posting = self._postings.get(key)
        if posting is None:
            return ()
        if isinstance(posting, OpenStory):
            return ((posting, posting.weigh(key)),)
        return islice(reversed(posting.items()), LONGEST_POSTING)

    def remove_before(self, hour: float) -> list[OpenStory]:
        """Forget the stories that ended before ``hour``, and return them."""
        ended = [story for story in self.stories.values() if story.last_h < hour]
        for story in ended:
            self.remove(story)
        return ended

    def _unpost(self, story: OpenStory) -> None:
        for key in np.frombuffer(story.indexed, np.int64).tolist():
            posting = self._postings[key]
            if isinstance(posting, dict):
                del posting[story]
            if posting is story or not posting:
                del self._postings[key]
        story.indexed = b""
