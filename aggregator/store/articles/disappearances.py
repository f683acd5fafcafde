"""Articles that disappeared at their source, and the withdrawals that are proposed for that.

An article is ``withdrawn_at`` where one of its disappearances is certain and no editor refused it. Whatever
changes a disappearance keeps that true in its transaction, and has the article judged again.
"""

__all__ = [
    "has_disappearances",
    "note_disappearance",
    "read_disappearances",
    "read_due_checks",
    "read_proposals",
    "reject_withdrawal",
    "revise_disappearances",
    "save_check",
]

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, delete, exists, select, update

from aggregator.model import WITHDRAWN, Disappearance, DisappearanceKind, PageState, Proposal, Sighting
from aggregator.store.database import Database, chunks
from aggregator.store.fast.driver import Row, upsert
from aggregator.store.marks import AT_ONCE, MarkKind, add_marks
from aggregator.store.predicates import is_listed
from aggregator.store.rows import sighting_of
from aggregator.store.schema import articles, sightings
from aggregator.store.schema.disappearances import disappeared_articles

Judge = Callable[[Sequence[Disappearance], Sequence[Sighting], Collection[str]], Sequence[Disappearance]]
_GONE = disappeared_articles.c
_SHOWING, _OTHERS = sightings.alias(), disappeared_articles.alias()
_IS_GONE_THERE = exists().where(
    _OTHERS.c.article_id == _SHOWING.c.article_id,
    _OTHERS.c.source_id == _SHOWING.c.source_id,
    _OTHERS.c.proposed_at.is_not(None),
)
_IS_SHOWN_ELSEWHERE = exists().where(
    _SHOWING.c.article_id == _GONE.article_id, _SHOWING.c.source_id != _GONE.source_id, ~_IS_GONE_THERE
)


def has_disappearances(store: Database, source_id: str) -> bool:
    """Tell whether articles of a source are known to have disappeared, or may have."""
    with store.reading() as connection:
        return bool(connection.execute(select(exists().where(_GONE.source_id == source_id))).scalar())


def revise_disappearances(store: Database, source_id: str, judge: Judge, *, now: datetime) -> None:
    """Store which articles of a source disappeared: what ``judge`` makes of those known and its sightings.

    The sightings are those of articles that are still stored; with them come the ids of those articles that
    are the source's own.
    """
    with store.writing() as connection:
        known = _read(connection, _GONE.source_id == source_id)
        judged = judge(known, *_read_sightings(connection, source_id))
        connection.execute(delete(disappeared_articles).where(_GONE.source_id == source_id))
        upsert(connection, disappeared_articles, [_row(one) for one in judged])
        _settle(connection, {one.article_id for one in (*known, *judged)}, now)


def note_disappearance(store: Database, found: Disappearance, *, now: datetime) -> None:
    """Store that an article disappeared, unless that is known of its source."""
    with store.writing() as connection:
        if not _read(connection, _is_of(found)) and _find_stored(connection, {found.article_id}):
            upsert(connection, disappeared_articles, [_row(found)])
            _settle(connection, {found.article_id}, now)


def is_check_due(now: datetime) -> ColumnElement[bool]:
    """Tell whether the page of an article that disappeared is to be asked for."""
    return and_(_GONE.check_at.is_not(None), _GONE.check_at <= now, _GONE.rejected_at.is_(None))


def read_due_checks(
    store: Database, *, now: datetime, limit: int, shards: Collection[int] | None = None
) -> tuple[Disappearance, ...]:
    """Return the disappearances whose article's page is to be asked for ``now``, those due longest first.

    None is of a page in other ``shards`` than these, None for all.
    """
    query = select(disappeared_articles).where(is_check_due(now)).order_by(_GONE.check_at, _GONE.article_id)
    if shards is not None:
        is_in_these = and_(articles.c.id == _GONE.article_id, articles.c.page_shard.in_(shards))
        query = query.join(articles, is_in_these)
    query = query.limit(limit)
    with store.reading() as connection:
        return tuple(map(_make, connection.execute(query).mappings()))


def save_check(store: Database, before: Disappearance, after: Disappearance | None, *, now: datetime) -> bool:
    """Store what a page that was asked for says; None: its article did not disappear.

    Returns False where something else was found out meanwhile, which stays.
    """
    with store.writing() as connection:
        if _read(connection, _is_of(before)) != [before]:
            return False
        connection.execute(delete(disappeared_articles).where(_is_of(before)))
        upsert(connection, disappeared_articles, [_row(after)] if after else [])
        _settle(connection, {before.article_id}, now)
    return True


def reject_withdrawal(store: Database, article_id: str, *, now: datetime) -> int:
    """Refuse for ever to withdraw an article since it disappeared; return 0 where that was not proposed."""
    is_its = and_(_GONE.article_id == article_id, _GONE.proposed_at.is_not(None), _GONE.rejected_at.is_(None))
    with store.writing() as connection:
        count = connection.execute(
            update(disappeared_articles).where(is_its).values(rejected_at=now, check_at=None)
        ).rowcount
        _settle(connection, {article_id}, now)
        return count


