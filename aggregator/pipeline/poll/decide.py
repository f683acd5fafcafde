"""What an answer, a document or a failure means for its source and its articles; pure.

answer ──► its head noted ─► unchanged?  ─► when to come again
document ─► arrival ─► known? ─► is its source itself? ─► judged, or quarantined ─► when to come again
failure ──► counted ─► 429? whom to pause ─► when to come again
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from aggregator.cadence import (
    are_validators_frozen,
    count_poll,
    needs_proof,
    note_answer,
    note_document,
    note_failure,
    note_freshness,
    note_proof,
    note_redirect,
    note_success,
    note_unchanged,
    propose_redirect,
    seen_until,
)
from aggregator.curate.editor_rules import QUARANTINED
from aggregator.errors import AggregatorError, HttpStatusError
from aggregator.model import (
    Article,
    Asks,
    Changes,
    Fetched,
    Known,
    PollAnswered,
    Source,
    SourceState,
    revise,
)
from aggregator.parse import ParseResult, SourceChange, describe_takeover, resolve_articles
from aggregator.pipeline.poll.flood_guard import guard_flood
from aggregator.rules import Rules, has_changed
from aggregator.urls.services import service_of_url
from aggregator.websub import find_announcement, slow_polling


@dataclass(frozen=True, kw_only=True, slots=True)
class PollAnswer:
    """What a publisher answered; ``state`` is its source's with what the answer's head says."""

    source: Source
    fetched: Fetched
    before: SourceState
    state: SourceState
    now: datetime

    @property
    def is_same(self) -> bool:
        """Whether the document is the one that was read last."""
        return self.state.body_hash == self.before.body_hash

    @property
    def needs_parsing(self) -> bool:
        """Whether there is a document, and something to learn from it."""
        return self.fetched.status != 304 and (not self.is_same or needs_proof(self.state))


@dataclass(frozen=True, kw_only=True, slots=True)
class Arrival:
    """The articles of one document, polled or pushed, and what is known of its source.

    ``asks``         how often the document wants to be asked for
    ``before``       its source's state before, ``after`` with what the answer's head and the feed itself say
    ``elapsed``      the time since the source was last known to have nothing new
    ``has_frozen_validators``  whether its validators mean nothing, should the document bring anything new
    ``is_same``      whether it is the document that was read last
    ``is_abridged``  whether entries that were seen before were left out of it by us
    ``is_pushed``    whether a hub sent it: the publisher may leave out known entries, and no poll has ended
    """

    source: Source
    articles: tuple[Article, ...]
    asks: Asks
    before: SourceState
    after: SourceState
    elapsed: timedelta
    has_frozen_validators: bool
    now: datetime
    is_same: bool = False
    is_abridged: bool = False
    is_pushed: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Pause:
    """Nothing is to be asked of the service of ``url`` for ``wait``."""

    url: str
    wait: timedelta


def note_answer_head(fetched: Fetched, source: Source, before: SourceState, *, now: datetime) -> PollAnswer:
    """Return an answer with what its head says noted in its source's state: cost, redirects, freshness."""
    is_not_modified = fetched.status == 304
    state = note_redirect(note_answer(before, fetched, now=now), fetched.permanent_url, now=now)
    state = _count_cost(state, fetched, now)
    state = note_freshness(state, fetched.headers, is_same=is_not_modified)
    if not is_not_modified:
        state = revise(state, body_hash=hashlib.sha256(fetched.body).hexdigest())
    return PollAnswer(source=source, fetched=fetched, before=before, state=state, now=now)


def decide_unchanged(answer: PollAnswer, rules: Rules) -> SourceState:
    """Return the state of a source after a poll that brought no other document than the last one."""
    now, intervals = answer.now, rules.polling.intervals.of(answer.source)
    state = note_success(answer.state, outcome="not_modified", now=now, intervals=intervals)
    state = propose_redirect(note_unchanged(state, now=now), now=now)
    return slow_polling(state, maximum=intervals.maximum, now=now)


