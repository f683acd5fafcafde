"""What decisions on stories do not do: what they name is not stored, or they no longer apply to it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from aggregator.curate.editor_decisions import find_key
from aggregator.model import Article, pair_of
from aggregator.model.decisions import Decision, Verb
from aggregator.pipeline.idle_decisions import Excuse, Idle, IdleDecision, find_forgotten, is_outlived
from aggregator.pipeline.publish.story_relations import find_decided_links
from aggregator.pipeline.site import Site
from aggregator.store import (
    Store,
    find_named_articles,
    find_named_stories,
    read_members,
    read_stored_articles,
)
from aggregator.stories.decisions import Decisions
from aggregator.stories.editor_decisions import EditorLink, StoryChoices, list_others, name_article


def find_idle_on_stories(decisions: Sequence[Decision], site: Site) -> Iterator[IdleDecision]:
    """Yield those of decisions on stories, none of which has ended, that change nothing, each with why."""
    if not decisions:
        return
    names = {name for one in decisions for name in (name_article(one.target), *list_others(one))}
    story_of = find_named_stories(site.store, names)
    led = {story_of.get(name_article(one.target), "") for one in decisions if one.verb is Verb.LEAD}
    members = read_members(site.store, led)
    articles = read_stored_articles(site.store, {one.article_id for all_ in members.values() for one in all_})
    by_id = {article.id: article for article in articles if article.is_published}
    choices = site.list_story_choices()
    state = _Stored(
        story_of=story_of,
        articles={
            id_: [by_id[one.article_id] for one in all_ if one.article_id in by_id]
            for id_, all_ in members.items()
        },
        choices=choices,
        links=find_decided_links(choices, site.store),
        grouped=Decisions(pairs=site.rules.stories.decisions.list_pairs(site.now)),
    )
    for one in decisions:
        missing = _explain_missing(one, state, site.store)
        if missing is not None and missing.excuse is None and is_outlived(one, site.rules, site.now):
            missing = Idle(missing.why, Excuse.REMOVED)
        idle = missing or _explain(one, state)
        if idle is not None:
            yield IdleDecision(decision=one, idle=idle)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Stored:
    """What is known of what decisions name: stories by what names them, and what counts.

    ``articles`` are the published ones by story.
    """

    story_of: Mapping[str, str]
    articles: Mapping[str, Sequence[Article]]
    choices: StoryChoices
    links: Mapping[tuple[str, str], EditorLink]
    grouped: Decisions


def _explain_missing(decision: Decision, state: _Stored, store: Store) -> Idle | None:
    """Return what of a decision names nothing that is stored, None where all does that it needs."""
    why = _explain_name(decision.target, "its target", state, store)
    others = (decision.value or "").split()
    reasons = [_explain_name(other, "its value", state, store) for other in others]
    return why or (reasons[0] if reasons and all(reasons) else None)


def _explain_name(named: str, what: str, state: _Stored, store: Store) -> Idle | None:
    article_id = name_article(named)
    if article_id in state.story_of:
        return None
    found = find_named_articles(store, {find_key(named), article_id})
    if article_id in found:
        return Idle(f"{what} is in no story yet")
    own = found.get(find_key(named))
    if own:
        return Idle(f"{what} has another address of its own: write the id {own}")
    is_forgotten = bool(find_forgotten({find_key(named), article_id}, store))
    return Idle(f"{what} is not stored", Excuse.REMOVED if is_forgotten else None)


def _explain(decision: Decision, state: _Stored) -> Idle | None:
    """Return why a decision changes nothing all of whose articles are stored, None where it does."""
    target, others = name_article(decision.target), list_others(decision)
    if decision.verb is Verb.LEAD:
        return _explain_lead(decision, target, state)
    if decision.verb in (Verb.LINK, Verb.UNLINK):
        a, b = state.story_of[target], state.story_of[others[0]]
        if a == b:
            return Idle("both are one story", Excuse.NEEDLESS)
        last = state.links[pair_of(a, b)].decision
        return None if last == decision else Idle("a later decision on both counts", Excuse.OUTDONE, last.at)
    are_together = [other in state.grouped.find_group(target) for other in others]
    if decision.verb is Verb.MERGE and not all(are_together):
        return Idle("a later decision has them apart", Excuse.OUTDONE)
    is_undone = decision.verb is Verb.SPLIT and all(are_together)
    return Idle("a later decision has them together", Excuse.OUTDONE) if is_undone else None


def _explain_lead(decision: Decision, target: str, state: _Stored) -> Idle | None:
    articles = state.articles.get(state.story_of[target], ())
    if target not in {article.id for article in articles}:
        return Idle("its target is not published")
    if len(articles) == 1:
        return Idle("its target is alone in its story", Excuse.NEEDLESS)
    lead = state.choices.find_lead(articles)
    if lead is not None and state.choices.leads[lead.id] != decision:
        return Idle("a later decision has its story led", Excuse.OUTDONE, state.choices.leads[lead.id].at)
    return None
