"""One vector compared with many at once."""

from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from aggregator.stories.vocabulary import FIRST_PAIR, RECORD, SCALE, Numbers, Records, read_records

_MARKS = (1 << 13) - 1
_BEHIND_ALL = np.array([np.iinfo(np.int64).max])
_SQUARE = SCALE**2
_SIZE = RECORD.itemsize


class Overlap(NamedTuple):
    """The terms that two vectors share: their ``places`` in the one, and what they weigh in the other."""

    places: Numbers
    weights: Numbers


class Products(NamedTuple):
    """What a vector's products with others come to, in their order, and what they are made of.

    ``places`` are the vector's terms that the other one of that number in ``others`` has, at that weight.
    """

    values: Sequence[float]
    others: Numbers
    places: Numbers
    weights: Numbers

    def find_overlap(self, number: int) -> Overlap:
        """Return what is shared with one of the others."""
        part = slice(*self.others.searchsorted((number, number + 1)))
        return Overlap(self.places[part], self.weights[part])


class Comparison:
    """A vector made ready to be compared with packed ones."""

    def __init__(self, records: Records) -> None:
        self.keys: Numbers = records["key"]
        self.weights: NDArray[np.float64] = records["weight"].astype(np.float64)
        self._order = self.keys.argsort()
        self._sorted = np.concatenate((self.keys[self._order], _BEHIND_ALL))
        self._marks = np.zeros(_MARKS + 1, np.bool_)
        self._marks[self.keys & _MARKS] = True

    @classmethod
    def of(cls, packed: bytes) -> Self:
        """Return the same for a packed vector."""
        return cls(read_records(packed))

    def measure(self, vectors: Sequence[bytes]) -> Products:
        """Return the products with each of the vectors."""
        records = read_records(b"".join(vectors))
        keys = records["key"]
        # Most terms are not shared, which a small table tells faster than a search for each.
        likely = self._marks.take(keys & _MARKS).nonzero()[0]
        keys = keys[likely]
        found = self._sorted.searchsorted(keys)
        shared = (self._sorted.take(found) == keys).nonzero()[0]
        at, places = likely.take(shared), self._order.take(found.take(shared))
        weights = records["weight"][at]
        ends = np.fromiter(accumulate(map(len, vectors)), np.int64, len(vectors))
        others = ends.searchsorted(at * _SIZE, "right")
        # Whole numbers, and so exact.
        sums = np.bincount(others, self.weights.take(places) * weights, len(vectors))
        return Products((sums / _SQUARE).tolist(), others, places, weights)

    def count_words(self, products: Products) -> Sequence[int]:
        """Return for each of the others how many of the terms that it shares are words."""
        others = products.others[self.keys.take(products.places) < FIRST_PAIR]
        counts: list[int] = np.bincount(others, minlength=len(products.values)).tolist()
        return counts

    def list_shares(self, overlap: Overlap) -> dict[int, float]:
        """Return by key what each shared term adds to the product, in the order of this vector."""
        shared = sorted(zip(overlap.places.tolist(), overlap.weights.tolist(), strict=True))
        keys, weights = self.keys.tolist(), self.weights.tolist()
        return {keys[place]: (weights[place] / SCALE) * (weight / SCALE) for place, weight in shared}

    def find_heaviest(self, overlap: Overlap, count: int) -> Sequence[int]:
        """Return the keys of the shared terms that weigh most in this vector, the heaviest first."""
        places = np.sort(overlap.places)
        heaviest: list[int] = self.keys[
            places[(-self.weights[places]).argsort(kind="stable")[:count]]
        ].tolist()
        return heaviest
