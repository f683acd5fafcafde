"""How alike two vectors are that are mappings, as they are stored: of terms with their weights.

Apart from vectors that are arrays, since whoever only shows stories needs no numpy.
"""

import math
from collections.abc import Mapping, Sequence
from operator import mul


def dot(a: Mapping[str, float], b: Mapping[str, float]) -> float:
    """Return the product of two vectors that are mappings: their cosine where both have length one."""
    # Added up exactly, as the order of a set's elements differs from process to process.
    shared = a.keys() & b.keys()
    return math.fsum(map(mul, map(a.__getitem__, shared), map(b.__getitem__, shared)))


def average_dot(some: Sequence[Mapping[str, float]], others: Sequence[Mapping[str, float]]) -> float:
    """Return the mean product of each of some vectors with each of the others; 0 where there are none."""
    return sum([dot(one, other) for one in some for other in others]) / max(1, len(some) * len(others))
