"""What decisions do not do: their target is not stored, or they no longer apply to it."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from aggregator.curate.editor_decisions import find_key, find_last, has_ended
from aggregator.model import Article
from aggregator.model.decisions import OUT_VERBS, STORY_VERBS, Decision, Verb
from aggregator.model.predicates import is_listed
from aggregator.pipeline.publish.decision_changes import find_published_by
from aggregator.pipeline.story_decision_targets import find_idle_on_stories
from aggregator.rules import Rules
from aggregator.store import ALL, Store, find_named_articles, read_stored_articles


def find_idle_decisions(
    decisions: Sequence[Decision], *, rules: Rules, store: Store, now: datetime
) -> Iterator[tuple[Decision, str]]:
    """Yield the decisions that have not ended and change nothing, or never did, each with why."""
    for one in decisions:
        if has_ended(one, one.at):
            yield one, "its time was past already when it was decided"
    on_stories = [one for one in decisions if one.verb in STORY_VERBS and one.is_in_force(now)]
    yield from find_idle_on_stories(on_stories, rules=rules, store=store, now=now)
    on_articles = [one for one in decisions if one.verb not in STORY_VERBS and not has_ended(one, now)]
    asked = [one for one in on_articles if one.publisher is None]
    named = find_named_articles(store, {find_key(one.target) for one in asked})
    articles = {article.id: article for article in read_stored_articles(store, set(named.values()))}
    for one in asked:
        article = articles.get(named.get(find_key(one.target), ""))
        why = _explain(one, article, rules, now) if article else "its target is not stored"
        if why is not None:
            yield one, why
    for one in on_articles:
        if one.publisher is not None and not find_published_by([one.publisher], store):
            yield one, f"no article of {one.publisher} is stored; what comes later is kept out"


def _explain(decision: Decision, article: Article, rules: Rules, now: datetime) -> str | None:
    """Return why a decision on an article that is stored changes nothing, None where it does."""
    if find_key(decision.target) not in (article.id, article.canonical_url):
        return f"its target has another address of its own: write the id {article.id}"
    counting = rules.decisions.of(article, now)
    if decision not in counting:
        return "a later decision restored its target"
    down = find_last(counting, Verb.TAKEDOWN)
    if decision.verb is Verb.RESTORE and down is not None:
        return f"takedown {down.id} keeps it out; remove that entry"
    if decision.verb not in OUT_VERBS and any(one.verb in OUT_VERBS for one in counting):
        return None if decision.verb is Verb.RESTORE else "its target is out of all feeds by another decision"
    return _explain_topic(decision, article, rules) or _explain_value(decision, article)


def _explain_topic(decision: Decision, article: Article, rules: Rules) -> str | None:
    topic_id = decision.topic or decision.value or ""
    if decision.verb not in (Verb.PIN, Verb.ADD_TOPIC, Verb.REMOVE_TOPIC):
        return None
    if topic_id != ALL and topic_id not in rules.topics_by_id:
        return f"there is no topic {topic_id} any more"
    if decision.verb is Verb.PIN and not is_listed(article):
        return "its target is in no feed"
    if decision.verb is Verb.PIN and topic_id not in (ALL, *article.topics):
        return f"its target is not in the topic {topic_id}"
    return None


def _explain_value(decision: Decision, article: Article) -> str | None:
    own = {Verb.RETITLE: article.title, Verb.RE_EXCERPT: article.excerpt}
    if decision.verb in own and own[decision.verb] == decision.value:
        return "its target says the same by itself"
    return None
