"""Taking up which articles editors have lead stories, and which stories they link: those stories are marked.

what counts now, by the stories of today ─► compared with what was taken up last ─► their stories ─► marked

A decision comes, goes, or ends by itself, and stories are merged and parted: it is all the same.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import TypeAlias

from aggregator.model.decisions import Decision, Verb
from aggregator.pipeline.publish.choice_corrections import correct_chosen
from aggregator.pipeline.publish.story_relations import find_decided_links
from aggregator.rules import Rules
from aggregator.store import Store, find_named_stories, mark_stories, read_note
from aggregator.stories.editor_decisions import StoryChoices

CHOSEN = "stories shown by"
"""The note in the store with what was taken up last: a line each, the newest first."""
_Choice: TypeAlias = tuple[str, ...]
"""A verb, what it is about, an article or two stories, and the id of the decision."""


def take_up_choices(rules: Rules, store: Store, now: datetime) -> int:
    """Mark the stories that editors want shown otherwise than at the last time; return how many.

    Readers are told of those that were decided with a reason for them.
    """
    choices = rules.story_decisions.list_choices(now)
    noted = [tuple(map(str, one)) for one in json.loads(read_note(store, CHOSEN) or "[]")]
    fresh = {**dict(_list_leads(choices)), **dict(_list_links(choices, store))}
    if [*fresh] == noted:
        return 0
    changed = _find_changed(noted, [*fresh])
    led = find_named_stories(store, {name for verb, name, _ in changed if verb == Verb.LEAD})
    stories_of = {
        one: tuple(filter(None, [led.get(one[1])])) if one[0] == Verb.LEAD else tuple(one[1].split())
        for one in changed
    }
    told = [(fresh[one], story_ids) for one, story_ids in sorted(stories_of.items()) if one in fresh]
    correct_chosen(told, rules=rules, store=store, now=now)
    marked = {story_id for story_ids in stories_of.values() for story_id in story_ids}
    mark_stories(store, marked, values={CHOSEN: json.dumps([*fresh])})
    return len(marked)


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
