"""The smallest changes that would let an article into a feed, each tried by judging with it; pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from aggregator.curate import Matcher, TopicMatch, combine_matches, explain_missing_points
from aggregator.curate.editor_decisions import PART, ArticleDecisions
from aggregator.curate.editor_rules import EditorRules, RuleTrace
from aggregator.curate.score import KEPT_OUT
from aggregator.enrich.reuse_limits import UNAVAILABLE
from aggregator.model import NO_WISHES, PUBLISHED_QUALITY, WITHDRAWN, Article, Source, Topic, revise
from aggregator.model.curation import StoryFacts, name_rule
from aggregator.model.decisions import Decision, Verb
from aggregator.rules import Rules
from aggregator.text import format_count

MOST_STEPS = 3
"""Changes that are made together at most: what needs more is not told."""
TRIED_TOPICS = 5
"""Topics that an article without any is tried in."""
_WISH = "noindex"
_ANYWHERE = "add a keyword that stands in its title or excerpt"
_TITLED = "add a keyword that stands in its title itself"
_Change = tuple[str, Callable[[], "_Trial"]]
"""What to do, in words, and what comes of it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Setting:
    """What an article is judged with beside rules: who carries it, its story's facts, and the time.

    ``kept`` remembers editors' rules without some of them, which are made once for all topics.
    """

    source_ids: tuple[str, ...]
    story: StoryFacts
    now: datetime
    kept: dict[tuple[int, frozenset[str]], EditorRules] = field(default_factory=dict, repr=False)


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
        found = dict.fromkeys(" and ".join(trial.steps) for trial in trials if trial.is_in)
        if found:
            # A keyword in the title is told where one in the excerpt is not enough.
            freer = {one: one.replace(_TITLED, _ANYWHERE) for one in found}
            return tuple(one for one in found if freer[one] == one or freer[one] not in found)
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
    if topic.keywords:
        yield from _list_keywords(trial, topic.id)
    yield (
        "let its source assign the topic (`assign: true`)",
        lambda: trial.judge(_carry(assigning, trial.rules)),
    )


def _list_keywords(trial: _Trial, topic_id: str) -> Iterator[_Change]:
    """Yield that a keyword may help, in the excerpt, and in the title, where it brings more points."""
    for text, is_in_title in ((_ANYWHERE, False), (_TITLED, True)):
        matcher = _KeywordAdded(trial.rules.matcher, topic_id, is_in_title=is_in_title)
        rules = replace(trial.rules, matcher=matcher)
        yield text, lambda rules=rules: trial.judge(rules)  # type: ignore[misc]


class _KeywordAdded(Matcher):
    """A matcher that finds a keyword of one more topic, where a source is not limited to others."""

    def __init__(self, matcher: Matcher, topic_id: str, *, is_in_title: bool) -> None:
        self.__dict__.update(matcher.__dict__)  # to make one of a thousand topics takes long
        self._topic_id = topic_id
        self._is_in_title = is_in_title

    def match(self, article: Article, *, only: Sequence[str] = (), assign: bool = False) -> TopicMatch:
        """Return the topics of an article, with the one more."""
        matched = super().match(article, only=only, assign=assign)
        if only and self._topic_id not in only:
            return matched
        added = self.add_topic(matched, self._topic_id, "a keyword")
        return added if self._is_in_title else replace(added, in_title=matched.in_title)


def _find_publishers_bar(trial: _Trial) -> _Change | None:
    """Return what lets an article in that its publisher keeps out, by a wish or as it has removed it."""
    rules, parts = trial.rules, trial.article.quality_parts
    if parts.get(_WISH, 0) <= KEPT_OUT:
        obeying = rules.publishing.model_copy(update={"noindex": True})
        return (
            "`publish.noindex: true`, which publishes what its page wishes unlisted",
            lambda: trial.judge(replace(rules, publishing=obeying)),
        )
    if parts.get(WITHDRAWN, 0) <= KEPT_OUT:
        refused = revise(trial.article, withdrawn_at=None)
        command = f"aggregator review keep {trial.article.id}"
        return f"keep it (`{command}`)", lambda: trial.judge(rules, refused)
    if parts.get(UNAVAILABLE, 0) <= KEPT_OUT:
        free = revise(trial.article, wishes=NO_WISHES)
        return "`reuse: granted`, where its publisher permits it", lambda: trial.judge(rules, free)
    return None


def _list_ways_to_quality(trial: _Trial) -> Iterator[_Change]:
    article, rules, parts = trial.article, trial.rules, trial.article.quality_parts
    bar = _find_publishers_bar(trial)
    if bar is not None:
        yield bar
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
    missing = trial.least - article.quality
    if parts.get("relevance", 0) < 0:
        yield "a topic (by a keyword in it, or assigned by its source)", lambda: _try_topics(trial)
        return
    yield f"{missing} more `weight` at its source or provider", lambda: _weigh(trial, missing)
    for name, points in explain_missing_points(parts).items():
        if points >= missing:
            yield f"{name}: {format_count(points, 'point')}", lambda points=points: _weigh(trial, points)  # type: ignore[misc]
    if trial.least > PUBLISHED_QUALITY and article.quality >= PUBLISHED_QUALITY:
        yield (
            f"`quality_threshold: {article.quality}` of the topic",
            lambda: replace(trial, least=article.quality),
        )


def _find_removers(trial: _Trial, topic_id: str) -> list[str]:
    """Return the rules and decisions that take an article out of a topic, as things are in a trial."""
    given, rules = trial.setting, trial.rules
    decisions = rules.decisions.of(trial.article, given.now)
    may_remove = any(
        topic_id in rule.then.remove_topic or (rule.then.drop and topic_id in rule.topics)
        for rule in rules.editor_rules.by_id.values()
    )
    traces = (
        rules.explain_rules(trial.article, given.source_ids, now=given.now, story=given.story)
        if may_remove
        else ()
    )
    return name_changes(traces, decisions, rules).get(topic_id, [])


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
    given = rules.editor_rules
    key = (id(given), frozenset(names))
    if key not in trial.setting.kept:
        kept = [rule for id_, rule in given.by_id.items() if name_rule(id_) not in names]
        trial.setting.kept[key] = EditorRules(kept, rules.topics)
    counting = rules.decisions.of(trial.article, trial.setting.now)
    decisions = [one for one in counting if f"{PART}{one.id}" not in names]
    return replace(rules, editor_rules=trial.setting.kept[key], decisions=ArticleDecisions(decisions))