def decide_failure(
    error: AggregatorError, fetched: Fetched | None, source: Source, before: SourceState, rules: Rules,
    *, now: datetime,
) -> tuple[SourceState, Pause | None]:  # fmt: skip
    """Return the state of a source after a poll that failed, and which service is to be paused.

    None: no service is. A 429 pauses the one that answered it; where a redirect led to that, it is not the
    source's own, whose other sources are polled as before.
    """
    counted = _count_cost(before, fetched, now)
    if isinstance(error, HttpStatusError):
        counted = revise(counted, answer=PollAnswered(status=error.status))
    state = note_failure(counted, error, now=now, intervals=rules.polling.intervals.of(source))
    until_at = state.paused_until_at
    if until_at is None or not isinstance(error, HttpStatusError) or error.status != 429:
        return state, None
    is_own = service_of_url(error.url) == service_of_url(source.url)
    return state if is_own else revise(state, paused_until_at=None), Pause(url=error.url, wait=until_at - now)


def assign_providers(parsed: ParseResult, source: Source, rules: Rules) -> ParseResult:
    """Return what a document says, each article with its provider."""
    feed, resolve = parsed.feed, rules.registry.resolve
    articles = (resolve(a, source, site_url=feed.site_url, title=feed.title) for a in parsed.articles)
    return replace(parsed, articles=tuple(articles))


def make_arrival(
    answer: PollAnswer, parsed: ParseResult, articles: tuple[Article, ...], *, is_abridged: bool
) -> Arrival:
    """Return the arrival of a polled document; the feed says its source's title, site and hub."""
    fetched, before, feed = answer.fetched, answer.before, parsed.feed
    hub = find_announcement(
        fetched.headers.get("link"), url=fetched.final_url, hub_urls=feed.hub_urls, self_url=feed.self_url
    )
    after = revise(
        answer.state, title=feed.title, site_url=feed.site_url, seen=parsed.seen,
        hub_url=hub.hub_url if hub else None, topic_url=hub.topic_url if hub else None,
        answer=(answer.state.answer or PollAnswered())._replace(fault=parsed.fault),
    )  # fmt: skip
    return Arrival(
        source=answer.source,
        articles=articles,
        asks=feed.asks,
        before=before,
        after=after,
        elapsed=answer.now - (seen_until(before, was_conditional=fetched.was_conditional) or answer.now),
        has_frozen_validators=are_validators_frozen(before, fetched, was_conditional=fetched.was_conditional),
        now=answer.now,
        is_same=answer.is_same,
        is_abridged=is_abridged,
    )


def decide_document(arrival: Arrival, known: Known, rules: Rules) -> Changes:
    """Decide what a document changes; all that is new is quarantined where its source is, or is not itself.

    Entries of a document may be one article, of which the first speaks. Where such an entry was left out as
    seen before, only the whole document tells which is the first: nothing is changed then.
    """
    articles = arrival.articles
    if arrival.before.first_polled_at is not None:  # what is old already never comes in as new
        oldest = arrival.now - rules.polling.backlog
        articles = tuple(revise(a, is_backlog=a.published_at < oldest) for a in articles)
    found = resolve_articles(articles, known, now=arrival.now, takes_over=rules.takes_over)
    difference = None if known.is_quarantined else _find_difference(arrival, articles, found, known)
    if known.is_quarantined or difference is not None:
        changes = replace(_quarantine_new(found, arrival, rules), quarantined_because=difference)
    else:
        changes = _judge(found, known, arrival, rules)
    if arrival.is_abridged and _needs_left_out(changes, known, arrival.articles):
        return Changes(state=arrival.before, needs_all=True)
    state = _decide_state(arrival, found, known, rules)
    state = revise(state, joined=state.joined + len(changes.joined))
    most = None if known.is_quarantined or difference is not None else arrival.source.max_per_hour
    return guard_flood(replace(changes, state=state), state, most, now=arrival.now)


def is_push_missed(before: SourceState, changes: Changes, now: datetime) -> bool:
    """Tell whether a poll found entries that pushes to a source in this state should have brought."""
    return bool(changes.inserted) and before.push_until_at is not None and before.push_until_at > now


def _count_cost(state: SourceState, fetched: Fetched | None, now: datetime) -> SourceState:
    """Return ``state`` with what the poll cost: one request where there was no answer."""
    if fetched is None:
        return count_poll(revise(state, answer=PollAnswered()), now=now)
    answer = PollAnswered(fetched.status, fetched.wire_bytes, round(fetched.elapsed_s, 3))
    state = revise(state, answer=answer)
    return count_poll(
        state,
        now=now,
        requests=1 + len(fetched.redirects),
        received_bytes=fetched.wire_bytes,
        is_not_modified=fetched.status == 304,
    )


