"""What editors decided on articles: found by id, address or publisher, and what it makes of them. Pure."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import blake2b
from types import MappingProxyType

from aggregator.curate.score import KEPT_OUT
from aggregator.curate.topics import Matcher, TopicMatch
from aggregator.model import WITHDRAWN, Article, Image, revise
from aggregator.model.articles import CorrectionNote
from aggregator.model.decisions import NO_PICTURE, OUT_VERBS, RESTORED_VERBS, STORY_VERBS, Decision, Verb
from aggregator.model.ids import make_article_id
from aggregator.urls import canonical_url, host_of

_WITH_TWINS = OUT_VERBS | {Verb.RESTORE}
"""Verbs that mean an article, whichever record of it they name."""
_BEFORE_ALL = datetime.min.replace(tzinfo=UTC)
PART = "decision "
"""How the parts of quality begin that decisions are."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """What decisions make of an article's judgement: other topics, and parts of its quality by name.

    ``barred`` has by topic id the decisions that took it out.
    """

    matched: TopicMatch
    parts: Mapping[str, int]
    barred: Mapping[str, str]


class ArticleDecisions:
    """The decisions on articles among ``decisions``, by what they name: made once for a configuration."""

    def __init__(self, decisions: Iterable[Decision] = ()) -> None:
        found: dict[str, list[Decision]] = {}
        for one in sorted(decisions, key=lambda decision: decision.at):
            if one.verb not in STORY_VERBS:
                found.setdefault(find_key(one.target), []).append(one)
        self.by_key: Mapping[str, tuple[Decision, ...]] = MappingProxyType(
            {key: tuple(theirs) for key, theirs in found.items()}
        )
        """By what they name: an id, a canonical address, or a publisher's host; of each the oldest first."""
        self.publishers = frozenset(
            one.publisher for theirs in found.values() for one in theirs if one.publisher is not None
        )
        """Those of them that are hosts of publishers."""
        killed = {key for key, theirs in found.items() if is_killed(theirs)}
        self.killed = frozenset(killed - self.publishers)
        """Names of articles of which a decision is to leave nothing, whether it counts now or not."""
        self.pictured = frozenset(key for key, theirs in found.items() if find_last(theirs, Verb.PICTURE))
        """Those whose picture an editor chose: it is to be looked at."""
        self._takes_out = any(one.verb in _WITH_TWINS for theirs in found.values() for one in theirs)
        self._ends = sorted({at for theirs in found.values() for one in theirs for at in _list_ends(one)})

    def __bool__(self) -> bool:
        return bool(self.by_key)

    def of(self, article: Article, now: datetime) -> tuple[Decision, ...]:
        """Return what counts ``now`` of the decisions on an article, the oldest first."""
        if not self.by_key:
            return ()
        found = self.find_on(article)
        return select_counting(found, now) if found else ()

    def find_on(self, article: Article) -> tuple[Decision, ...]:
        """Return all decisions on an article, as ``find_all`` does, whether they count or not."""
        return self.find_all(article.id, article.canonical_url, article.provider.domain, article.web_url)

    def find_all(
        self, article_id: str, canonical_url: str | None, domain: str, web_url: str | None
    ) -> tuple[Decision, ...]:
        """Return all decisions that name an article, its address, or its publisher by domain or host.

        What takes an article out, or puts it back, does so with other records of it, which have its address.
        """
        found = (*self.by_key.get(article_id, ()), *self.by_key.get(canonical_url or "", ()))
        if self._takes_out and canonical_url:
            twins = list_twin_names(article_id, canonical_url, web_url)
            found += tuple(o for name in twins for o in self.by_key.get(name, ()) if o.verb in _WITH_TWINS)
        if not self.publishers:
            return found
        hosts = self.publishers & list_hosts(canonical_url, domain)
        return (*found, *(one for host in sorted(hosts) for one in self.by_key[host]))

    def is_taken_down(self, domain: str, now: datetime) -> bool:
        """Tell whether all is taken down ``now`` that the publisher at a domain has."""
        hosts = self.publishers & list_hosts(None, domain)
        return any(not has_ended(one, now) for host in hosts for one in self.by_key[host])

    def find_next_end(self, article: Article, now: datetime) -> datetime | None:
        """Return when the next of the decisions on an article ends by itself, None: none does."""
        ends = (at for one in self.of(article, now) for at in _list_ends(one) if at > now)
        return min(ends, default=None)

    def find_release(self, article: Article, now: datetime) -> datetime | None:
        """Return when what held an article back last has ended by itself, None: nothing did."""
        if not self.by_key:
            return None
        found = self.find_on(article)
        held = [one for one in _drop_replaced_holds(found, now) if one.held_until]
        ends = [at for one in held if (at := min(_list_ends(one))) > one.at]
        ends += [one.at for one in held if lets_go(one, found)]
        return max((at for at in ends if article.first_seen_at < at <= now), default=None)

    def has_end_between(self, since: datetime, now: datetime) -> bool:
        """Tell whether a decision ended by itself after ``since``, up to ``now``."""
        return bisect_right(self._ends, now) > bisect_right(self._ends, since)

    def digest_by_key(self, now: datetime) -> Mapping[str, str]:
        """Return what changes where what counts ``now`` on a target does, by what names it."""
        return _digest_by_key(self, bisect_right(self._ends, now))

    def _digest(self, period: int) -> dict[str, str]:
        at = self._ends[period - 1] if period else _BEFORE_ALL
        counting = (
            (key, [one for one in _drop_replaced_holds(theirs, at) if not has_ended(one, at)])
            for key, theirs in self.by_key.items()
        )
        return {key: _digest(theirs) for key, theirs in counting if theirs}


