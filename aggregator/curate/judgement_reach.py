"""Which articles changed rules can judge otherwise: only those are judged again; pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from aggregator.clauses import Values, compile_clause
from aggregator.curate.rule_fields import list_values
from aggregator.curate.rule_index import RuleIndex
from aggregator.model import Article, Source
from aggregator.model.curation import ALONE, EditorRule


@dataclass(frozen=True, kw_only=True, slots=True)
class Judging:
    """What of a configuration judges articles, as far as it is compared with another one.

    ``digest``     changes where the same article could be judged differently
    ``others``     the same, but for sources and editors' rules
    ``sources``    those that carry articles, by id
    ``rules``      editors' rules, in their order
    ``uses_time``  whether what one of them says may change by time alone
    ``window``     how long an article is judged again for the time alone
    """

    digest: str
    others: str
    sources: Mapping[str, Source]
    rules: tuple[EditorRule, ...]
    uses_time: bool
    window: timedelta


@dataclass(frozen=True, kw_only=True, slots=True)
class Reach:
    """The articles that may be judged otherwise: of these sources, or that one of ``rules`` may apply to.

    Of articles older than ``window`` nobody knows since when time has changed what rules say; None: no rule
    asks for the time.
    """

    source_ids: frozenset[str]
    rules: RuleIndex
    window: timedelta | None

    def includes(self, article: Article, source_ids: Collection[str], now: datetime) -> bool:
        """Tell whether an article that these sources carry may be judged otherwise ``now``."""
        if not self.source_ids.isdisjoint((*source_ids, article.source_id)):
            return True
        if self.window is not None and now > max(article.published_at, article.first_seen_at) + self.window:
            return True
        return bool(self.rules.find_candidates(Values(list_values(article, ALONE, now))))


def find_reach(before: Judging, after: Judging) -> Reach | None:
    """Return which articles may be judged otherwise than ``before``; None: any, or most of them.

    A rule that cannot apply to an article leaves it, and what later rules see of it, as it is.
    """
    uses_time = before.uses_time or after.uses_time
    if before.others != after.others or (uses_time and before.window != after.window):
        return None
    was, is_ = {rule.id: rule for rule in before.rules}, {rule.id: rule for rule in after.rules}
    kept = [id_ for id_ in was if was[id_] == is_.get(id_)]
    if kept != [id_ for id_ in is_ if is_[id_] == was.get(id_)]:
        return None
    ids = before.sources.keys() | after.sources.keys()
    changed = {id_ for id_ in ids if _describe(before.sources.get(id_)) != _describe(after.sources.get(id_))}
    if 2 * len(changed) > len(ids):
        return None
    others = [rule for rules in (was, is_) for rule in rules.values() if rule.id not in kept]
    return Reach(
        source_ids=frozenset(changed),
        rules=RuleIndex([[compile_clause(text) for text in rule.when] for rule in others]),
        window=after.window if uses_time else None,
    )


def _describe(source: Source | None) -> tuple[object, ...] | None:
    """Return what of a source judges its articles."""
    return (source.topics, source.assign, source.weight, source.disappeared) if source else None