def _find_difference(
    arrival: Arrival, articles: tuple[Article, ...], found: Changes, known: Known
) -> str | None:
    """Return how a source differs from what it was, None where it is itself."""
    if arrival.before.body_hash is None:
        return None  # the first document of an address, or after a review, is what the operator wants
    return describe_takeover(
        SourceChange(
            new=found.inserted, seen=(*articles, *known.recent) if arrival.is_pushed else articles,
            recent=known.recent, elapsed=arrival.elapsed, before=arrival.before, after=arrival.after,
        )
    )  # fmt: skip


def _quarantine_new(found: Changes, arrival: Arrival, rules: Rules) -> Changes:
    """Keep only what is new, quarantined; what is known stays, and is read again after the review."""
    judged = (rules.judge(a, (arrival.source.id,), now=arrival.now) for a in found.inserted)
    inserted = tuple(revise(article, is_quarantined=True) for article in judged)
    ids = {article.id for article in inserted}
    return Changes(
        inserted=inserted,
        sightings=tuple(s for s in found.sightings if s.article_id in ids),
        urls={url: article_id for url, article_id in found.urls.items() if article_id in ids},
    )


def _judge(found: Changes, known: Known, arrival: Arrival, rules: Rules) -> Changes:
    """Give topics and quality to what is new, was edited, or is carried by a second source."""
    source, now = arrival.source, arrival.now
    edited = {article.id: article for article in found.updated}
    for sighting in found.sightings:
        stored = known.articles.get(sighting.article_id)
        if stored is not None and source.id not in known.carriers.get(stored.id, ()):
            article = edited.get(stored.id, stored)
            # A source that is itself shows it too: it is not made up by the quarantined one, nor its flood.
            is_quarantined = article.is_quarantined and QUARANTINED in article.origins
            edited[stored.id] = revise(article, is_quarantined=is_quarantined, release_at=None)
    updated = []
    for article in edited.values():
        before = known.articles[article.id]
        is_same = article.updated_at == before.updated_at
        # Where the article changed, its page is read and its AMP page proved again.
        unread = article if is_same else revise(article, enriched_at=None)
        judged = rules.judge(unread, (*known.carriers.get(article.id, ()), source.id), now=now)
        if has_changed(before, judged):
            updated.append(judged)
    inserted = tuple(rules.judge(article, (source.id,), now=now) for article in found.inserted)
    return replace(found, inserted=inserted, updated=tuple(updated))


def _needs_left_out(changes: Changes, known: Known, articles: Sequence[Article]) -> bool:
    """Tell whether an article was also shown as an entry that is not among these, as it was left out."""
    shown = {sighting.article_id for sighting in changes.sightings}
    here = {article.entry_id for article in articles}
    return any(s.article_id in shown and s.entry_id not in here for s in known.sightings)


def _decide_state(arrival: Arrival, found: Changes, known: Known, rules: Rules) -> SourceState:
    """Return the source's state after a document: what its entries say about it, and when to come again."""
    now, state = arrival.now, arrival.after
    if found.inserted or found.updated:
        state = revise(state, has_frozen_validators=arrival.has_frozen_validators)
    state = note_document(state, arrival.asks, _new_times(found, known, now), now=now)
    if arrival.is_pushed:
        return state
    state = note_proof(state, arrival.articles, known.sightings, now=now)
    intervals = rules.polling.intervals.of(arrival.source)
    state = note_success(
        state, outcome="not_modified" if arrival.is_same else "updated", now=now, intervals=intervals
    )
    state = propose_redirect(state, now=now)
    return state if found.inserted else slow_polling(state, maximum=intervals.maximum, now=now)


def _new_times(found: Changes, known: Known, now: datetime) -> Iterator[datetime]:
    """Yield when the entries that are new to the source were published, ``now`` if they do not say."""
    carried = {sighting.article_id for sighting in known.sightings}
    return (s.stated_at or now for s in found.sightings if s.article_id not in carried)
