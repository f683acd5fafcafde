"""The smallest changes that would let an article into a feed, each tried by judging with it; pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from aggregator.curate import Matcher, combine_matches, explain_missing_points
from aggregator.curate.editor_decisions import PART, ArticleDecisions
from aggregator.curate.editor_rules import EditorRules, RuleTrace
from aggregator.curate.score import IN_TITLE, KEPT_OUT
from aggregator.model import PUBLISHED_QUALITY, Article, Source, Topic, revise
from aggregator.model.curation import StoryFacts, name_rule
from aggregator.model.decisions import Decision, Verb
from aggregator.rules import Rules

MOST_STEPS = 3
"""Changes that are made together at most: what needs more is not told."""
TRIED_TOPICS = 5
"""Topics that an article without any is tried in."""
_IN_EXCERPT = 8
_WISH = "noindex"
_Change = tuple[str, Callable[[], "_Trial"]]
"""What to do, in words, and what comes of it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Setting:
    """What an article is judged with beside rules: who carries it, its story's facts, and the time."""

    source_ids: tuple[str, ...]
    story: StoryFacts
    now: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class _Trial:
    """An article as it would be judged by ``rules`` after ``steps``; ``least`` quality lets it in."""

    article: Article
    topic: Topic | None
    least: int
    rules: Rules
    setting: Setting
    steps: tuple[str, ...] = ()

    @property
    def is_in(self) -> bool:
        """Whether nothing in its judgement keeps the article out any more."""
        article = self.article
        is_on_topic = self.topic is None or self.topic.id in article.topics
        return is_on_topic and not article.is_quarantined and article.quality >= self.least

    def judge(self, rules: Rules, article: Article | None = None) -> "_Trial":
        """Return what other rules make of the article, or of a changed one."""
        given = self.setting
        judged = rules.judge_again(
            article or self.article, given.source_ids, now=given.now, story=given.story
        )
        return replace(self, article=judged, rules=rules)


def find_least_quality(topic: Topic | None) -> int:
    """Return the quality from which an article is in the feeds of a topic, or of all of them (None)."""
    return max(PUBLISHED_QUALITY, (topic and topic.quality_threshold) or 0)


def find_remedies(article: Article, topic: Topic | None, rules: Rules, setting: Setting) -> tuple[str, ...]:
    """Return the smallest changes that would have the judgement of an article let it into a topic's feeds.

    None of them is told that does not: each is tried. None where its judgement lets it in. ``topic`` None:
    the feeds of all topics.
    """
    stored = _Trial(
        article=article, topic=topic, least=find_least_quality(topic), rules=rules, setting=setting
    )
    if stored.is_in:
        return ()
    trials = [stored.judge(rules)]
    if trials[0].is_in:
        return ("`aggregator publish` has it judged as the configuration is now",)
    for _ in range(MOST_STEPS):
        trials = [
            replace(made(), steps=(*trial.steps, step))
            for trial in trials
            for step, made in _list_changes(trial)
        ]
        found = [" and ".join(trial.steps) for trial in trials if trial.is_in]
        if found:
            return tuple(dict.fromkeys(found))
    return ()


def name_changes(
    traces: Sequence[RuleTrace], decisions: Sequence[Decision], rules: Rules
) -> dict[str, list[str]]:
    """Return by topic id the names of the rules and decisions that put an article there, or take it out."""
    named: dict[str, list[str]] = {}
    for rule in (rules.editor_rules.by_id[trace.rule_id] for trace in traces if trace.is_applied):
        then = rule.then
        for topic_id in {*then.add_topic, *then.remove_topic, *(rule.topics if then.drop else ())}:
            named.setdefault(topic_id, []).append(name_rule(rule.id))
    for one in decisions:
        if one.verb in {Verb.ADD_TOPIC, Verb.REMOVE_TOPIC} and one.value:
            named.setdefault(one.value, []).append(f"{PART}{one.id}")
    return named


def _list_changes(trial: _Trial) -> Iterator[_Change]:
    """Yield what could lift the first obstacle of an article; whether it is enough is seen by trying."""
    article = trial.article
    if article.is_quarantined:
        accepted = revise(article, is_quarantined=False)
        yield (
            f"accept it (`aggregator review accept {article.id}`)",
            lambda: trial.judge(trial.rules, accepted),
        )
    elif trial.topic is not None and trial.topic.id not in article.topics:
        yield from _list_ways_into_topic(trial, trial.topic)
    elif article.quality < trial.least:
        yield from _list_ways_to_quality(trial)


