"""Sparse vectors: mappings of terms to weights, of length one unless said otherwise."""

import math
from array import array
from collections.abc import Mapping, Sequence
from itertools import pairwise
from operator import mul
from sys import intern
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # who only compares vectors imports no words of languages
    from aggregator.stories.terms import Terms

EXCERPT_SHARE = 0.52
"""What a term weighs that stands in the excerpt only, beside one of the title."""
PAIR_SHARE = 0.4
"""What two neighbouring terms weigh, beside the mean of both."""
SERIES_SHARE = 0.8
"""Of their other words what two articles of one series have in common."""
DIGITS = 4

Vector = Mapping[str, float]


class _SharedWeights(dict[float, float]):
    """One float for all equal weights: rounded ones from 0 to 1 are few, and every vector has dozens."""

    def __missing__(self, weight: float) -> float:
        return self.setdefault(weight, weight)


_share_weight = _SharedWeights().__getitem__
_SCALE = 10**DIGITS


def make_vector(terms: "Terms", weights: Mapping[str, float]) -> dict[str, float]:
    """Return an article's vector; ``weights`` has what each of its terms weighs.

    Neighbouring terms count as terms of their own only where there is an excerpt: in a title alone they
    would lengthen the vector more than they tell.
    """
    vector = {term: EXCERPT_SHARE * weights[term] for term in terms.excerpt}
    vector.update((term, weights[term]) for term in terms.title)
    if terms.excerpt:
        for sequence, share in ((terms.excerpt, EXCERPT_SHARE * PAIR_SHARE), (terms.title, PAIR_SHARE)):
            vector.update(_weigh_pairs(sequence, share, weights))
    return normalise(vector)


def normalise(vector: Vector) -> dict[str, float]:
    """Return the vector with length one, its weights rounded so that they are stored as they are used."""
    length = measure_length(vector)
    if not length:
        return {}
    return {term: _share_weight(round(weight / length, DIGITS)) for term, weight in vector.items()}


def measure_length(vector: Vector) -> float:
    """Return the length of any vector."""
    return math.sqrt(sum(map(mul, vector.values(), vector.values())))


def dot(a: Vector, b: Vector) -> float:
    """Return the product of two vectors: their cosine where both have length one."""
    # Added up exactly, as the order of a set's elements differs from process to process.
    shared = a.keys() & b.keys()
    return math.fsum(map(mul, map(a.__getitem__, shared), map(b.__getitem__, shared)))


def dot_beside_main_idea(a: Vector, b: Vector) -> float:
    """Return the product of two vectors without the term that they share most of all.

    Its neighbours go with it where they share it as a pair: "Kestrel Vale" is one idea, and a place or a
    person that two articles share does not make them tell of one event.
    """
    # Not in the order of a set, so that of equals the same one is taken everywhere.
    shared = {term: weight * b[term] for term, weight in a.items() if term in b}
    words = [term for term in shared if " " not in term]
    if not words:
        return 0.0
    main = max(words, key=shared.__getitem__)
    pairs = {term: term.split(" ") for term in shared if " " in term}
    idea = {main, *(word for pair in pairs.values() if main in pair for word in pair)}
    return sum(weight for term, weight in shared.items() if idea.isdisjoint(pairs.get(term, (term,))))


def is_next_of_series(a: Vector, b: Vector) -> bool:
    """Tell whether two articles say the same but for their numbers: "Episode 7" and "Episode 8"."""
    words = [{term for term in vector if " " not in term} for vector in (a, b)]
    numbers = [{word for word in each if word[0].isdigit()} for each in words]
    if not numbers[0] or not numbers[1] or numbers[0] & numbers[1]:
        return False
    rest = [each - own for each, own in zip(words, numbers, strict=True)]
    return len(rest[0] & rest[1]) >= SERIES_SHARE * len(rest[0] | rest[1])


def find_heaviest(vector: Vector, count: int) -> list[str]:
    """Return the terms of most weight, the heaviest first; equals in the order they stand in."""
    return sorted(vector, key=vector.__getitem__, reverse=True)[:count]


def trim(vector: Vector, count: int) -> dict[str, float]:
    """Return the ``count`` heaviest terms of any vector."""
    return {term: vector[term] for term in find_heaviest(vector, count)}


def pack_vector(vector: Vector) -> bytes:
    """Return a vector of length one, or a part of it, in little memory; ``unpack_vector`` reads it."""
    weights = array("H", [round(weight * _SCALE) for weight in vector.values()])
    return "\n".join(vector).encode() + b"\0" + weights.tobytes()


def unpack_vector(packed: bytes) -> dict[str, float]:
    """Return the vector that was packed, its weights and their order the same."""
    terms, _, weights = packed.partition(b"\0")
    scaled = array("H", weights)
    return share_memory(dict(zip(terms.decode().split("\n"), [k / _SCALE for k in scaled], strict=False)))


def share_memory(vector: Vector) -> dict[str, float]:
    """Return an equal vector that has its words and weights in common with all others that hold them."""
    # Pairs of words seldom occur twice: they are not worth a place among the strings that are known.
    return {term if " " in term else intern(term): _share_weight(weight) for term, weight in vector.items()}


def has_number(vector: Vector) -> bool:
    """Tell whether one of its words is a number, as those of a series have."""
    return any(term[0].isdigit() and " " not in term for term in vector)


def _weigh_pairs(sequence: Sequence[str], share: float, weights: Mapping[str, float]) -> dict[str, float]:
    return {f"{a} {b}": share * (weights[a] + weights[b]) / 2 for a, b in pairwise(sequence)}
