"""Which stories are shown as related: those that editors link, then those that grouping found to be alike."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from aggregator.model import pair_of
from aggregator.store import (
    Store,
    find_listed_stories,
    find_named_stories,
    list_story_names,
    read_related_stories,
)
from aggregator.stories.editor_decisions import EditorLink, StoryChoices

RELATED = 5
"""Related articles that are shown."""


def read_relations(
    story_ids: Collection[str], choices: StoryChoices, store: Store
) -> Mapping[str, tuple[str, ...]]:
    """Return story id -> ids of the stories related to it, those that editors linked last first."""
    found = read_related_stories(store, story_ids)
    decided: dict[str, dict[str, bool]] = {}
    for (a, b), link in find_decided_links(choices, store, among=story_ids).items():
        decided.setdefault(a, {})[b] = decided.setdefault(b, {})[a] = link.is_related
    changed = {
        story_id: (
            *(other for other, is_related in decided[story_id].items() if is_related),
            *(other for other in found.get(story_id, ()) if other not in decided[story_id]),
        )
        for story_id in decided.keys() & set(story_ids)
    }
    return {story_id: others for story_id, others in {**found, **changed}.items() if others}


def find_decided_links(
    choices: StoryChoices, store: Store, *, among: Collection[str] | None = None
) -> dict[tuple[str, str], EditorLink]:
    """Return by the stories of today what editors decided last on two; none on those that are one now.

    ``among`` are the stories of which one of the two is to be, None: all that is decided.
    """
    if not choices.links:
        return {}
    links = choices.links if among is None else choices.find_links(list_story_names(store, among))
    named = find_named_stories(store, {name for link in links for name in (link.one, link.other)})
    found: dict[tuple[str, str], EditorLink] = {}
    for link in links:
        a, b = named.get(link.one), named.get(link.other)
        if a is not None and b is not None and a != b:
            found.setdefault(pair_of(a, b), link)
    return found


def find_showing_stories(story_ids: Collection[str], choices: StoryChoices, store: Store) -> frozenset[str]:
    """Return the stories that may show one of these as related: no ``RELATED`` others come before it."""
    linked = {other for others in read_relations(story_ids, choices, store).values() for other in others}
    links = read_relations(linked, choices, store)
    listed = find_listed_stories(store, {other for others in links.values() for other in others})
    return frozenset(id_ for id_ in linked if not set(story_ids).isdisjoint(_cut_links(links[id_], listed)))


def _cut_links(linked: Sequence[str], listed: Collection[str]) -> Iterator[str]:
    """Yield linked stories until so many are listed as are ever shown."""
    count = 0
    for other in linked:
        yield other
        count += other in listed
        if count == RELATED:
            return
