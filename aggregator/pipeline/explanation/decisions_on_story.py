"""Which decisions are on a story, and which of them are over."""

from collections.abc import Collection
from dataclasses import dataclass

from aggregator.curate.editor_decisions import has_ended
from aggregator.model.decisions import Decision
from aggregator.pipeline.idle_decisions import OVER, Idle, IdleDecision
from aggregator.pipeline.site import Site
from aggregator.pipeline.story_decision_targets import find_idle_on_stories
from aggregator.store import find_named_stories
from aggregator.stories.editor_decisions import list_others, name_article


@dataclass(frozen=True, kw_only=True, slots=True)
class DecisionsOnStory:
    """The decisions on a story that count, and those that are ``over``, with why: the newest first."""

    counting: tuple[Decision, ...] = ()
    over: tuple[IdleDecision, ...] = ()


NO_DECISIONS = DecisionsOnStory()


def find_decisions_on_story(
    story_id: str | None, article_ids: Collection[str], site: Site
) -> DecisionsOnStory:
    """Return the decisions that name a story, by its id, a former one or one of its articles.

    ``story_id`` None: they name one of the articles, which have no story yet.
    """
    names_of = {
        one: {name_article(one.target), *list_others(one)}
        for one in site.rules.stories.decisions.newest_first
    }
    story_of = (
        find_named_stories(site.store, set().union(*names_of.values())) if names_of and story_id else {}
    )
    own = {*article_ids, *(name for name, led in story_of.items() if led == story_id)}
    found = [one for one, names in names_of.items() if not names.isdisjoint(own)]
    living = [one for one in found if not has_ended(one, site.now)]
    idle = find_idle_on_stories(living, site)
    over = {one.decision: one for one in idle if one.idle.excuse in OVER}
    ended = (one for one in found if has_ended(one, site.now))
    over |= {one: IdleDecision(decision=one, idle=Idle.make_ended(one)) for one in ended}
    return DecisionsOnStory(
        counting=tuple(one for one in found if one not in over),
        over=tuple(over[one] for one in found if one in over),
    )
