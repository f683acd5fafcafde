"""What editors decided on stories, by the articles that these come from, as grouping follows it. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import chain

from aggregator.model.decisions import STORY_VERBS, Decision, Verb
from aggregator.model.ids import make_article_id
from aggregator.urls import canonical_url


@dataclass(frozen=True, kw_only=True, slots=True)
class EditorPair:
    """Two articles that a ``decision`` wants in one story, or in two: then ``article_id`` leaves."""

    article_id: str
    other_id: str
    is_together: bool
    decision: Decision


class StoryDecisions:
    """The decisions on stories among ``decisions``: made once for a configuration."""

    def __init__(self, decisions: Iterable[Decision] = ()) -> None:
        found = sorted((one for one in decisions if one.verb in STORY_VERBS), key=lambda one: one.at)
        self._newest_first = tuple(reversed(found))  # of the same second that which stands below
        self._ends = sorted({one.until for one in self._newest_first if one.until is not None})

    def list_pairs(self, now: datetime) -> tuple[EditorPair, ...]:
        """Return which articles are ``now`` to be in one story, or in two; the newest decision first."""
        return _list_pairs(self, self._find_period(now))

    def _find_period(self, now: datetime) -> datetime | None:
        """Return the last end of a decision until ``now``: the same counts from one to the next."""
        return max((at for at in self._ends if at <= now), default=None)

    def _list_counting(self, since: datetime | None) -> Iterator[Decision]:
        return (one for one in self._newest_first if since is None or one.is_in_force(since))


@lru_cache(8)
def _list_pairs(decisions: StoryDecisions, since: datetime | None) -> tuple[EditorPair, ...]:
    return tuple(chain.from_iterable(map(_pair, decisions._list_counting(since))))  # noqa: SLF001  # a memory of it


def name_article(target: str) -> str:
    """Return the id of the article that an id or address means; a story has that of its first one."""
    return make_article_id(canonical_url(target)) if "://" in target else target


def list_others(decision: Decision) -> tuple[str, ...]:
    """Return the ids of the articles that the target is to be with, or not; ``split`` has many."""
    return tuple(map(name_article, (decision.value or "").split()))


def find_public_reason(
    pairs: Iterable[EditorPair], broken: tuple[str, str, bool], story_of: Mapping[str, str]
) -> str | None:
    """Return what readers are told of why two articles come together, or apart; None: no editor says.

    ``broken`` are the two, and whether they belong together; ``pairs`` are the newest first, and ``story_of``
    has the stories as they were until now.
    """
    *two, are_together = broken
    stories = {story_of.get(article_id) for article_id in two}
    for pair in pairs:
        if pair.is_together is not are_together:
            continue
        named = {pair.article_id, pair.other_id}
        joins = are_together and {story_of.get(article_id) for article_id in named} == stories
        if joins or named == set(two):
            return pair.decision.public_reason
    return None


def _pair(decision: Decision) -> Iterator[EditorPair]:
    if decision.verb in (Verb.MERGE, Verb.SPLIT):
        article_id = name_article(decision.target)
        for other in list_others(decision):
            yield EditorPair(
                article_id=article_id,
                other_id=other,
                is_together=decision.verb is Verb.MERGE,
                decision=decision,
            )
