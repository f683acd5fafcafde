"""What editors decided on stories, by the articles that these come from, as grouping follows it. Pure."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from hashlib import blake2b
from itertools import chain
from types import MappingProxyType

from aggregator.model import Article
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


@dataclass(frozen=True, kw_only=True, slots=True)
class EditorLink:
    """Two stories, by what names them, that a ``decision`` wants shown as related, or never."""

    one: str
    other: str
    is_related: bool
    decision: Decision


@dataclass(frozen=True, kw_only=True, slots=True)
class StoryChoices:
    """What editors want shown of stories, the newest decision first.

    ``leads`` has by article id what has it speak for its story, and ``links`` what is related.
    """

    leads: Mapping[str, Decision] = field(default_factory=dict)
    links: tuple[EditorLink, ...] = ()
    _places: Mapping[str, tuple[int, ...]] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(cls, decisions: Iterable[Decision]) -> "StoryChoices":
        """Return what decisions choose, the newest of which come first."""
        leads: dict[str, Decision] = {}
        links: list[EditorLink] = []
        places: dict[str, tuple[int, ...]] = {}
        for one in decisions:
            if one.verb is Verb.LEAD:
                leads.setdefault(name_article(one.target), one)
            elif one.verb in (Verb.LINK, Verb.UNLINK):
                two = name_article(one.target), name_article(one.value or "")
                places.update({name: (*places.get(name, ()), len(links)) for name in two})
                links.append(
                    EditorLink(one=two[0], other=two[1], is_related=one.verb is Verb.LINK, decision=one)
                )
        return cls(leads=MappingProxyType(leads), links=tuple(links), _places=MappingProxyType(places))

    def find_links(self, names: Iterable[str]) -> list[EditorLink]:
        """Return the links of which one of these names a story."""
        places = {place for name in names for place in self._places.get(name, ())}
        return [self.links[place] for place in sorted(places)]

    def find_lead(self, articles: Iterable[Article]) -> Article | None:
        """Return which of a story's articles speaks for it, None: editors have none of them do so."""
        found = {article.id: article for article in articles if article.id in self.leads}
        if len(found) > 1:
            return next(found[article_id] for article_id in self.leads if article_id in found)
        return next(iter(found.values()), None)


class StoryDecisions:
    """The decisions on stories among ``decisions``: made once for a configuration."""

    def __init__(self, decisions: Iterable[Decision] = ()) -> None:
        found = sorted((one for one in decisions if one.verb in STORY_VERBS), key=lambda one: one.at)
        self.newest_first = tuple(reversed(found))  # of the same second that which stands below
        """All of them, whether they count or not."""
        self._ends = sorted({one.until for one in found if one.until is not None})

    def list_pairs(self, now: datetime) -> tuple[EditorPair, ...]:
        """Return which articles are ``now`` to be in one story, or in two; the newest decision first."""
        return _list_pairs(self, self._find_period(now))

    def list_choices(self, now: datetime) -> StoryChoices:
        """Return which articles are ``now`` to speak for their stories, and which stories are related."""
        return _list_choices(self, self._find_period(now))

    def digest_choices(self, now: datetime) -> str:
        """Return what changes where they do, "" where there are none."""
        return _digest_choices(self, self._find_period(now))

    def has_end_between(self, since: datetime, now: datetime) -> bool:
        """Tell whether a decision ended by itself after ``since``, up to ``now``."""
        return bisect_right(self._ends, now) > bisect_right(self._ends, since)

    def _find_period(self, now: datetime) -> datetime | None:
        """Return the last end of a decision until ``now``: the same counts from one to the next."""
        place = bisect_right(self._ends, now)
        return self._ends[place - 1] if place else None

    def _list_counting(self, since: datetime | None) -> Iterator[Decision]:
        return (one for one in self.newest_first if since is None or one.is_in_force(since))


@lru_cache(8)
def _list_pairs(decisions: StoryDecisions, since: datetime | None) -> tuple[EditorPair, ...]:
    return tuple(chain.from_iterable(map(_pair, decisions._list_counting(since))))  # noqa: SLF001  # a memory of it


@lru_cache(8)
def _list_choices(decisions: StoryDecisions, since: datetime | None) -> StoryChoices:
    return StoryChoices.of(decisions._list_counting(since))  # noqa: SLF001  # a memory of it


@lru_cache(8)
def _digest_choices(decisions: StoryDecisions, since: datetime | None) -> str:
    choices = _list_choices(decisions, since)
    leads = [(article_id, one.id) for article_id, one in choices.leads.items()]
    links = [(one.one, one.other, one.decision.verb, one.decision.id) for one in choices.links]
    return blake2b(repr((leads, links)).encode(), digest_size=16).hexdigest() if leads or links else ""


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