def read_disappearances(store: Database, article_id: str) -> tuple[Disappearance, ...]:
    """Return how an article disappeared, by the ids of its sources."""
    with store.reading() as connection:
        return tuple(_read(connection, _GONE.article_id == article_id))


def read_proposals(store: Database) -> tuple[Proposal, ...]:
    """Return the withdrawals that are proposed or done by themselves, the newest first.

    One of each article, the most certain. What another source still shows is among them only where it is
    certain.
    """
    query = (
        select(
            disappeared_articles,
            articles.c.title,
            articles.c.web_url.label("url"),
            articles.c.quality_parts,
            _IS_SHOWN_ELSEWHERE.label("is_shown"),
        )
        .join(articles, articles.c.id == _GONE.article_id)
        .where(_GONE.proposed_at.is_not(None), is_listed() | articles.c.withdrawn_at.is_not(None))
        .order_by(_GONE.proposed_at.desc(), _GONE.article_id, _GONE.source_id)
    )
    with store.reading() as connection:
        rows = connection.execute(query).mappings().all()
    rejected = {row["article_id"] for row in rows if row["rejected_at"] is not None}
    found: dict[str, Proposal] = {}
    for row in rows:
        one = _make(row)
        if one.article_id in rejected or not one.is_proposed or (row["is_shown"] and not one.is_confirmed):
            continue
        if one.article_id not in found or one.is_confirmed:
            is_withdrawn = WITHDRAWN in row["quality_parts"]
            found[one.article_id] = Proposal(one, row["title"], row["url"], is_withdrawn)
    return tuple(found.values())


def _settle(connection: Connection, article_ids: Collection[str], now: datetime) -> None:
    """Note of articles whether their publisher withdrew them; where that changed, they are judged again."""
    found: dict[str, list[Disappearance]] = {article_id: [] for article_id in article_ids}
    for chunk in chunks(sorted(article_ids)):
        for one in _read(connection, _GONE.article_id.in_(chunk)):
            found[one.article_id].append(one)
    for article_id, withdrawn_at in _find_stored(connection, article_ids).items():
        theirs = found[article_id]
        is_refused = any(one.rejected_at is not None for one in theirs)
        is_certain = not is_refused and any(one.is_confirmed for one in theirs)
        if is_certain != (withdrawn_at is not None):
            values = {"withdrawn_at": now if is_certain else None, "judge_again_at": AT_ONCE}
            connection.execute(update(articles).where(articles.c.id == article_id).values(**values))
            add_marks(connection, MarkKind.ARTICLE, [article_id])


def _find_stored(connection: Connection, article_ids: Collection[str]) -> dict[str, datetime | None]:
    """Return by id when those of the articles were withdrawn that are stored; imported ones never are."""
    found: dict[str, datetime | None] = {}
    for chunk in chunks(sorted(article_ids)):
        is_asked = and_(articles.c.id.in_(chunk), articles.c.imported.is_(None))
        rows = connection.execute(select(articles.c.id, articles.c.withdrawn_at).where(is_asked))
        found.update({row.id: row.withdrawn_at for row in rows})
    return found


def _read_sightings(connection: Connection, source_id: str) -> tuple[list[Sighting], set[str]]:
    is_stored = and_(articles.c.id == sightings.c.article_id, sightings.c.source_id == source_id)
    query = select(sightings, articles.c.source_id.label("own_source")).join(articles, is_stored)
    rows = connection.execute(query).mappings().all()
    own = {row["article_id"] for row in rows if row["own_source"] == source_id}
    return [sighting_of(row) for row in rows], own


def _is_of(one: Disappearance) -> ColumnElement[bool]:
    return and_(_GONE.article_id == one.article_id, _GONE.source_id == one.source_id)


def _read(connection: Connection, where: ColumnElement[bool]) -> list[Disappearance]:
    query = select(disappeared_articles).where(where).order_by(_GONE.article_id, _GONE.source_id)
    return [_make(row) for row in connection.execute(query).mappings()]


_MARKS = ("marks", "newer", "older")
_PLAIN = ("article_id", "source_id", "missing_since_at", "proposed_at", "checks", "check_at", "rejected_at")


def _row(one: Disappearance) -> Row:
    return {
        **{name: getattr(one, name) for name in _PLAIN},
        **{name: " ".join(sorted(mark.hex() for mark in getattr(one, name))) for name in _MARKS},
        "kind": one.kind.value,
        "page": one.page.value if one.page else None,
    }


def _make(row: Any) -> Disappearance:
    plain: dict[str, Any] = {name: row[name] for name in _PLAIN}
    marks: dict[str, Any] = {name: frozenset(map(bytes.fromhex, row[name].split())) for name in _MARKS}
    return Disappearance(
        **plain,
        **marks,
        kind=DisappearanceKind(row["kind"]),
        page=PageState(row["page"]) if row["page"] else None,
    )
