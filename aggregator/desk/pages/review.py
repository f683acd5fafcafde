"""What waits for a person's word: sources and articles in quarantine, moves, articles that disappeared."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from aggregator.cadence import explain_disappearance
from aggregator.desk.answers import Fields
from aggregator.desk.lists import cut_page
from aggregator.desk.site import DeskSite
from aggregator.model import Article, SourceState
from aggregator.pipeline.editing.quarantine import (
    Quarantine,
    explain_lack,
    explain_quarantine,
    sort_quarantine,
)
from aggregator.pipeline.editing.withdrawals import list_withdrawals
from aggregator.store import read_ill_sources, read_quarantined, read_states_of


@dataclass(frozen=True, kw_only=True, slots=True)
class QuarantinedSource:
    """A source that is quarantined, or has quarantined articles: so many, since when and why."""

    id: str
    articles: int
    since_at: datetime | None
    because: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class QuarantinedArticle:
    """A quarantined article, why it is, and why no feed shows it once it is accepted; None: they do."""

    article: Article
    because: str
    lack: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class MovedSource:
    """A source for which another address is proposed, and why."""

    id: str
    url: str
    proposed_url: str
    why: str | None


def show_review(site: DeskSite, asked: Fields) -> Mapping[str, object]:
    """Return what the page of all that waits shows."""
    waiting = read_quarantined(site.store)
    states = _read_states(site, {article.source_id for article in waiting})
    found = sort_quarantine(waiting, states.values())
    cut = cut_page([*found.by_source, *found.by_rule], asked, ())
    by_rule = {one.id for one in found.by_rule}
    return {
        "sources": list(_list_sources(found, states)),
        "list": cut,
        "by_source": len(found.by_source),
        "articles": [_describe(one) for one in cut.rows if one.id not in by_rule],
        "by_rule": [_describe(one) for one in cut.rows if one.id in by_rule],
        "moves": list(_list_moves(site, states)),
        "gone": [
            (one, explain_disappearance(one.found))
            for one in list_withdrawals(site.config, site.store, site.read_time())
        ],
    }


def _read_states(site: DeskSite, source_ids: Collection[str]) -> Mapping[str, SourceState]:
    """Return the states of these sources, and of those that something is wrong with, by id."""
    ill = {str(row["source_id"]) for row in read_ill_sources(site.store)}
    found = read_states_of(site.store, sorted({*source_ids, *ill}))
    return {one.source_id: one for one in found if isinstance(one, SourceState)}


def _list_sources(found: Quarantine, states: Mapping[str, SourceState]) -> Iterator[QuarantinedSource]:
    for source_id, count in found.sources.items():
        state = states.get(source_id)
        yield QuarantinedSource(
            id=source_id,
            articles=count,
            since_at=state.quarantined_at if state else None,
            because=state.quarantined_because if state else None,
        )


def _describe(article: Article) -> QuarantinedArticle:
    return QuarantinedArticle(
        article=article, because=explain_quarantine(article), lack=explain_lack(article)
    )


def _list_moves(site: DeskSite, states: Mapping[str, SourceState]) -> Iterator[MovedSource]:
    for source_id, state in sorted(states.items()):
        source = site.rules.sources.get(source_id)
        if source is not None and state.proposed_url is not None:
            yield MovedSource(
                id=source_id, url=source.url, proposed_url=state.proposed_url, why=state.proposed_why
            )
