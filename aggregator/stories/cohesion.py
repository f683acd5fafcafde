"""Whether the articles of a story still belong together."""

from collections.abc import Callable, Sequence

from aggregator.stories.comparison import Comparison


def cluster_vectors(vectors: Sequence[bytes], find_least: Callable[[int], float]) -> list[list[int]]:
    """Return the groups that packed vectors fall into, as lists of their places, each in order.

    The two groups that are most alike on average are put together again and again (average linkage, UPGMA;
    Sokal and Michener 1958), until the two are less alike than ``find_least`` asks of a group of their size.
    """
    likeness = [Comparison.of(vector).measure(vectors[:place]) for place, vector in enumerate(vectors)]
    parts = {place: [place] for place in range(len(vectors))}
    sums = {(a, b): likeness[a][b] for a in parts for b in range(a)}
    while sums:
        pair = max(sums, key=lambda pair: (sums[pair] / (len(parts[pair[0]]) * len(parts[pair[1]])), pair))
        size, other = len(parts[pair[0]]), len(parts[pair[1]])
        if sums[pair] < find_least(size + other) * size * other:
            break
        _merge_clusters(pair, parts, sums)
    return sorted(sorted(part) for part in parts.values())


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
