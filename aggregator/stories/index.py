"""The stories of the last days in memory, found by the terms they are about."""

from collections import defaultdict
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
_NONE: dict[str, float] = {}


class StoryIndex:
    """Stories by id and by their heaviest terms; a term's stories in the order in which they last changed."""

    def __init__(self) -> None:
        self.stories: dict[str, OpenStory] = {}
        self._postings: dict[str, dict[str, float]] = defaultdict(dict)

    def put(self, story: OpenStory) -> None:
        """Add a story, or note that it has changed: it is the one that changed last now."""
        self._unpost(story)
        self.stories[story.id] = story
        story.indexed = tuple(find_heaviest(story.total, INDEXED))
        for term in story.indexed:
            self._postings[term][story.id] = story.total[term] / story.length

    def remove(self, story: OpenStory) -> None:
        """Forget a story, where it is known."""
        self._unpost(story)
        self.stories.pop(story.id, None)

    def candidates(self, vector: Mapping[str, float]) -> Iterator[tuple[float, OpenStory]]:
        """Yield the stories that are most likely about the same, each with its cosine to ``vector``."""
        found: dict[str, float] = {}
        so_far = found.get
        for term in find_heaviest(vector, LOOKED_UP):
            weight = vector[term]
            posting = self._postings.get(term, _NONE)
            for story_id, its in islice(reversed(posting.items()), LONGEST_POSTING):
                found[story_id] = so_far(story_id, 0.0) + weight * its
        least = max(LEAST_SHARE, OF_THE_BEST * max(found.values(), default=0.0))
        likely = {story_id: share for story_id, share in found.items() if share >= least}
        for story_id in find_heaviest(likely, SCORED):
            story = self.stories[story_id]
            yield dot(vector, story.total) / story.length, story

    def remove_before(self, hour: float) -> list[OpenStory]:
        """Forget the stories that ended before ``hour``, and return them."""
        ended = [story for story in self.stories.values() if story.last_h < hour]
        for story in ended:
            self.remove(story)
        return ended

    def _unpost(self, story: OpenStory) -> None:
        for term in story.indexed:
            posting = self._postings[term]
            posting.pop(story.id, None)
            if not posting:
                del self._postings[term]
        story.indexed = ()
