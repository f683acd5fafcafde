"""The stories of the last days in memory, found by the terms they are about."""

from collections.abc import Iterator, Mapping
from itertools import islice

from aggregator.stories.open_story import OpenStory
from aggregator.stories.vector import dot, find_heaviest

INDEXED = 24
LOOKED_UP = 6
LONGEST_POSTING = 60
"""Stories that are looked at for one term: those that changed last."""
SCORED = 20
LEAST_SHARE = 0.03
"""What the terms looked up must come to in the cosine for a story to be scored."""
OF_THE_BEST = 0.2
"""And beside what they come to for the best one."""


class StoryIndex:
    """Stories by id and by their heaviest terms; a term's stories in the order in which they last changed."""

    def __init__(self) -> None:
        self.stories: dict[str, OpenStory] = {}
        # Most terms are those of one story, which stands for itself; others have what they weigh in each.
        self._postings: dict[str, OpenStory | dict[OpenStory, float]] = {}

    def put(self, story: OpenStory) -> None:
        """Add a story, or note that it has changed: it is the one that changed last now."""
        self._unpost(story)
        self.stories[story.id] = story
        story.indexed = tuple(find_heaviest(story.total, INDEXED))
        for term in story.indexed:
            posting = self._postings.setdefault(term, story)
            if isinstance(posting, dict):
                posting[story] = story.weigh(term)
            elif posting is not story:
                self._postings[term] = {posting: posting.weigh(term), story: story.weigh(term)}

    def remove(self, story: OpenStory) -> None:
        """Forget a story, where it is known."""
        self._unpost(story)
        self.stories.pop(story.id, None)

    def candidates(self, vector: Mapping[str, float]) -> Iterator[tuple[float, OpenStory]]:
        """Yield the stories that are most likely about the same, each with its cosine to ``vector``."""
        found: dict[OpenStory, float] = {}
        for term in find_heaviest(vector, LOOKED_UP):
            posting = self._read_posting(term)
            shares = dict(zip(posting, map(vector[term].__mul__, posting.values()), strict=True))
            for story in found.keys() & shares.keys():
                shares[story] += found[story]
            found.update(shares)
        least = max(LEAST_SHARE, OF_THE_BEST * max(found.values(), default=0.0))
        likely = {story: share for story, share in found.items() if share >= least}
        for story in sorted(likely, key=likely.__getitem__, reverse=True)[:SCORED]:
            yield dot(vector, story.total) / story.length, story

    def _read_posting(self, term: str) -> Mapping[OpenStory, float]:
        """Return what a term weighs in the stories that are looked at for it, the last changed first."""
        posting = self._postings.get(term)
        if posting is None:
            return {}
        if isinstance(posting, OpenStory):
            return {posting: posting.weigh(term)}
        return dict(islice(reversed(posting.items()), LONGEST_POSTING))

    def remove_before(self, hour: float) -> list[OpenStory]:
        """Forget the stories that ended before ``hour``, and return them."""
        ended = [story for story in self.stories.values() if story.last_h < hour]
        for story in ended:
            self.remove(story)
        return ended

    def _unpost(self, story: OpenStory) -> None:
        for term in story.indexed:
            posting = self._postings[term]
            if isinstance(posting, dict):
                del posting[story]
            if posting is story or not posting:
                del self._postings[term]
        story.indexed = ()
