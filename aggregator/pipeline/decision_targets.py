"""What decisions do not do: their target is not stored, or they no longer apply to it."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from aggregator.curate.editor_decisions import find_key, has_ended, lets_go
from aggregator.model.decisions import STORY_VERBS, Decision
from aggregator.pipeline.idle_decisions import Excuse, Idle, IdleDecision, find_forgotten, is_outlived
from aggregator.pipeline.idle_reasons import explain_idle
from aggregator.pipeline.publish.decision_changes import find_published_by
from aggregator.pipeline.site import Site
from aggregator.pipeline.story_decision_targets import find_idle_on_stories
from aggregator.store import find_named_articles, read_stored_articles

_LOOKED_AT = timedelta(days=30)
"""So long after it was decided an editor is told of what may have been a slip."""


def find_idle_decisions(decisions: Sequence[Decision], site: Site) -> Iterator[IdleDecision]:
    """Yield the decisions that change nothing, or never did, each with why."""
    for one in decisions:
        if has_ended(one, one.at):
            others = site.rules.decisions.by_key.get(find_key(one.target), ())
            is_slip = site.now - one.at < _LOOKED_AT and not lets_go(one, others)
            excuse = None if is_slip else Excuse.ENDED
            yield IdleDecision(
                decision=one, idle=Idle("its time was past already when it was decided", excuse, one.at)
            )
        elif has_ended(one, site.now):
            yield IdleDecision(decision=one, idle=Idle.make_ended(one))
    living = [one for one in decisions if not has_ended(one, site.now)]
    on_stories = [one for one in living if one.verb in STORY_VERBS]
    yield from find_idle_on_stories(on_stories, site)
    on_articles = [one for one in living if one.verb not in STORY_VERBS]
    yield from _find_idle_on_articles([one for one in on_articles if one.publisher is None], site)
    for one in on_articles:
        if one.publisher is not None and not find_published_by([one.publisher], site.store):
            why = f"no article of {one.publisher} is stored; what comes later is kept out"
            excuse = None if site.now - one.at < _LOOKED_AT else Excuse.WAITING  # it may be misspelled
            yield IdleDecision(decision=one, idle=Idle(why, excuse))


def _find_idle_on_articles(decisions: Sequence[Decision], site: Site) -> Iterator[IdleDecision]:
    keys = {find_key(one.target) for one in decisions}
    named = find_named_articles(site.store, keys)
    articles = {article.id: article for article in read_stored_articles(site.store, set(named.values()))}
    forgotten = find_forgotten(keys - named.keys(), site.store)
    for one in decisions:
        article = articles.get(named.get(find_key(one.target), ""))
        is_gone = find_key(one.target) in forgotten or is_outlived(one, site.rules, site.now)
        missing = Idle("its target is not stored", Excuse.REMOVED if is_gone else None)
        idle = explain_idle(one, article, site.rules, site.now) if article else missing
        if idle is not None:
            yield IdleDecision(decision=one, idle=idle)
