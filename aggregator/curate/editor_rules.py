"""Editors' rules, applied to an article in the order of their file.

Without reading or writing anything, and told: which rule applied, and what each clause said.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property

from aggregator.clauses import Clause, Values, compile_clause
from aggregator.curate.rule_fields import list_changing_values, list_values
from aggregator.curate.rule_index import RuleIndex
from aggregator.curate.rule_times import find_next_change, is_in_force
from aggregator.curate.score import KEPT_OUT, TextJudgement, score_article
from aggregator.curate.topics import TopicMatch, order_topics
from aggregator.errors import ClauseError
from aggregator.model import Article, Topic, revise
from aggregator.model.curation import EditorRule, StoryFacts, name_rule, note_barred, set_type

_MOMENT = timedelta(microseconds=1)
QUARANTINED = "is_quarantined"
"""The field whose origin names the rules that quarantined an article, once each."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ClauseTrace:
    """What a clause said of an article; ``error`` is why it could not say anything."""

    text: str
    holds: bool
    error: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class RuleTrace:
    """What a rule said of an article: whether it ``is_applied``, and else ``why`` not."""

    rule_id: str
    is_applied: bool
    why: str = ""
    clauses: tuple[ClauseTrace, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class RuleFailure:
    """That a clause could not be evaluated on an article, which must not happen."""

    rule_id: str
    article_id: str
    clause: str
    error: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Ruling:
    """What rules make of an article, of the topics that it matched, and which parts they add to its quality.

    ``traces`` are of every rule where they were asked for, else none. ``again_at`` is when time alone may
    make something else of it, None: never.
    """

    article: Article
    matched: TopicMatch
    parts: Mapping[str, int]
    again_at: datetime | None
    failures: tuple[RuleFailure, ...] = ()
    traces: tuple[RuleTrace, ...] = ()


@dataclass(frozen=True, slots=True)
class _CompiledRule:
    """A rule with its clauses, as they stand and in the order in which they are looked at."""

    rule: EditorRule
    clauses: tuple[Clause, ...]
    ordered: tuple[Clause, ...]
    topics: frozenset[str]

    @classmethod
    def of(cls, rule: EditorRule) -> "_CompiledRule":
        clauses = tuple(compile_clause(text) for text in rule.when)
        # What asks for the age comes last, as time matters only where the others hold; patterns, which take
        # ten times as long as anything else, before that.
        ordered = sorted(clauses, key=lambda clause: (bool(clause.hours), "matches" in clause.text))
        return cls(rule, clauses, tuple(ordered), frozenset(rule.topics))


class EditorRules:
    """The rules of a configuration, ready to be applied; made once."""

    def __init__(self, rules: Sequence[EditorRule], topics: Sequence[Topic]) -> None:
        self._rules = tuple(_compile_sound(rules))
        self._order = {topic_id: place for place, topic_id in enumerate(order_topics(topics))}
        self._parents = {topic.id: topic.parent for topic in topics}

    @property
    def is_empty(self) -> bool:
        """Whether there is no rule."""
        return not self._rules

    @cached_property
    def by_id(self) -> Mapping[str, EditorRule]:
        """The rules by their ids."""
        return {one.rule.id: one.rule for one in self._rules}

    @cached_property
    def uses_stories(self) -> bool:
        """Whether a rule asks for the story of an article."""
        return any(n.startswith("story.") for one in self._rules for c in one.clauses for n in c.names)

    @cached_property
    def uses_time(self) -> bool:
        """Whether what a rule says may change by time alone."""
        return any(_uses_time(one) for one in self._rules)

    @cached_property
    def _index(self) -> RuleIndex:
        return RuleIndex([one.clauses for one in self._rules])

    def apply(
        self, own: TextJudgement, *, story: StoryFacts, now: datetime, is_traced: bool = False
    ) -> Ruling:
        """Return what the rules make of an article that its ``own`` text judged.

        Only rules that may apply are looked at, unless it ``is_traced``.
        """
        run = _RuledArticle(own=own, story=story, judged_at=now)
        traces = tuple(self._trace(run)) if is_traced else ()
        for number in () if is_traced else self._index.find_candidates(run.values):
            one = self._rules[number]
            if _find_hindrance(one, run) is None:
                self._take_effect(one.rule, run)
                if one.rule.stop:
                    break
        return Ruling(
            article=run.article, matched=run.matched, parts=run.parts, again_at=run.again_at,
            failures=tuple(run.failures), traces=traces,
        )  # fmt: skip

    def _trace(self, run: "_RuledArticle") -> Iterator[RuleTrace]:
        """Yield what each rule says of an article, whether it may apply or not, as it takes effect."""
        stopped_by = None
        for one in self._rules:
            clauses = tuple(_trace_clause(clause, run) for clause in one.clauses)
            why = f"rule {stopped_by} stopped before it" if stopped_by else _find_hindrance(one, run)
            if why is None:
                self._take_effect(one.rule, run)
                stopped_by = one.rule.id if one.rule.stop else None
            yield RuleTrace(rule_id=one.rule.id, is_applied=why is None, why=why or "", clauses=clauses)

    def _take_effect(self, rule: EditorRule, run: "_RuledArticle") -> None:
        then, name = rule.then, name_rule(rule.id)
        article = run.article
        held_until = None if then.hold is None else article.first_seen_at + then.hold
        is_held = held_until is not None and run.judged_at < held_until
        if held_until is not None and is_held:
            run.note_change(held_until)
        is_out = is_held or (then.drop and not rule.topics)
        part = KEPT_OUT + min(then.quality, 0) if is_out else then.quality
        if part:
            run.parts = {**run.parts, name: part}
        if then.type is not None:
            article = set_type(article, then.type, rule.id)
        if then.no_story:
            article = revise(article, origins={**article.origins, "story": name})
        if then.review:
            article = _quarantine(article, name)
        removed = {*then.remove_topic, *(rule.topics if then.drop else ())}
        if then.add_topic or removed:
            run.matched = self._change_topics(run.matched, then.add_topic, removed)
            article = note_barred(article, dict.fromkeys(removed, name), run.matched.topics)
        run.settle(article)

    def _change_topics(self, matched: TopicMatch, added: Sequence[str], removed: set[str]) -> TopicMatch:
        """Return a match with other topics; those that are added count as much as a keyword in the title."""
        found = (set(matched.topics) - removed) | (set(added) & self._order.keys())
        for topic_id in added:
            above = self._parents.get(topic_id)
            while above is not None and above in self._order and above not in found:
                found.add(above)
                above = self._parents[above]
        topics = tuple(sorted(found, key=self._order.__getitem__))
        # What is removed still counts there, or the article would be worth less to its other topics.
        titled = {*matched.in_title, *(topic_id for topic_id in added if topic_id in found)}
        in_title = tuple(sorted(titled, key=self._order.__getitem__))
        # A decision may add again what is not among the reasons any more.
        reasons = {topic_id: why for topic_id, why in matched.reasons.items() if topic_id in found}
        return replace(matched, topics=topics, in_title=in_title, reasons=reasons)


@dataclass(slots=True, kw_only=True)
class _RuledArticle:
    """How far the rules have come with an article."""

    own: TextJudgement
    story: StoryFacts
    judged_at: datetime
    article: Article = field(init=False)
    matched: TopicMatch = field(init=False)
    parts: Mapping[str, int] = field(init=False)
    again_at: datetime | None = None
    failures: list[RuleFailure] = field(default_factory=list)
    values: Values = field(init=False)

    def __post_init__(self) -> None:
        self.article, self.matched, self.parts = self.own.article, self.own.matched, self.own.given
        self.values = Values(list_values(self.article, self.story, self.judged_at))

    def note_change(self, at: datetime | None) -> None:
        """Note that the article may be judged otherwise from then on."""
        if at is not None and (self.again_at is None or at < self.again_at):
            self.again_at = at

    def settle(self, article: Article) -> None:
        """Score an article anew with what a rule has changed, so that the next one sees it."""
        self.article = score_article(
            article, self.matched, weight=self.own.weight, given=self.parts, shown=self.own.shown
        )
        self.values = self.values.change(list_changing_values(self.article))


def _compile_sound(rules: Sequence[EditorRule]) -> Iterator[_CompiledRule]:
    """Yield the rules, without those that have a problem: the configuration is not whole then."""
    for rule in rules:
        try:
            yield _CompiledRule.of(rule)
        except ClauseError:
            continue


def _uses_time(one: _CompiledRule) -> bool:
    rule = one.rule
    has_times = bool(rule.days or rule.hours or rule.from_at or rule.until_at or rule.then.hold)
    return has_times or any(clause.hours for clause in one.clauses)


def _find_hindrance(one: _CompiledRule, run: _RuledArticle) -> str | None:
    """Return why a rule does not apply, None where it does."""
    rule = one.rule
    if rule.topics and one.topics.isdisjoint(run.article.topics):
        return "the article is in none of its topics"
    for clause in one.ordered:
        if clause.hours:
            _note_hours(clause, run)
        outcome = clause.evaluate(run.values)
        if outcome.error is not None:
            run.failures.append(
                RuleFailure(
                    rule_id=rule.id, article_id=run.article.id, clause=clause.text, error=outcome.error
                )
            )
            return "a clause of it failed"
        if not outcome.holds:
            return "not all of its clauses hold"
    run.note_change(find_next_change(rule, run.judged_at))
    return None if is_in_force(rule, run.judged_at) else "it does not hold at this time"


def _note_hours(clause: Clause, run: _RuledArticle) -> None:
    """Note when the article reaches an age that a clause asks for, and when it is older than that."""
    for hours in clause.hours:
        at = run.article.published_at + timedelta(hours=hours)
        run.note_change(next((moment for moment in (at, at + _MOMENT) if moment > run.judged_at), None))


def _trace_clause(clause: Clause, run: _RuledArticle) -> ClauseTrace:
    outcome = clause.evaluate(run.values)
    return ClauseTrace(text=clause.text, holds=outcome.holds, error=outcome.error)


def _quarantine(article: Article, name: str) -> Article:
    """Return an article quarantined, unless this rule did so before: then somebody has looked at it."""
    told = [one for one in article.origins.get(QUARANTINED, "").split(", ") if one]
    if name in told:
        return article
    origins = {**article.origins, QUARANTINED: ", ".join([*told, name])}
    return revise(article, is_quarantined=True, origins=origins)
