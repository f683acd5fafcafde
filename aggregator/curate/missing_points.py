"""What an article lacks of the points that its quality could have; ``score`` gives them."""

from collections.abc import Mapping

from aggregator.curate.score import IN_TITLE, LONG_EXCERPT

_MOST_BY_PART = {
    "excerpt": (18, f"an excerpt of {LONG_EXCERPT} characters"),
    "image": (3, "a picture"),
    "date": (4, "a date from its source"),
    "author": (3, "an author"),
    "relevance": (IN_TITLE, "a keyword of its topic in its title"),
    "originality": (0, "no credit to another publisher"),
}
"""The most points that each part gives, and what for."""


def explain_missing_points(parts: Mapping[str, int]) -> dict[str, int]:
    """Return in words what an article with these parts lacks, with the points that it would bring."""
    lacks = ((words, most - parts.get(part, 0)) for part, (most, words) in _MOST_BY_PART.items())
    return {words: points for words, points in lacks if points > 0}
