"""What a poll's articles are let in as: published, as backlog, or quarantined for the operator's review."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from aggregator.cadence import note_document, note_proof, note_success, propose_redirect
from aggregator.model import Article, Asks, Changes, Known, Source, SourceState, revised
from aggregator.parse import Arrived, resolve_articles, tell_difference
from aggregator.pipeline.poll.notes import new_times
from aggregator.rules import Rules, changed


@dataclass(frozen=True, kw_only=True, slots=True)
class Arrival:
    """The articles of one document, and what is known of its source.

    ``asks``     how often the document wants to be asked for
    ``before``   its state before the poll, ``after`` with what the answer's head and the feed itself say
    ``elapsed``  the time since it was last known to have nothing new
    ``frozen``   whether its validators mean nothing, should the document bring anything new
    ``is_same``  whether it is the document that was read last
    ``is_partial``  whether it was pushed: entries that are known may be left out of it, and no poll has ended
    """

    source: Source
    articles: tuple[Article, ...]
    asks: Asks
    before: SourceState
    after: SourceState
    elapsed: timedelta
    frozen: bool
    is_same: bool
    now: datetime
    is_partial: bool = False


def admit(arrival: Arrival, known: Known, *, rules: Rules) -> Changes:
    """Decide what a document changes; what is new is quarantined where its source is, or is not itself."""
    articles = _marked_backlog(arrival, rules)
    changes = resolve_articles(articles, known, now=arrival.now, takes_over=rules.takes_over)
    difference = None if known.is_quarantined else _difference(arrival, articles, changes, known)
    if known.is_quarantined or difference is not None:
        admitted = replace(_quarantine(changes, arrival.source, rules), quarantined_because=difference)
    else:
        admitted = _judged(changes, known, arrival.source, rules)
    state = _state(arrival, changes, known, rules)
    return replace(admitted, state=revised(state, joined=state.joined + len(admitted.joined)))


def needs_all(changes: Changes, known: Known, articles: Sequence[Article]) -> bool:
    """Tell whether one of these ``articles`` is one that the source showed as another entry, not among them.

    Of two entries of a document that are one article the first speaks: if the other was left out, as it
    stands as it stood, only the whole document tells which that is.
    """
    told = {sighting.article_id for sighting in changes.sightings}
    here = {article.entry_id for article in articles}
    return any(s.article_id in told and s.entry_id not in here for s in known.sightings)


def _difference(arrival: Arrival, articles: Sequence[Article], changes: Changes, known: Known) -> str | None:
    # The first document of an address, or after a review, is what the operator wants.
    if arrival.before.body_hash is None:
        return None
    return tell_difference(
        Arrived(
            new=changes.inserted, seen=(*articles, *known.recent) if arrival.is_partial else articles,
            recent=known.recent, elapsed=arrival.elapsed, before=arrival.before, after=arrival.after,
        )
    )  # fmt: skip


def _state(arrival: Arrival, changes: Changes, known: Known, rules: Rules) -> SourceState:
    """Return the source's state after the poll: what its entries tell of it, and when to come again."""
    now, state = arrival.now, arrival.after
    if changes.inserted or changes.updated:
        state = revised(state, has_frozen_validators=arrival.frozen)
    state = note_document(state, arrival.asks, new_times(changes, known, now), now=now)
    if arrival.is_partial:
        return state
    state = note_proof(state, arrival.articles, known.sightings, now=now)
    intervals = rules.intervals.of(arrival.source)
    outcome: Literal["updated", "not_modified"] = "not_modified" if arrival.is_same else "updated"
    return propose_redirect(note_success(state, outcome=outcome, now=now, intervals=intervals), now=now)


def _marked_backlog(arrival: Arrival, rules: Rules) -> tuple[Article, ...]:
    """Mark what is old already, where the source is not new itself: it never comes in as new."""
    if arrival.before.first_polled_at is None:
        return arrival.articles
    oldest = arrival.now - rules.backlog
    return tuple(revised(a, is_backlog=a.published_at < oldest) for a in arrival.articles)


def _quarantine(changes: Changes, source: Source, rules: Rules) -> Changes:
    """Keep only what is new, quarantined; what is known stays, and is looked at again after the review."""
    inserted = tuple(revised(rules.judge(a, (source.id,)), is_quarantined=True) for a in changes.inserted)
    ids = {article.id for article in inserted}
    return Changes(
        inserted=inserted,
        sightings=tuple(s for s in changes.sightings if s.article_id in ids),
        urls={url: article_id for url, article_id in changes.urls.items() if article_id in ids},
    )


def _judged(changes: Changes, known: Known, source: Source, rules: Rules) -> Changes:
    """Give what changed its topics and quality, and so for articles that got a second source."""
    edited = {article.id: article for article in changes.updated}
    for sighting in changes.sightings:
        stored = known.articles.get(sighting.article_id)
        if stored is not None and source.id not in known.carriers.get(stored.id, ()):
            edited[stored.id] = _released(edited.get(stored.id, stored))
    carried = {article_id: (*known.carriers.get(article_id, ()), source.id) for article_id in edited}
    again = (_unread_if_changed(article, known.articles[article.id]) for article in edited.values())
    judged = (rules.judge(article, carried[article.id]) for article in again)
    return replace(
        changes,
        inserted=tuple(rules.judge(article, (source.id,)) for article in changes.inserted),
        updated=tuple(a for a in judged if changed(known.articles[a.id], a)),
    )


def _released(article: Article) -> Article:
    """A source that is itself shows the article too: it is none of the quarantined source's making."""
    return revised(article, is_quarantined=False) if article.is_quarantined else article


def _unread_if_changed(article: Article, before: Article) -> Article:
    """Let the page be read again, and its AMP page be proved again, where the article changed."""
    if article.updated_at == before.updated_at:
        return article
    return revised(article, enriched_at=None)
