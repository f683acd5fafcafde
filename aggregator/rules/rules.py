"""What the operator's configuration makes of an article; built once, pure.

The judgement is made where an article comes in and again when the rules change, by the same code.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from aggregator.config import Config
from aggregator.config.keys.alert_keys import AlertKeys
from aggregator.config.keys.settings import EnrichKeys, PictureKeys, PublishKeys, SiteKeys
from aggregator.curate import Matcher, combine_matches, score_article
from aggregator.curate.editor_decisions import PART, ArticleDecisions, apply_to_judgement, find_last
from aggregator.curate.editor_rules import EditorRules, RuleTrace, Ruling
from aggregator.curate.judgement_reach import Judging
from aggregator.curate.rule_failures import RuleFailures
from aggregator.curate.score import KEPT_OUT, TextJudgement
from aggregator.enrich import ProviderRegistry
from aggregator.enrich.reuse_limits import limit_reuse, list_wished_parts, note_unavailable
from aggregator.model import WITHDRAWN, Article, Source, Topic, revise
from aggregator.model.curation import ALONE, StoryFacts, forget_rules, note_barred
from aggregator.model.decisions import OUT_VERBS, Decision, Verb
from aggregator.rules.judging import list_judging
from aggregator.rules.parts import PollingRules, StoryRules, WebSubRules
from aggregator.stories import Thresholds
from aggregator.urls import host_of, registrable_domain


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Rules:
    """The configuration in the form the pipeline works with; each is equal to itself alone.

    ``sources``            those to poll, by id
    ``carriers``           also those that are no longer configured but whose articles are still kept
    ``polling``            how often sources are polled, and what of them is news
    ``stories``            what articles make a story, and what of it feeds show
    ``websub``             how hubs and we tell each other what is new
    ``heat_half_life``     the time in which heat falls to one half
    ``feeds_dir``          the folder of the published tree
    ``alerts``             who is told what needs a person, and how soon
    ``editor_rules``       what editors want done about which articles
    ``failures``           those of editors' rules that are to be told
    ``decisions``          what editors decided on single articles
    ``judging``            what judges articles, but for decisions; ``former`` is what did so before, if known
    ``texts``              the files of the configuration, as they were read; none where it was made otherwise
    """

    topics: tuple[Topic, ...]
    matcher: Matcher
    editor_rules: EditorRules
    registry: ProviderRegistry
    sources: Mapping[str, Source]
    carriers: Mapping[str, Source]
    polling: PollingRules
    stories: StoryRules
    websub: WebSubRules
    heat_half_life: timedelta
    site: SiteKeys
    site_title: str
    feeds_dir: Path
    publishing: PublishKeys
    images: PictureKeys
    enrichment: EnrichKeys
    judging: Judging
    alerts: AlertKeys = field(default_factory=AlertKeys)
    former: Judging | None = None
    texts: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    failures: RuleFailures = field(default_factory=RuleFailures)
    decisions: ArticleDecisions = field(default_factory=ArticleDecisions)
    topics_by_id: Mapping[str, Topic] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "topics_by_id", {topic.id: topic for topic in self.topics})

    @property
    def thresholds(self) -> Thresholds:
        """How alike articles of one story are."""
        return self.stories.thresholds

    @property
    def digest(self) -> str:
        """What changes where the same article could be judged differently, but for decisions."""
        return self.judging.digest

    @classmethod
    def of(
        cls, config: Config, remembered: Mapping[str, Source], *, former: Judging | None = None
    ) -> "Rules":
        """Return the rules of ``config``; ``remembered`` are sources that the store has known: of them
        count those that are configured no longer. ``former`` is what the rules before judge by.
        """
        settings = config.settings
        sources = {source.id: source for source in config.sources}
        carriers = {**remembered, **sources}
        editor_rules = EditorRules(config.rules, config.topics)
        return cls(
            topics=config.topics,
            matcher=Matcher(config.topics),
            editor_rules=editor_rules,
            registry=ProviderRegistry(config.providers),
            sources=sources,
            carriers=carriers,
            polling=PollingRules.of(settings),
            stories=StoryRules.of(config),
            websub=WebSubRules.of(settings),
            heat_half_life=timedelta(hours=settings.heat.half_life_h),
            site=settings.site,
            site_title=settings.site_title,
            feeds_dir=Path(settings.storage.feeds_dir),
            publishing=settings.publish,
            images=settings.images,
            enrichment=settings.enrich,
            judging=list_judging(config, carriers, editor_rules),
            alerts=settings.alerts,
            former=former,
            texts=config.texts,
            decisions=ArticleDecisions(config.decisions),
        )

    def judge(
        self, article: Article, source_ids: Iterable[str], *, now: datetime, story: StoryFacts = ALONE
    ) -> Article:
        """Return ``article`` with the topics and quality that it has ``now`` as carried by these sources.

        ``story`` is what rules can ask of its story. An imported record keeps its own, unless
        editors put it out.
        """
        decisions = self.decisions.of(article, now)
        if article.imported is not None:
            return _judge_imported(article, decisions)
        parts = self._list_own_parts(article, decisions, now)
        own = self._judge_text(article, source_ids, parts)
        judged, matched = own.article, own.matched
        if not self.editor_rules.is_empty:
            ruling = self.editor_rules.apply(own, story=story, now=now)
            self.failures.note(ruling.failures)
            judged, matched, parts = self._note_next(ruling), ruling.matched, ruling.parts
        judged = note_unavailable(judged, now=now)
        if not decisions:
            return judged
        verdict = apply_to_judgement(decisions, matched, self.matcher)
        given = {**parts, **verdict.parts}
        judged = note_barred(judged, verdict.barred, verdict.matched.topics)
        return score_article(
            judged, verdict.matched, weight=own.weight, given=given, shown=limit_reuse(judged)
        )

    def judge_again(
        self, article: Article, source_ids: Sequence[str], *, now: datetime, story: StoryFacts = ALONE
    ) -> Article:
        """Return a stored ``article`` as these rules see it: provider, topics and quality."""
        seen = article if article.imported is not None else self.registry.refresh(article)
        return self.judge(seen, source_ids, now=now, story=story)

    def explain_rules(
        self, article: Article, source_ids: Iterable[str], *, now: datetime, story: StoryFacts = ALONE
    ) -> tuple[RuleTrace, ...]:
        """Return what every editors' rule says of an article, clause by clause, in their order."""
        if article.imported is not None:
            return ()
        given = self._list_own_parts(article, self.decisions.of(article, now), now)
        own = self._judge_text(article, source_ids, given)
        return self.editor_rules.apply(own, story=story, now=now, is_traced=True).traces

    def _list_own_parts(
        self, article: Article, decisions: Sequence[Decision], now: datetime
    ) -> Mapping[str, int]:
        """Return what its publisher adds to an article's quality; editors may restore what it withdrew."""
        parts = list_wished_parts(article, obeys_noindex=not self.publishing.noindex, now=now)
        return {**parts, WITHDRAWN: KEPT_OUT} if self.is_withdrawn(article, decisions) else parts

    def is_withdrawn(self, article: Article, decisions: Sequence[Decision]) -> bool:
        """Tell whether an article is out as its publisher withdrew it, and no editor restored it."""
        if article.withdrawn_at is None or find_last(decisions, Verb.RESTORE) is not None:
            return False
        return self.choose_disappeared(article.source_id) == "withdraw"

    def choose_disappeared(self, source_id: str) -> str:
        """Return what is done about articles that disappear at a source."""
        source = self.sources.get(source_id)
        return (source and source.disappeared) or self.publishing.disappeared

    def _judge_text(
        self, article: Article, source_ids: Iterable[str], given: Mapping[str, int]
    ) -> TextJudgement:
        """Return what an article is by its own text, as carried by these sources."""
        found = (self.carriers.get(source_id) for source_id in source_ids)
        sources = [source for source in found if source is not None] or [_make_unknown_source(article)]
        matches = [self.matcher.match(article, only=s.topics, assign=s.assign) for s in sources]
        weight = article.provider.weight + max(source.weight for source in sources)
        matched = combine_matches(matches, self.topics)
        plain = forget_rules(article)
        if plain.judge_again_at is not None:
            plain = revise(plain, judge_again_at=None)
        shown = limit_reuse(plain)
        own = score_article(plain, matched, weight=weight, given=given, shown=shown)
        return TextJudgement(article=own, matched=matched, weight=weight, given=given, shown=shown)

    def _note_next(self, ruling: Ruling) -> Article:
        """Return an article with when it is judged again, unless it is too old for any feed by then."""
        article, at = ruling.article, ruling.again_at
        seen_at = max(article.published_at, article.first_seen_at)
        if at is None or at > seen_at + timedelta(days=self.publishing.window_days):
            return article
        return revise(article, judge_again_at=at)

    def takes_over(self, stored: Article, seen: Article) -> bool:
        """Tell whether ``seen`` is its publisher's own source's, and ``stored`` somebody else's."""
        return self._is_own(seen) and not self._is_own(stored)

    def _is_own(self, article: Article) -> bool:
        source = self.carriers.get(article.source_id)
        if source is None:
            return False
        domain = article.provider.domain
        return source.provider == domain or registrable_domain(host_of(source.url)) == registrable_domain(
            domain
        )

    def explain(self, article: Article) -> dict[str, str]:
        """Return why the article's own text puts it into topics or keeps it out, by topic id."""
        matched = self.matcher.match(article)
        return {**{k: f"no: {v}" for k, v in matched.rejected.items()}, **matched.reasons}


def has_changed(before: Article, after: Article) -> bool:
    """Tell whether a judgement changed anything that is stored."""
    seen = after if after.heat == before.heat else replace(after, heat=before.heat)
    return seen != before


def _judge_imported(article: Article, decisions: Sequence[Decision]) -> Article:
    out = [one for one in decisions if one.verb in OUT_VERBS]
    if not out and not article.quality_parts:
        return article
    quality = 0 if out else int(article.imported["record"]["quality"])  # type: ignore[index]  # as it was read
    return revise(article, quality=quality, quality_parts={f"{PART}{one.id}": KEPT_OUT for one in out})


def _make_unknown_source(article: Article) -> Source:
    return Source(id=article.source_id, url="")
