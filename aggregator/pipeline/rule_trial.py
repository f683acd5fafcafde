"""A clause of a rule, tried on the articles that are stored; nothing is changed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from aggregator.clauses import Clause, Values, lower_values
from aggregator.curate.editor_decisions import ArticleDecisions, is_killed
from aggregator.curate.rule_fields import list_values
from aggregator.model import Article
from aggregator.model.curation import ALONE
from aggregator.pipeline.story_facts import read_story_facts
from aggregator.store import Store, read_article_batches

NO_DECISIONS = ArticleDecisions()


@dataclass(frozen=True, kw_only=True, slots=True)
class RuleTrial:
    """What came of trying a clause: the articles that it ``matched``, newest first, of those ``looked_at``.

    ``failed`` is on how many it could not be evaluated, and ``error`` why it could not on the first.
    """

    matched: tuple[Article, ...]
    looked_at: int
    failed: int = 0
    error: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class TrialScope:
    """Which articles a clause is tried on: those published or seen ``since``, of a topic, None: of all.

    Articles of which ``decisions`` leave nothing at ``now`` are not among them.
    """

    topic_id: str | None
    since: datetime
    now: datetime
    decisions: ArticleDecisions = NO_DECISIONS

    def includes(self, article: Article) -> bool:
        """Tell whether a clause is tried on an article."""
        return (
            max(article.published_at, article.first_seen_at) >= self.since
            and (self.topic_id is None or self.topic_id in article.topics)
            and not is_killed(self.decisions.of(article, self.now))
        )


def try_clause(
    clause: Clause,
    scope: TrialScope,
    *,
    store: Store,
    has_any_case: bool = False,
    on_read: Callable[[int], None] = lambda _: None,
) -> RuleTrial:
    """Return what a clause matches among the stored articles of a scope.

    ``has_any_case``: values are taken in lower case. ``on_read`` is told how many articles more were read.
    """
    matched: list[Article] = []
    errors: list[str] = []
    looked_at = 0
    asks_for_story = any(name.startswith("story.") for name in clause.names)
    for batch in read_article_batches(store):
        chosen = [article for article in batch if scope.includes(article)]
        facts = read_story_facts([a.id for a in chosen], store) if asks_for_story else {}
        for article in chosen:
            values = list_values(article, facts.get(article.id, ALONE), scope.now)
            outcome = clause.evaluate(Values(lower_values(values) if has_any_case else values))
            matched += [article] if outcome.holds else []
            errors += [outcome.error] if outcome.error else []
        looked_at += len(chosen)
        on_read(len(batch))
    matched.sort(key=lambda article: (article.published_at, article.id), reverse=True)
    return RuleTrial(
        matched=tuple(matched), looked_at=looked_at, failed=len(errors), error=errors[0] if errors else ""
    )
