"""Two states of feeds, compared: which items enter, leave, move and change; pure."""

from bisect import bisect_left
from collections.abc import Collection, Iterator, Mapping, Sequence
from types import MappingProxyType

from aggregator.model.feed_differences import FeedDifference, ItemChange

NONE_CHANGE: Mapping[str, Collection[str]] = MappingProxyType({})


def compare_feeds(
    before: Mapping[str, Sequence[str]],
    after: Mapping[str, Sequence[str]],
    changing: Mapping[str, Collection[str]] = NONE_CHANGE,
) -> list[FeedDifference]:
    """Return how the feeds differ, by the ids of their items in order; feeds that do not are left out.

    ``changing`` are those that are shown in both, and say something else.
    """
    found = (
        _compare(feed, before.get(feed, ()), after.get(feed, ()), changing.get(feed, ()))
        for feed in {**before, **after}
    )
    return [difference for difference in found if difference.changes]


def _compare(
    feed: str, before: Sequence[str], after: Sequence[str], changing: Collection[str]
) -> FeedDifference:
    was, is_ = set(before), set(after)
    common = [item_id for item_id in before if item_id in is_]
    ordered = [item_id for item_id in after if item_id in was]
    return FeedDifference(
        feed=feed,
        before=len(before),
        after=len(after),
        entering=tuple(
            ItemChange(item_id=item_id, before=None, after=place)
            for place, item_id in enumerate(after, 1)
            if item_id not in was
        ),
        leaving=tuple(
            ItemChange(item_id=item_id, before=place, after=None)
            for place, item_id in enumerate(before, 1)
            if item_id not in is_
        ),
        moving=tuple(_find_moves(common, ordered)) if common != ordered else (),
        changing=tuple(_list_changing(before, after, changing)) if changing else (),
    )


def _list_changing(
    before: Sequence[str], after: Sequence[str], changing: Collection[str]
) -> Iterator[ItemChange]:
    places = {item_id: place for place, item_id in enumerate(before, 1)}
    for place, item_id in enumerate(after, 1):
        if item_id in changing:
            yield ItemChange(item_id=item_id, before=places[item_id], after=place)


def _find_moves(before: Sequence[str], after: Sequence[str]) -> Iterator[ItemChange]:
    """Yield the items that are at another place while the others keep their order."""
    places = {item_id: place for place, item_id in enumerate(before, 1)}
    kept = _find_longest_rise([places[item_id] for item_id in after])
    for place, item_id in enumerate(after, 1):
        if places[item_id] not in kept:
            yield ItemChange(item_id=item_id, before=places[item_id], after=place)


def _find_longest_rise(numbers: Sequence[int]) -> set[int]:
    """Return the longest part of different numbers that rises, by patience sorting."""
    ends: list[int] = []
    earlier: dict[int, int] = {}
    for number in numbers:
        length = bisect_left(ends, number)
        if length:
            earlier[number] = ends[length - 1]
        ends[length : length + 1] = [number]
    rise = set(ends[-1:])
    last = ends[-1] if ends else None
    while last is not None:
        last = earlier.get(last)
        rise |= {last} if last is not None else set()
    return rise
