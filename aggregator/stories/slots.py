"""Small numbers for the stories of the index, under which arrays have what is known of them."""

import numpy as np

from aggregator.stories.open_story import OpenStory
from aggregator.stories.posting import Weights
from aggregator.stories.vocabulary import Numbers

_FIRST_SIZE = 1 << 10


class StorySlots:
    """The ``stories`` by slot."""

    def __init__(self) -> None:
        self.stories: list[OpenStory] = []
        self._sums: Weights = np.zeros(_FIRST_SIZE)
        self._free: list[int] = []

    def take(self, story: OpenStory) -> int:
        """Return the slot of a story, which is a free one if it had none."""
        if story.slot < 0:
            if self._free:
                story.slot = self._free.pop()
                self.stories[story.slot] = story
            else:
                story.slot = len(self.stories)
                self.stories.append(story)
        return story.slot

    def leave(self, story: OpenStory) -> None:
        """Free a story's slot, if it has one."""
        if story.slot >= 0:
            self._free.append(story.slot)
            story.slot = -1

    def add_up(self, slots: Numbers, shares: Weights) -> Weights:
        """Return for each of the slots the sum of all shares that stand beside it, added in their order."""
        if len(self._sums) < len(self.stories):
            self._sums = np.zeros(2 * len(self.stories))
        # In an array that has zeros everywhere else.
        np.add.at(self._sums, slots, shares)
        sums: Weights = self._sums[slots]
        self._sums[slots] = 0.0
        return sums