@lru_cache(4)
def _digest_by_key(decisions: ArticleDecisions, period: int) -> Mapping[str, str]:
    """Return the digests that hold from one end of a decision to the next."""
    return MappingProxyType(decisions._digest(period))  # noqa: SLF001  # its own, with a memory


@lru_cache(4096)  # an article that is published is asked for several times
def list_twin_names(article_id: str, own_url: str, web_url: str | None) -> frozenset[str]:
    """Return what names other records of an article: the address that its page says it has, and ids of that.

    A record that has no address of its own (``own_url``) shares it with other articles, and has no twins.
    """
    addresses = {own_url, canonical_url(web_url)} if web_url else {own_url}
    return frozenset({*addresses, *map(make_article_id, addresses)}) - {article_id, own_url}


def find_key(target: str) -> str:
    """Return what a target is looked up by: an id or a host as it is, an address in its canonical form."""
    return canonical_url(target) if "://" in target else target


def list_hosts(canonical_url: str | None, domain: str) -> frozenset[str]:
    """Return what an article's publisher can be named by: its domain, its article's host, and those above."""
    return _list_parents(domain) | _list_parents(host_of(canonical_url or ""))


@lru_cache(4096)
def _list_parents(host: str) -> frozenset[str]:
    labels = host.split(".")
    return frozenset(".".join(labels[start:]) for start in range(len(labels)))


def has_ended(decision: Decision, now: datetime) -> bool:
    """Tell whether a decision has ended by itself; one that holds an article back does so when it is due."""
    return any(at <= now for at in _list_ends(decision))


def lets_go(decision: Decision, others: Iterable[Decision]) -> bool:
    """Tell whether a time to hold until was past when it was decided, and so ended an earlier hold.

    ``others`` are decisions on the same article.
    """
    return (
        decision.verb is Verb.HOLD_UNTIL
        and has_ended(decision, decision.at)
        and any(
            one.verb is Verb.HOLD_UNTIL and one.at < decision.at and not has_ended(one, decision.at)
            for one in others
        )
    )


def select_counting(decisions: Iterable[Decision], now: datetime) -> tuple[Decision, ...]:
    """Return which decisions on one article count ``now``, the oldest first: not ended, nor taken back."""
    kept: list[Decision] = []
    for one in _drop_replaced_holds(decisions, now):
        if has_ended(one, now):
            continue
        if one.verb is Verb.RESTORE:
            kept = [before for before in kept if before.verb not in RESTORED_VERBS]
        kept.append(one)
    return tuple(kept)


