"""Why a decision on an article changes nothing; pure."""

from collections.abc import Collection
from datetime import datetime

from aggregator.curate.editor_decisions import find_last
from aggregator.model import Article
from aggregator.model.decisions import OUT_VERBS, Decision, Verb
from aggregator.model.predicates import is_listed
from aggregator.pipeline.idle_decisions import Excuse, Idle
from aggregator.rules import Rules
from aggregator.store import ALL


def explain_idle(decision: Decision, article: Article, rules: Rules, now: datetime) -> Idle | None:
    """Return why a decision on an article that is stored changes nothing, None where it does."""
    if decision not in rules.decisions.find_on(article):
        return Idle(f"its target has another address of its own: write the id {article.id}")
    counting = rules.decisions.of(article, now)
    if decision not in counting:
        return _explain_outdone(decision, rules.decisions.find_on(article))
    down = find_last(counting, Verb.TAKEDOWN)
    if decision.verb is Verb.RESTORE and down is not None:
        return Idle(f"takedown {down.id} keeps it out; remove that entry")
    out = find_last(counting, *OUT_VERBS)
    if decision.verb not in OUT_VERBS and out is not None:
        why = "its target is out of all feeds by another decision"
        return None if decision.verb is Verb.RESTORE else Idle(why, Excuse.OUTDONE, out.at)
    return _explain_topic(decision, article, rules) or _explain_value(decision, article)


def _explain_outdone(decision: Decision, others: Collection[Decision]) -> Idle:
    """Return what is told of a decision that has not ended, and counts no more for one of the others."""
    held = decision.verb is Verb.HOLD_UNTIL
    why = "a later hold-until replaced it" if held else "a later decision restored its target"
    verb = Verb.HOLD_UNTIL if held else Verb.RESTORE
    ordered = sorted(others, key=lambda one: one.at)  # of the same second that which stands below is later
    later = ordered[ordered.index(decision) + 1 :]
    return Idle(why, Excuse.OUTDONE, next((one.at for one in later if one.verb is verb), None))


def _explain_topic(decision: Decision, article: Article, rules: Rules) -> Idle | None:
    topic_id = decision.topic or decision.value or ""
    if decision.verb not in (Verb.PIN, Verb.ADD_TOPIC, Verb.REMOVE_TOPIC):
        return None
    if topic_id != ALL and topic_id not in rules.topics_by_id:
        return Idle(f"there is no topic {topic_id} any more")
    if decision.verb is Verb.PIN and not is_listed(article):
        return Idle("its target is in no feed")
    if decision.verb is Verb.PIN and topic_id not in (ALL, *article.topics):
        return Idle(f"its target is not in the topic {topic_id}")
    return None


def _explain_value(decision: Decision, article: Article) -> Idle | None:
    own = {Verb.RETITLE: article.title, Verb.RE_EXCERPT: article.excerpt}
    if decision.verb in own and own[decision.verb] == decision.value:
        return Idle("its target says the same by itself", Excuse.NEEDLESS)
    return None
