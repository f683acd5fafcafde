"""Whether the articles of a story still belong together."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from aggregator.stories.vocabulary import SCALE, read_records

_SQUARE = SCALE**2


def cluster_vectors(vectors: Sequence[bytes], find_least: Callable[[int], float]) -> list[list[int]]:
    """Return the groups that packed vectors fall into, as lists of their places, each in order.

    The two groups that are most alike on average are put together again and again (average linkage, UPGMA;
    Sokal and Michener 1958), until the two are less alike than ``find_least`` asks of a group of their size.
    """
    likeness = multiply_all(vectors).tolist()
    parts = {place: [place] for place in range(len(vectors))}
    sums = {(a, b): likeness[a][b] for a in parts for b in range(a)}
    while sums:
        pair = max(sums, key=lambda pair: (sums[pair] / (len(parts[pair[0]]) * len(parts[pair[1]])), pair))
        size, other = len(parts[pair[0]]), len(parts[pair[1]])
        if sums[pair] < find_least(size + other) * size * other:
            break
        _merge_clusters(pair, parts, sums)
    return sorted(sorted(part) for part in parts.values())


def multiply_all(vectors: Sequence[bytes]) -> NDArray[np.float64]:
    """Return the product of each of some packed vectors, by its place, with each of those before it."""
    count, records = len(vectors), read_records(b"".join(vectors))
    owners = np.arange(count).repeat([len(read_records(vector)) for vector in vectors])
    order = records["key"].argsort(kind="stable")
    keys, weights, owners = records["key"].take(order), records["weight"].take(order), owners.take(order)
    # Beside each term stand those of the same key before it, which are of vectors before its own.
    places = np.arange(len(keys))
    before = places - keys.searchsorted(keys)
    one = places.repeat(before)
    other = one - 1 - (np.arange(len(one)) - (before.cumsum() - before).repeat(before))
    products = weights.take(one).astype(np.float64) * weights.take(other)  # whole numbers, and so exact
    sums = np.bincount(owners.take(one) * count + owners.take(other), products, count * count)
    return sums.reshape(count, count) / _SQUARE


def _merge_clusters(
    pair: tuple[int, int], parts: dict[int, list[int]], sums: dict[tuple[int, int], float]
) -> None:
    kept, gone = min(pair), max(pair)
    del sums[pair]
    for other in parts:
        if other not in pair:
            one, two = (max(kept, other), min(kept, other)), (max(gone, other), min(gone, other))
            sums[one] += sums.pop(two)
    parts[kept].extend(parts.pop(gone))
