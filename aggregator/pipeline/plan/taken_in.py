"""Stories that leave a feed as they become part of another one that it shows."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from aggregator.model.feed_differences import FeedDifference, ItemChange
from aggregator.store import ARTICLES_FOLDER, Store, find_named_stories


def note_taken_in(differences: Iterable[FeedDifference], store: Store) -> Iterator[FeedDifference]:
    """Yield differences with which stories of the ``store`` took in those that leave, and their titles.

    Where the feed shows nothing of the story that did, it just leaves.
    """
    found = list(differences)
    of_stories = [one for one in found if not one.feed.endswith(ARTICLES_FOLDER)]
    became = find_named_stories(store, {item.item_id for one in of_stories for item in one.leaving})
    for one in found:
        yield one if one.feed.endswith(ARTICLES_FOLDER) else _note(one, became)


def tell_once(difference: FeedDifference) -> FeedDifference:
    """Return a difference with each story told once: by what takes it in, or by what it says otherwise."""
    told = {item.item_id for item in difference.changing}
    taking = {item.item_id for item in difference.entering if item.takes_in} | told
    return replace(
        difference,
        leaving=tuple(item for item in difference.leaving if item.into not in taking),
        moving=tuple(item for item in difference.moving if item.item_id not in told),
    )


def _note(difference: FeedDifference, became: Mapping[str, str]) -> FeedDifference:
    shown = {item.item_id for item in (*difference.entering, *difference.changing)}
    into = {
        item.item_id: story_id
        for item in difference.leaving
        if (story_id := became.get(item.item_id)) in shown and story_id is not None
    }
    if not into:
        return difference

    def note(item: ItemChange) -> ItemChange:
        titles = (one.title for one in difference.leaving if into.get(one.item_id) == item.item_id)
        return replace(item, takes_in=tuple(titles))

    return replace(
        difference,
        entering=tuple(map(note, difference.entering)),
        leaving=tuple(replace(item, into=into.get(item.item_id)) for item in difference.leaving),
        changing=tuple(map(note, difference.changing)),
    )
