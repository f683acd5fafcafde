"""The stories of the last days in memory, found by the terms they are about."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

import numpy as np

from aggregator.stories.comparison import Comparison, Overlap
from aggregator.stories.open_story import OpenStory
from aggregator.stories.posting import (
    SIZE,
    Posting,
    Weights,
    pack_entry,
    pack_slot,
    read_entries,
    remove_entry,
)
from aggregator.stories.slots import StorySlots
from aggregator.stories.vocabulary import SCALE, Numbers, Records, read_keys

INDEXED = 16
LOOKED_UP = 10
LONGEST_POSTING = 60
"""Stories that are looked at for one term: those that changed last."""
_LONGEST = -LONGEST_POSTING * SIZE
SCORED = 12
LEAST_SHARE = 0.03
"""What the terms looked up must come to in the cosine for a story to be scored."""
OF_THE_BEST = 0.4
"""And beside what they come to for the best one."""


class StoryIndex:
    """Stories by id and by their heaviest terms; a term's stories in the order in which they last changed."""

    def __init__(self) -> None:
        self.stories: dict[str, OpenStory] = {}
        # Most terms are those of one story, which stands for itself.
        self._postings: dict[int, OpenStory | Posting] = {}
        self._slots = StorySlots()
        self._by_shape: dict[tuple[str, str], dict[str, OpenStory]] = {}

    def put(self, story: OpenStory) -> None:
        """Add a story, or note that it has changed: it is the one that changed last now.

        One of pages of a format is found by no term.
        """
        self.stories[story.id] = story
        for shape in story.shapes:
            self._by_shape.setdefault(shape, {})[story.id] = story
        slot, length, known = self._slots.take(story), story.length, set(read_keys(story.indexed))
        indexed = story.find_heaviest(0 if story.is_page else INDEXED)
        story.indexed, keys = indexed["key"].tobytes(), indexed["key"].tolist()
        start, find = pack_slot(slot), self._postings.setdefault
        for key, weight in zip(keys, indexed["weight"].tolist(), strict=True):
            posting = find(key, story)
            if posting is story:
                continue
            if isinstance(posting, OpenStory):
                self._postings[key] = posting = Posting(pack_entry(posting.slot, posting.weigh(key)))
            elif key in known:
                remove_entry(posting, start)
            posting += pack_entry(slot, weight / SCALE / length)
        if known:
            self._unpost(story, known.difference(keys))

    def remove(self, story: OpenStory) -> None:
        """Forget a story, where it is known."""
        self._unpost(story, read_keys(story.indexed))
        for shape in story.shapes:
            shaped = self._by_shape.get(shape, {})
            shaped.pop(story.id, None)
            if not shaped:
                self._by_shape.pop(shape, None)
        story.indexed = b""
        self._slots.leave(story)
        self.stories.pop(story.id, None)

    def find_shaped(self, provider: str, shapes: Iterable[str]) -> list[OpenStory]:
        """Return the stories that have articles of a publisher with such a title, the first begun first."""
        found = [self._by_shape.get((provider, shape), {}) for shape in shapes]
        stories = {id_: story for shaped in found for id_, story in shaped.items()}
        return sorted(stories.values(), key=lambda story: story.founded)

    def find_candidates(
        self, heaviest: Records, compared: Comparison, least: float
    ) -> Iterator[tuple[float, OpenStory, Overlap, int]]:
        """Yield the stories that are most likely about the same and have at least that cosine to a vector.

        ``heaviest`` are its heaviest terms in their order. Beside each story are the cosine, the terms that
        both share, and how many of these are words.
        """
        stories = self._find_likely(heaviest[:LOOKED_UP])
        overlaps = compared.find_overlaps([story.packed for story in stories])
        for story, product, words, terms in zip(stories, *overlaps, strict=True):
            cosine = product / story.length
            if cosine >= least:
                yield cosine, story, terms, words

    def _find_likely(self, heaviest: Records) -> Sequence[OpenStory]:
        """Return the stories that have most of the terms, by what the terms come to in the cosine."""
        slots, shares = self._read_postings(heaviest)
        sums = self._slots.add_up(slots, shares)
        least = max(LEAST_SHARE, OF_THE_BEST * np.maximum.reduce(sums, initial=0.0))
        likely = (sums >= least).nonzero()[0]
        # A slot comes once for each term that found it, always with the same sum.
        order = (-sums.take(likely)).argsort(kind="stable")[: SCORED * LOOKED_UP]
        ordered = slots.take(likely.take(order))
        return [self._slots.stories[slot] for slot in islice(dict.fromkeys(ordered.tolist()), SCORED)]

    def _read_postings(self, heaviest: Records) -> tuple[Numbers, Weights]:
        """Return the slots of the stories that are looked at for terms, and what each adds to the cosine.

        They are in the order of the terms, each term's last changed story first.
        """
        find, parts = self._postings.get, []
        for key in heaviest["key"].tolist():
            posting = find(key, b"")
            if isinstance(posting, OpenStory):
                posting = pack_entry(posting.slot, posting.weigh(key))
            parts.append(posting[_LONGEST:])
        slots, weights = read_entries(b"".join(reversed(parts)))
        counts = [len(part) // SIZE for part in parts]
        return slots, weights * (heaviest["weight"] / SCALE).repeat(counts)

    def remove_before(self, hour: float) -> list[OpenStory]:
        """Forget the stories that ended before ``hour``, and return them."""
        ended = [story for story in self.stories.values() if story.last_h < hour]
        for story in ended:
            self.remove(story)
        return ended

    def _unpost(self, story: OpenStory, keys: Iterable[int]) -> None:
        start = pack_slot(story.slot)
        for key in keys:
            posting = self._postings[key]
            if isinstance(posting, Posting):
                remove_entry(posting, start)
            if posting is story or not posting:
                del self._postings[key]
