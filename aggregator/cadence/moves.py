"""Where a source has moved to: never taken for granted, always proposed to the operator; pure.

A permanent redirect is proposed once it was seen ``SIGHTINGS`` times in a row over ``SEEN_FOR`` and the
feed at its target proved to be the same one: it shows entries that we know from before the redirect.
Portals of hotels, maintenance pages and hijacked domains redirect permanently, too.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from aggregator.model import Article, Sighting, SourceState, revise

SIGHTINGS = 3
SEEN_FOR = timedelta(days=2)
PROOFS_TRIED = 5
"""Polls that are unconditional, so that there are entries to compare; later ones only as they come."""
ENOUGH_KNOWN = 10


def note_redirect(state: SourceState, permanent_url: str | None, *, now: datetime) -> SourceState:
    """Return ``state`` with where a permanent redirect points, since when, and how often in a row.

    Where it points elsewhere now, or is gone, what was proposed because of the old one is withdrawn.
    """
    if permanent_url is not None and permanent_url == state.redirect_url:
        return revise(state, redirect_sightings=state.redirect_sightings + 1)
    if permanent_url is None and state.redirect_url is None:
        return state
    was_proposed = state.proposed_url is not None and state.proposed_url == state.redirect_url
    return revise(
        state,
        redirect_url=permanent_url,
        redirect_since_at=now if permanent_url else None,
        redirect_sightings=1 if permanent_url else 0,
        redirect_proved_at=None,
        proposed_url=None if was_proposed else state.proposed_url,
        proposed_why=None if was_proposed else state.proposed_why,
    )


def needs_proof(state: SourceState) -> bool:
    """Tell whether the next answer should be a whole document, to compare its entries."""
    is_open = state.redirect_url is not None and state.redirect_proved_at is None
    return is_open and may_be_proved(state) and not _has_always_redirected(state)


def may_be_proved(state: SourceState) -> bool:
    """Tell whether polls still try to find out if the feed at the target of the redirect is the same."""
    return state.redirect_sightings <= PROOFS_TRIED


def note_proof(
    state: SourceState, articles: Sequence[Article], sightings: Sequence[Sighting], *, now: datetime
) -> SourceState:
    """Return ``state`` with whether the document behind its redirect is the same feed.

    ``articles`` are the document's, ``sightings`` what the source is known to carry. Of a source that
    has redirected ever since we know it, the entries of earlier polls are compared.
    """
    if state.redirect_url is None or state.redirect_proved_at or state.redirect_since_at is None:
        return state
    before = now if _has_always_redirected(state) else state.redirect_since_at
    known = [s for s in sightings if s.first_seen_at is not None and s.first_seen_at < before]
    return revise(state, redirect_proved_at=now) if is_same_feed(articles, known) else state


def note_unchanged(state: SourceState, *, now: datetime) -> SourceState:
    """Return ``state`` after the same document as at the last poll, which proves that the feed is the same.

    Only where that document came through the redirect too: the source has redirected ever since we know it.
    """
    is_proved = state.redirect_url is not None and _has_always_redirected(state)
    return revise(state, redirect_proved_at=now) if is_proved and not state.redirect_proved_at else state


def is_same_feed(articles: Sequence[Article], known: Sequence[Sighting]) -> bool:
    """Tell whether half of a document's entries are known, or ten of them: by their ids, or as articles."""
    entry_ids = {sighting.entry_id for sighting in known if sighting.entry_id}
    article_ids = {sighting.article_id for sighting in known}
    shared = sum(a.entry_id in entry_ids or a.id in article_ids for a in articles)
    return shared >= ENOUGH_KNOWN or (shared > 0 and 2 * shared >= len(articles))


def propose_redirect(state: SourceState, *, now: datetime) -> SourceState:
    """Return ``state`` with its permanent redirect proposed, once that is sure enough."""
    since_at = state.redirect_since_at
    if state.redirect_proved_at is None or since_at is None or state.proposed_url == state.redirect_url:
        return state
    if state.redirect_sightings < SIGHTINGS or now - since_at < SEEN_FOR:
        return state
    why = (
        f"it has redirected there permanently since {since_at:%Y-%m-%d}, "
        f"{state.redirect_sightings} polls in a row, and the feed there has the same entries"
    )
    return revise(state, proposed_url=state.redirect_url, proposed_why=why)


def _has_always_redirected(state: SourceState) -> bool:
    since_at = state.redirect_since_at
    return since_at is not None and (state.first_polled_at is None or state.first_polled_at >= since_at)


class MoveEvent(NamedTuple):
    """What happened to a source's move: ``seen``, ``proved``, ``proposed``, ``withdrawn`` or ``ended``."""

    what: str
    url: str


def describe_move(before: SourceState, after: SourceState) -> MoveEvent | None:
    """Return what a poll changed about a source's move; None for nothing."""
    if after.proposed_url and after.proposed_url != before.proposed_url:
        return MoveEvent("proposed", after.proposed_url)
    if before.proposed_url and not after.proposed_url:
        return MoveEvent("withdrawn", before.proposed_url)
    if after.redirect_proved_at and not before.redirect_proved_at and after.redirect_url:
        return MoveEvent("proved", after.redirect_url)
    if after.redirect_url and after.redirect_url != before.redirect_url:
        return MoveEvent("seen", after.redirect_url)
    if before.redirect_url and not after.redirect_url:
        return MoveEvent("ended", before.redirect_url)
    return None