def _drop_replaced_holds(decisions: Iterable[Decision], now: datetime) -> list[Decision]:
    """Return decisions, the oldest first, without times to hold an article until that a later one replaced.

    A later one does so although its time has come: it may let go sooner what was held for longer.
    """
    ordered = sorted(decisions, key=lambda decision: decision.at)
    last = find_last([one for one in ordered if one.is_in_force(now)], Verb.HOLD_UNTIL)
    return [one for one in ordered if last is None or one is last or one.verb is not Verb.HOLD_UNTIL]


def apply_to_judgement(decisions: Sequence[Decision], matched: TopicMatch, matcher: Matcher) -> Verdict:
    """Return what decisions that count make of the topics that an article matched, and of its quality."""
    parts: dict[str, int] = {}
    barred: dict[str, str] = {}
    for one in decisions:
        because = f"{PART}{one.id}"
        if one.verb is Verb.ADD_TOPIC and one.value:
            matched = matcher.add_topic(matched, one.value, because)
        elif one.verb is Verb.REMOVE_TOPIC and one.value:
            matched = matcher.remove_topic(matched, one.value, because)
            barred[one.value] = because
        elif one.verb is Verb.QUALITY:
            parts[because] = one.points
        elif one.verb in OUT_VERBS:
            parts[because] = KEPT_OUT
    return Verdict(matched=matched, parts=parts, barred=barred)


def find_last(decisions: Sequence[Decision], *verbs: Verb) -> Decision | None:
    """Return the latest of the decisions with one of these verbs, None where there is none."""
    return next((one for one in reversed(decisions) if one.verb in verbs), None)


def find_pin(decisions: Sequence[Decision], topic_id: str) -> Decision | None:
    """Return what puts an article first in the feeds of a topic, None where nothing does."""
    return next((o for o in reversed(decisions) if o.verb is Verb.PIN and o.topic == topic_id), None)


def is_held(decisions: Sequence[Decision]) -> bool:
    """Tell whether an article is held back; what holds it counts no more once that time has come."""
    return find_last(decisions, Verb.HOLD_UNTIL) is not None


def is_killed(decisions: Sequence[Decision]) -> bool:
    """Tell whether nothing of an article may be left."""
    return find_last(decisions, Verb.KILL, Verb.TAKEDOWN) is not None


def is_taken_out(article: Article) -> bool:
    """Tell whether a decision, or its publisher, keeps an article out of all feeds, by what it was judged."""
    parts = article.quality_parts
    if not parts or min(parts.values()) > KEPT_OUT:  # as of nearly all
        return False
    return any(name.startswith((PART, WITHDRAWN)) and points <= KEPT_OUT for name, points in parts.items())


def add_corrections(article: Article, decisions: Sequence[Decision]) -> Article:
    """Return an article with the notes that correct it, updated when the last one was made."""
    notes = tuple(CorrectionNote(o.at, o.value) for o in decisions if o.verb is Verb.CORRECT and o.value)
    if not notes:
        return article
    return revise(article, corrections=notes, updated_at=max(article.updated_at, notes[-1].at))


def choose_images(article: Article, decisions: Sequence[Decision]) -> tuple[Image, ...]:
    """Return the pictures that an article is to be shown with."""
    chosen = find_last(decisions, Verb.PICTURE)
    if chosen is None or chosen.value is None:
        return article.images
    if chosen.value == NO_PICTURE:
        return ()
    return (Image(url=chosen.value), *(image for image in article.images if image.url != chosen.value))


def apply_to_texts(article: Article, decisions: Sequence[Decision]) -> Article:
    """Return an article with the title and excerpt that it is to be shown with, and notes that correct it."""
    title, excerpt = (find_last(decisions, verb) for verb in (Verb.RETITLE, Verb.RE_EXCERPT))
    return revise(
        add_corrections(article, decisions),
        title=title.value if title and title.value else article.title,
        excerpt=excerpt.value if excerpt else article.excerpt,
    )


def _list_ends(decision: Decision) -> tuple[datetime, ...]:
    return tuple(at for at in (decision.until, decision.held_until) if at is not None)


def _digest(decisions: Sequence[Decision]) -> str:
    said = [
        (one.id, one.verb.value, one.value, one.topic, one.until, one.at, one.public_reason)
        for one in decisions
    ]
    return blake2b(repr(said).encode("utf-8", "replace"), digest_size=8).hexdigest()
