"""Taking up which articles editors have lead stories, and which stories they link: those stories are marked.

what counts now, by the stories of today ─► compared with what was taken up last ─► their stories ─► marked

A decision comes, goes, or ends by itself, and stories are merged and parted: it is all the same. While the
same decisions count, only those are looked at that name a story which changed since.
"""

import json
from collections.abc import Iterator
from typing import TypeAlias

from aggregator.model.decisions import Decision, Verb
from aggregator.pipeline.publish.choice_corrections import correct_chosen
from aggregator.pipeline.publish.story_relations import find_decided_links
from aggregator.pipeline.site import Site
from aggregator.store import (
    CHOSEN_BY,
    Store,
    find_named_stories,
    list_changed_stories,
    list_story_names,
    mark_stories,
    read_last_turn,
    read_note,
    write_note,
)
from aggregator.stories.editor_decisions import StoryChoices

CHOSEN = "stories shown by"
"""The note in the store with what was taken up last: a line each, the newest first."""
_Choice: TypeAlias = tuple[str, ...]
"""A verb, what it is about, an article or two stories, and the id of the decision."""


def take_up_choices(site: Site) -> int:
    """Mark the stories that editors want shown otherwise than at the last time; return how many.

    Readers are told of those that were decided with a reason for them.
    """
    digest, turn = site.rules.stories.decisions.digest_choices(site.now), read_last_turn(site.store)
    as_of = json.dumps([digest, turn])
    known_by, known_turn = json.loads(read_note(site.store, CHOSEN_BY) or '["", 0]')
    if known_by == digest and (not digest or known_turn == turn):
        return 0
    choices = site.list_story_choices()
    if known_by == digest and known_turn < turn and not _has_moved(choices, known_turn, site.store):
        write_note(site.store, CHOSEN_BY, as_of)
        return 0
    noted = _read_noted(site.store)
    fresh = {**dict(_list_leads(choices)), **dict(_list_links(choices, site.store))}
    changed = _find_changed(noted, [*fresh])
    led = find_named_stories(site.store, {name for verb, name, _ in changed if verb == Verb.LEAD})
    stories_of = {
        one: tuple(filter(None, [led.get(one[1])])) if one[0] == Verb.LEAD else tuple(one[1].split())
        for one in changed
    }
    told = [(fresh[one], story_ids) for one, story_ids in sorted(stories_of.items()) if one in fresh]
    correct_chosen(told, site)
    marked = {story_id for story_ids in stories_of.values() for story_id in story_ids}
    mark_stories(site.store, marked, values={CHOSEN: json.dumps([*fresh]), CHOSEN_BY: as_of})
    return len(marked)


def _read_noted(store: Store) -> list[_Choice]:
    return [tuple(map(str, one)) for one in json.loads(read_note(store, CHOSEN) or "[]")]


def _has_moved(choices: StoryChoices, since_turn: int, store: Store) -> bool:
    """Tell whether any link is of other stories than was noted, as stories changed since that turn."""
    changed = list_changed_stories(store, since_turn) if choices.links else ()
    links = choices.find_links(list_story_names(store, changed))
    if not links:
        return False
    named = find_named_stories(store, {name for link in links for name in (link.one, link.other)})
    pairs = {decision_id: pair for _, pair, decision_id in _read_noted(store)}
    shown = set(pairs.values())
    for link in links:
        two = {named[name] for name in (link.one, link.other) if name in named}
        pair = " ".join(sorted(two)) if len(two) == 2 else None
        before = pairs.get(link.decision.id)
        # Of what a newer decision says of the same two nothing is noted.
        if before != pair and (before is not None or pair not in shown):
            return True
    return False


def _list_leads(choices: StoryChoices) -> Iterator[tuple[_Choice, Decision]]:
    for article_id, decision in choices.leads.items():
        yield (Verb.LEAD.value, article_id, decision.id), decision


def _list_links(choices: StoryChoices, store: Store) -> Iterator[tuple[_Choice, Decision]]:
    for pair, link in find_decided_links(choices, store).items():
        yield (link.decision.verb.value, " ".join(pair), link.decision.id), link.decision


def _find_changed(before: list[_Choice], after: list[_Choice]) -> set[_Choice]:
    """Return what is there before or after alone; all, where the rest has another order."""
    was, is_ = set(before), set(after)
    if [one for one in before if one in is_] != [one for one in after if one in was]:
        return was | is_
    return was ^ is_
