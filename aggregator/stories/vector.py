"""Sparse vectors: terms with their weights, of length one unless said otherwise.

Most are arrays of records, as the vocabulary makes them; mappings where they are made, read or changed.
"""

import math
from collections.abc import Collection, Mapping, Sequence
from operator import mul
from typing import TYPE_CHECKING

import numpy as np

from aggregator.stories.vocabulary import (
    FIRST_PAIR,
    PAIR_BITS,
    RECORD,
    SCALE,
    Records,
    Vocabulary,
    make_records,
    split_key,
)

if TYPE_CHECKING:  # who only compares vectors imports no words of languages
    from aggregator.stories.terms import Terms

EXCERPT_SHARE = 0.52
"""What a term weighs that stands in the excerpt only, beside one of the title."""
PAIR_SHARE = 0.4
"""What two neighbouring terms weigh, beside the mean of both."""


def make_vector(terms: "Terms", weights: Mapping[str, float], vocabulary: Vocabulary) -> Records:
    """Return an article's vector; ``weights`` has what each of its terms weighs.

    Neighbouring terms count as terms of their own only where there is an excerpt: in a title alone they
    would lengthen the vector more than they tell.
    """
    find_key, find_weight = vocabulary.__getitem__, weights.__getitem__
    excerpt, title = (
        ([*map(find_key, sequence)], [*map(find_weight, sequence)])
        for sequence in (terms.excerpt, terms.title)
    )
    vector = dict(zip(excerpt[0], [EXCERPT_SHARE * weight for weight in excerpt[1]], strict=True))
    vector.update(zip(*title, strict=True))
    if terms.excerpt:
        vector |= _weigh_pairs(*excerpt, EXCERPT_SHARE * PAIR_SHARE)
        vector |= _weigh_pairs(*title, PAIR_SHARE)
    return normalise(vector)


def normalise(vector: Mapping[int, float]) -> Records:
    """Return the vector with length one, its weights rounded so that they are stored as they are used."""
    length = measure_length(vector.values())
    if not length:
        return make_records((), (), 0)
    records: Records = np.empty(len(vector), RECORD)
    records["key"] = np.fromiter(vector, np.int64, len(vector))
    weights = np.fromiter(vector.values(), np.float64, len(vector))
    weights /= length
    weights *= SCALE
    records["weight"] = np.rint(weights, weights)
    return records


def measure_length(weights: Collection[float]) -> float:
    """Return the length of a vector with these weights."""
    return math.sqrt(sum(map(mul, weights, weights)))


def leave_main_idea(shared: Mapping[int, float], reach: int = 1) -> float:
    """Return the product of two vectors without the term that they share most of all.

    ``shared`` has by its key what each term that is in both adds to the product. The main term's neighbours
    go with it where they share it as a pair: "Kestrel Vale" is one idea, and a place or a person that two
    articles share does not make them tell of one event. So do their neighbours where ``reach`` is 2: "Mayor
    Kestrel Vale".
    """
    words = [key for key in shared if key < FIRST_PAIR]
    if not words:
        return 0.0
    idea = {max(words, key=shared.__getitem__)}
    pairs = {key: split_key(key) for key in shared if key >= FIRST_PAIR}
    for _ in range(reach):
        idea.update(*(pair for pair in pairs.values() if not idea.isdisjoint(pair)))
    return sum(weight for key, weight in shared.items() if idea.isdisjoint(pairs.get(key, (key,))))


def add_vectors(vector: Records, other: Records) -> Records:
    """Return the sum of two vectors of any length, with the terms of the first before those of the other."""
    if not len(vector):
        return other.copy()
    order = vector["key"].argsort()
    places = order.take(vector["key"].searchsorted(other["key"], sorter=order), mode="clip")
    is_shared = vector["key"].take(places) == other["key"]
    # By bytes, as putting arrays of records together takes thrice the time.
    total: Records = np.frombuffer(bytearray(vector.tobytes() + other[~is_shared].tobytes()), RECORD)
    total["weight"][places[is_shared]] += other["weight"][is_shared]
    return total


def trim(vector: Records, count: int) -> Records:
    """Return the ``count`` heaviest terms of any vector, the heaviest first; equals as they stood."""
    trimmed: Records = vector.take((-vector["weight"]).argsort(kind="stable")[:count])
    return trimmed


def _weigh_pairs(keys: Sequence[int], weights: Sequence[float], share: float) -> dict[int, float]:
    half, both = share / 2, zip(keys, keys[1:], weights, weights[1:], strict=False)
    return {a << PAIR_BITS | b: half * (one + two) for a, b, one, two in both}
