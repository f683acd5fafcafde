"""How alike is alike enough."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Thresholds:
    """When an article joins a story, and when two stories are one; cosines from 0 to 1.

    ``join``, ``merge``  for articles of a title alone; ``*_excerpt`` for those with an excerpt
    ``spread``           how much likeness to a story counts less where its articles are unlike each other:
                         the power of its cohesion that likeness is multiplied with, for joining
    ``merge_spread``     the same for the story that would come of a merger
    ``split``            the mean cosine of two groups of articles below which they are two stories
    ``fading``           the share of its likeness that a story has lost at the end of the window
    ``own``              as how many times its cosine a story counts that has only this publisher's articles
    ``ideas``            the cosine that must be left without the term, or name, that is shared most of all
    ``link``             what is not the same story, but related to it
    ``window_h``         hours between an article and the story's nearest that it can still join
    ``link_days``        days in which later stories are linked
    """

    join: float = 0.25
    join_excerpt: float = 0.265
    merge: float = 0.19
    merge_excerpt: float = 0.332
    spread: float = 0.2
    spread_excerpt: float = 0.3
    merge_spread: float = 0.0
    merge_spread_excerpt: float = 0.38
    split: float = 0.04
    split_excerpt: float = 0.142
    fading: float = 0.7
    own: float = 0.75
    ideas: float = 0.045
    link: float = 0.2
    window_h: float = 72
    link_days: float = 7

    def get_merging(self, *, has_excerpt: bool) -> tuple[float, float, float]:
        """Return what two stories need to be one: likeness, its spread, and the mean cosine of articles."""
        if has_excerpt:
            return self.merge_excerpt, self.merge_spread_excerpt, self.split_excerpt
        return self.merge, self.merge_spread, self.split

    def fade(self, gap_h: float) -> float:
        """Return what is left of a likeness after so many hours, as a share of it."""
        return 1 - self.fading * min(1.0, gap_h / self.window_h)
