"""How alike is alike enough."""

import math
from dataclasses import dataclass

GROWING_FROM, GROWING_TO = 4, 16
"""Articles of a story from which on, and to which, a larger one must be more of one piece."""
MOST_WORDS = 8
"""Shared words from which on more of them tell nothing."""
NEAR, LEFT_WHERE_NEAR = 1.3, 1 / 3
"""From so many times what joining asks of a story's likeness on, so much of ``ideas`` is needed."""
MIXED = (0.0, 0.2, 0.7)
"""How far from what titles need to what excerpts need two stories are that a title alone brings together.

By how many of them have excerpts.
"""
LATE, LATE_OWN, LATE_COHESION = 1.3, 1.35, 0.6
"""An earlier article joins a story of such a cohesion at so many times the likeness that joining needs.

The second is for a story that its own publisher told of already, and did not tell of again.
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Thresholds:
    """When an article joins a story, and when two stories are one; cosines from 0 to 1.

    ``join``, ``merge``  for articles of a title alone; ``*_excerpt`` for those with an excerpt
    ``spread``           how much likeness to a story counts less where its articles are unlike each other:
                         the power of its cohesion that likeness is multiplied with, for joining
    ``merge_spread``     the same for the story that would come of a merger
    ``split``            the mean cosine of two groups of articles below which they are two stories
    ``growth``           how much more of it each doubling of a story needs, from 4 to 16 articles
    ``fading``           the share of likeness that is lost over the hours of the window: those between two
                         stories, or, at the stream's pace, between an article and a story's middle
    ``own``              as how many times its cosine a story counts that has only this publisher's articles
    ``words``            the shared words with which a story with excerpts counts as its likeness says
    ``breadth``          how much more it counts with more of them, up to 8: the power of their number
    ``elsewhere``        as how many times its cosine a story counts that is about other countries
    ``ideas``            the cosine that must be left without the term, or name, that is shared most of all;
                         a third of it where likeness is 1.3 times what joining needs
    ``link``             what is not the same story, but related to it
    ``window_h``         hours between an article and the story's nearest that it can still join
    ``link_days``        days in which later stories are linked
    """

    join: float = 0.25
    join_excerpt: float = 0.26
    merge: float = 0.19
    merge_excerpt: float = 0.32
    spread: float = 0.2
    spread_excerpt: float = 0.3
    merge_spread: float = 0.0
    merge_spread_excerpt: float = 0.38
    split: float = 0.04
    split_excerpt: float = 0.15
    growth: float = 0.22
    fading: float = 0.7
    own: float = 0.75
    words: float = 4.6
    breadth: float = 0.3
    elsewhere: float = 0.45
    ideas: float = 0.09
    link: float = 0.2
    window_h: float = 72
    link_days: float = 7

    @property
    def horizon_h(self) -> float:
        """Return the hours for which a story that has ended can be joined by a late article or linked."""
        return self.window_h + self.link_days * 24

    def get_merging(self, *, has_excerpt: bool, with_excerpt: int = 0) -> tuple[float, float]:
        """Return what two stories need to be one: likeness, and its spread.

        Where what brings them together has no excerpt, it matters how many of them have: ``with_excerpt``.
        """
        if has_excerpt:
            return self.merge_excerpt, self.merge_spread_excerpt
        more = MIXED[with_excerpt]
        return (
            self.merge + more * (self.merge_excerpt - self.merge),
            self.merge_spread + more * (self.merge_spread_excerpt - self.merge_spread),
        )

    def get_joining(self, *, has_excerpt: bool) -> float:
        """Return the likeness that a story needs for an article to join it."""
        return self.join_excerpt if has_excerpt else self.join

    def get_ideas(self, likeness: float, *, has_excerpt: bool) -> float:
        """Return the cosine that must be left without the main shared idea, for a story of that likeness.

        Who tells of an event in other words shares little beside its name, but more of that than two who
        tell of one person.
        """
        is_near = likeness >= NEAR * self.get_joining(has_excerpt=has_excerpt)
        return LEFT_WHERE_NEAR * self.ideas if is_near else self.ideas

    def get_cohesion(self, size: int, *, has_excerpt: bool) -> float:
        """Return the mean cosine that two groups of articles need to be one story of that size.

        The larger a story, the more ways in which a subject alone may have brought its articles together.
        """
        split = self.split_excerpt if has_excerpt else self.split
        doublings = math.log2(min(GROWING_TO, max(GROWING_FROM, size)) / GROWING_FROM)
        return split * (1 + self.growth * doublings)

    def weigh_breadth(self, words: int) -> float:
        """Return as how many times its cosine a story counts that shares so many words with an article."""
        return math.pow(min(MOST_WORDS, max(1, words)) / self.words, self.breadth)

    def fade(self, hours: float, pace: float = 1.0) -> float:
        """Return what is left of a likeness after so many hours, as a share of it.

        They count by the ``pace`` of the stream (``Rarity.measure_pace``).
        """
        return 1 - self.fading * min(1.0, hours * pace / self.window_h)
