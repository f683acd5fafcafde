"""Where stories stood that became part of others: these stand no lower in the feeds that showed them."""

from collections.abc import Collection, Iterator, Mapping

from aggregator.pipeline.publish.feed_places import find_standing
from aggregator.pipeline.publish.story_times import is_time_of
from aggregator.pipeline.publish.story_views import Stories
from aggregator.store import (
    ARTICLES_FOLDER,
    ShownUpdate,
    Store,
    find_aliases,
    read_current_stories,
    read_items_by_id,
    read_shown_updates,
)

_Key = tuple[str, str]


def recall_places(
    stories: Stories, story_ids: Collection[str], known: Mapping[_Key, ShownUpdate], store: Store
) -> Mapping[_Key, ShownUpdate]:
    """Return by feed and story what is ``known`` of where it stands, or a story that it took in.

    The latest of the times that articles have which are in it now.
    """
    wide = [story_id for story_id in story_ids if len(stories.members.get(story_id, ())) > 1]
    current = read_current_stories(store, find_aliases(store, wide))
    if not current:
        return known
    found = dict(known)
    for key, one in _list_former_places(current, store):
        at, own = one.placed_at, found.get(key)
        if at is None or not is_time_of(at, stories.list_standing(key[1])):
            continue
        own_at = own.placed_at if own else None
        if own_at is None or own_at < at or not is_time_of(own_at, stories.list_standing(key[1])):
            found[key] = one
    return found


def _list_former_places(current: Mapping[str, str], store: Store) -> Iterator[tuple[_Key, ShownUpdate]]:
    """Yield where former stories stood, under the feeds and the ids of the stories that they led to."""
    for (feed, former_id), one in read_shown_updates(store, current).items():
        yield (feed, current[former_id]), one
    for former_id, items in read_items_by_id(store, current).items():
        for item in items:
            at = find_standing(item)
            if at is not None and not item.feed.endswith(ARTICLES_FOLDER):
                stood = ShownUpdate(head=former_id, updated_at=at, placed_at=at)
                yield (item.feed, current[former_id]), stood