def _list_ways_into_topic(trial: _Trial, topic: Topic) -> Iterator[_Change]:
    names = _find_removers(trial, topic.id)
    if names:
        yield f"change or end {', '.join(names)}", lambda: trial.judge(_end(names, trial.rules, trial))
        return
    sources = _find_carriers(trial)
    matches = [
        trial.rules.matcher.match(trial.article, only=s.topics, assign=s.assign) for s in sources.values()
    ]
    if topic.id in combine_matches(matches, trial.rules.topics).rejected:
        free = replace(topic, exclude=(), require=())
        yield (
            "change `exclude` or `require` of the topic",
            lambda: trial.judge(_change_topic(free, trial.rules)),
        )
        return
    if topic.id in trial.rules.matcher.match(trial.article).topics:
        wider = {id_: replace(one, topics=(*one.topics, topic.id)) for id_, one in sources.items()}
        yield "add the topic to `topics` of its source", lambda: trial.judge(_carry(wider, trial.rules))
        return
    assigning = {
        id_: replace(one, topics=(*one.topics, topic.id), assign=True) for id_, one in sources.items()
    }
    assigned = trial.judge(_carry(assigning, trial.rules))
    if topic.keywords:
        yield "add a keyword that stands in its title or excerpt", lambda: assigned
        short = trial.least - assigned.article.quality
        if 0 < short <= IN_TITLE - _IN_EXCERPT:
            titled = replace(topic, keywords=(*topic.keywords, trial.article.title))
            yield (
                "add a keyword that stands in its title",
                lambda: trial.judge(_change_topic(titled, trial.rules)),
            )
    yield "let its source assign the topic (`assign: true`)", lambda: assigned


def _list_ways_to_quality(trial: _Trial) -> Iterator[_Change]:
    article, rules = trial.article, trial.rules
    missing = trial.least - article.quality
    parts = article.quality_parts
    if parts.get(_WISH, 0) <= KEPT_OUT:
        obeying = rules.publishing.model_copy(update={"noindex": True})
        yield (
            "`publish.noindex: true`, which publishes what its page wishes unlisted",
            lambda: trial.judge(replace(rules, publishing=obeying)),
        )
        return
    against = [
        name for name, points in parts.items() if points < 0 and name.startswith((PART, name_rule("")))
    ]
    out = [name for name in against if parts[name] <= KEPT_OUT]
    if out or against:
        names = out or against
        yield f"change or end {', '.join(names)}", lambda: trial.judge(_end(names, rules, trial))
    if out:
        return
    if parts.get("relevance", 0) < 0:
        yield "a topic with a keyword in it, or that its source assigns", lambda: _try_topics(trial)
        return
    yield f"{missing} more `weight` at its source or provider", lambda: _weigh(trial, missing)
    for name, points in explain_missing_points(parts).items():
        if points >= missing:
            yield f"{name}: {points} points", lambda points=points: _weigh(trial, points)  # type: ignore[misc]
    if trial.least > PUBLISHED_QUALITY and article.quality >= PUBLISHED_QUALITY:
        yield (
            f"`quality_threshold: {article.quality}` of the topic",
            lambda: replace(trial, least=article.quality),
        )


def _find_removers(trial: _Trial, topic_id: str) -> list[str]:
    """Return the rules and decisions that take an article out of a topic, as things are in a trial."""
    given, rules = trial.setting, trial.rules
    traces = rules.explain_rules(trial.article, given.source_ids, now=given.now, story=given.story)
    return name_changes(traces, rules.decisions.of(trial.article, given.now), rules).get(topic_id, [])


def _find_carriers(trial: _Trial) -> dict[str, Source]:
    known = ((id_, trial.rules.carriers.get(id_)) for id_ in trial.setting.source_ids)
    return {id_: source for id_, source in known if source is not None}


def _carry(sources: Mapping[str, Source], rules: Rules) -> Rules:
    """Return rules with other sources."""
    return replace(rules, carriers={**rules.carriers, **sources})


def _weigh(trial: _Trial, points: int) -> _Trial:
    """Return a trial with so many more points for what carries the article."""
    heavier = {id_: replace(one, weight=one.weight + points) for id_, one in _find_carriers(trial).items()}
    return trial.judge(_carry(heavier, trial.rules))


def _try_topics(trial: _Trial) -> _Trial:
    """Return a trial with the article in one of the first topics that it can be in."""
    tried = trial
    for topic in trial.rules.topics[:TRIED_TOPICS]:
        assigning = {
            id_: replace(one, topics=(topic.id,), assign=True) for id_, one in _find_carriers(trial).items()
        }
        tried = trial.judge(_carry(assigning, trial.rules))
        if tried.is_in:
            break
    return tried


def _change_topic(changed: Topic, rules: Rules) -> Rules:
    topics = tuple(changed if one.id == changed.id else one for one in rules.topics)
    return replace(rules, topics=topics, matcher=Matcher(topics))


def _end(names: Sequence[str], rules: Rules, trial: _Trial) -> Rules:
    """Return rules without those of editors, and decisions on the article, of these names."""
    kept = [rule for id_, rule in rules.editor_rules.by_id.items() if name_rule(id_) not in names]
    counting = rules.decisions.of(trial.article, trial.setting.now)
    decisions = [one for one in counting if f"{PART}{one.id}" not in names]
    return replace(rules, editor_rules=EditorRules(kept, rules.topics), decisions=ArticleDecisions(decisions))
