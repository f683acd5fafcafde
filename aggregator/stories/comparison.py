"""One vector compared with many at once."""

from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple, Self

import numpy as np

from aggregator.stories.vocabulary import FIRST_PAIR, RECORD, SCALE, Numbers, Records, read_records

_MARKS, _MIXED = (1 << 13) - 1, 29
"""Places of the table of marks; bits by which a key is shifted over itself: no pair is its second word."""
_SQUARE = SCALE**2
_SIZE = RECORD.itemsize

Overlap = Sequence[tuple[int, int]]
"""The terms that two vectors share: their places in the one, and what they weigh in the other."""


class Overlaps(NamedTuple):
    """What a vector shares with others, in their order.

    ``products`` are the products of both, ``words`` how many of the terms that both have are words.
    """

    products: Sequence[float]
    words: Sequence[int]
    terms: Sequence[Overlap]


class Comparison:
    """A vector made ready to be compared with packed ones."""

    def __init__(self, records: Records) -> None:
        self._records = records
        keys: list[int] = records["key"].tolist()
        weights: list[int] = records["weight"].tolist()
        self.keys, self.weights = keys, weights
        self._marks = np.zeros(_MARKS + 1, np.bool_)
        self._marks[_find_marks(records)] = True

    @classmethod
    def of(cls, packed: bytes) -> Self:
        """Return the same for a packed vector."""
        return cls(read_records(packed))

    def find_overlaps(self, vectors: Sequence[bytes]) -> Overlaps:
        """Return what is shared with each of the vectors, for some that share few terms."""
        at, likely = self._find_likely(vectors)
        find, own = dict(zip(self.keys, range(len(self.keys)), strict=True)).get, self.weights
        ends, number = [*accumulate(map(len, vectors))], 0
        sums, words = [0] * len(ends), [0] * len(ends)
        terms: list[list[tuple[int, int]]] = [[] for _ in ends]
        for start, key, weight in zip((at * _SIZE).tolist(), *_list_columns(likely), strict=True):
            place = find(key)
            if place is not None:
                while start >= ends[number]:
                    number += 1
                sums[number] += own[place] * weight
                words[number] += key < FIRST_PAIR
                terms[number].append((place, weight))
        return Overlaps([total / _SQUARE for total in sums], words, terms)

    def measure(self, vectors: Sequence[bytes]) -> Sequence[float]:
        """Return the products with each of the vectors, for any number of shared terms."""
        at, likely = self._find_likely(vectors)
        order = self._records["key"].argsort()
        ordered = self._records["key"].take(order)
        found = ordered.searchsorted(likely["key"])
        shared = (ordered.take(found, mode="clip") == likely["key"]).nonzero()[0]
        weights = self._records["weight"].take(order.take(found.take(shared))).astype(np.float64)
        ends = np.fromiter(accumulate(map(len, vectors)), np.int64, len(vectors))
        others = ends.searchsorted(at.take(shared) * _SIZE, "right")
        # Whole numbers, and so exact.
        sums = np.bincount(others, weights * likely["weight"].take(shared), len(vectors))
        products: list[float] = (sums / _SQUARE).tolist()
        return products

    def list_shares(self, overlap: Overlap) -> dict[int, float]:
        """Return by key what each shared term adds to the product, in the order of this vector."""
        keys, weights = self.keys, self.weights
        return {keys[place]: (weights[place] / SCALE) * (weight / SCALE) for place, weight in sorted(overlap)}

    def find_heaviest(self, overlap: Overlap, count: int) -> Sequence[int]:
        """Return the keys of the shared terms that weigh most in this vector, the heaviest first."""
        places = sorted((-self.weights[place], place) for place, _ in overlap)
        return [self.keys[place] for _, place in places[:count]]

    def _find_likely(self, vectors: Sequence[bytes]) -> tuple[Numbers, Records]:
        """Return the places of terms that are likely to be shared, and these terms themselves.

        Most are not shared, which a small table tells faster than a search for each.
        """
        records = read_records(b"".join(vectors))
        at = self._marks.take(_find_marks(records)).nonzero()[0]
        return at, records.take(at)


def _find_marks(records: Records) -> Numbers:
    keys = records["key"].astype(np.int64)  # side by side: with a step between them, all of it takes longer
    marks: Numbers = (keys ^ (keys >> _MIXED)) & _MARKS
    return marks


def _list_columns(records: Records) -> tuple[list[int], list[int]]:
    return records["key"].tolist(), records["weight"].tolist()
