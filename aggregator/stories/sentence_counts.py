"""Sentences that stand under many of a publisher's articles: "Subscribe to us", "Follow our live blog here".

They tell nothing of what an article is about, in whatever language they are, and are known by how often they
come.
"""

import numpy as np

from aggregator.stories.sentences import has_address, is_apart, list_sentences, pack_marks, read_marks

STANDING = 3
"""In so many of a publisher's articles the same sentence tells nothing."""
_PLACES = 1 << 22
"""Of counts: so many that hardly two sentences share one, and no more, whatever publishers write."""


class SentenceCounts:
    """In how many articles of the open stories the sentences of publishers stand, by their marks."""

    def __init__(self) -> None:
        # As an array of zeros it takes memory only where it is written to.
        self._counts = np.zeros(_PLACES, np.int32).data

    def count(self, marks: bytes, step: int = 1) -> None:
        """Count an article with these marks, or take it back where ``step`` is -1."""
        for mark in read_marks(marks):
            self._counts[mark % _PLACES] += step

    def read_excerpt(self, excerpt: str, provider: str, title: str) -> tuple[str, bytes]:
        """Return a new article's excerpt without standing sentences and addresses, and its marks.

        Standing is also what came once before and has nothing of the title, where what stands beside it is
        new: the same article once more has all of its sentences.
        """
        sentences = list_sentences(excerpt, provider)
        # A short one has no mark, and is neither known nor new.
        known = [self._counts[mark % _PLACES] if mark else -1 for _, mark in sentences]
        kept = [
            sentence
            for (sentence, _), times in zip(sentences, known, strict=True)
            if not (times >= STANDING - 1 or (times > 0 and 0 in known and is_apart(sentence, title)))
        ]
        if len(kept) < len(sentences) or has_address(excerpt):
            excerpt = ". ".join(kept)
        return excerpt, pack_marks([mark for _, mark in sentences])
