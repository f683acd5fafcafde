"""What decisions do not do: their target is not stored, or they no longer apply to it."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from aggregator.curate.editor_decisions import find_key, has_ended, lets_go
from aggregator.model.decisions import STORY_VERBS, Decision
from aggregator.pipeline.idle_decisions import Excuse, Idle, IdleDecision, find_forgotten, is_outlived
from aggregator.pipeline.idle_reasons import explain_idle
from aggregator.pipeline.publish.decision_changes import find_published_by
from aggregator.pipeline.story_decision_targets import find_idle_on_stories
from aggregator.rules import Rules
from aggregator.store import Store, find_named_articles, read_stored_articles

_LOOKED_AT = timedelta(days=30)
"""So long after it was decided an editor is told of what may have been a slip."""


def find_idle_decisions(
    decisions: Sequence[Decision], *, rules: Rules, store: Store, now: datetime
) -> Iterator[IdleDecision]:
    """Yield the decisions that change nothing, or never did, each with why."""
    for one in decisions:
        if has_ended(one, one.at):
            others = rules.decisions.by_key.get(find_key(one.target), ())
            is_slip = now - one.at < _LOOKED_AT and not lets_go(one, others)
            excuse = None if is_slip else Excuse.ENDED
            yield IdleDecision(
                decision=one, idle=Idle("its time was past already when it was decided", excuse, one.at)
            )
        elif has_ended(one, now):
            yield IdleDecision(decision=one, idle=Idle.make_ended(one))
    living = [one for one in decisions if not has_ended(one, now)]
    on_stories = [one for one in living if one.verb in STORY_VERBS]
    yield from find_idle_on_stories(on_stories, rules=rules, store=store, now=now)
    on_articles = [one for one in living if one.verb not in STORY_VERBS]
    yield from _find_idle_on_articles(
        [one for one in on_articles if one.publisher is None], rules=rules, store=store, now=now
    )
    for one in on_articles:
        if one.publisher is not None and not find_published_by([one.publisher], store):
            why = f"no article of {one.publisher} is stored; what comes later is kept out"
            excuse = None if now - one.at < _LOOKED_AT else Excuse.WAITING  # it may be misspelled
            yield IdleDecision(decision=one, idle=Idle(why, excuse))


def _find_idle_on_articles(
    decisions: Sequence[Decision], *, rules: Rules, store: Store, now: datetime
) -> Iterator[IdleDecision]:
    keys = {find_key(one.target) for one in decisions}
    named = find_named_articles(store, keys)
    articles = {article.id: article for article in read_stored_articles(store, set(named.values()))}
    forgotten = find_forgotten(keys - named.keys(), store)
    for one in decisions:
        article = articles.get(named.get(find_key(one.target), ""))
        is_gone = find_key(one.target) in forgotten or is_outlived(one, rules, now)
        missing = Idle("its target is not stored", Excuse.REMOVED if is_gone else None)
        idle = explain_idle(one, article, rules, now) if article else missing
        if idle is not None:
            yield IdleDecision(decision=one, idle=idle)
