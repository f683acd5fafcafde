"""What was corrected of what had been published: added by the transaction that corrects it."""

__all__ = [
    "PUBLISHER",
    "SITE",
    "find_killed_articles",
    "find_last_correction",
    "find_parted_stories",
    "find_taken_out_articles",
    "find_withdrawn",
    "note_corrections_pinged",
    "note_corrections_published",
    "read_kills_since",
    "read_withdrawn_stories",
    "save_corrections",
]

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, func, insert, literal, select, update

from aggregator.model.corrections import OUT_KINDS, STANDING_KINDS, CorrectionKind, PublicCorrection
from aggregator.store.database import Database, chunks
from aggregator.store.fast.prepared_in import rows_among, select_among
from aggregator.store.marks import Mark, MarkKind, add_marks, forget_marks
from aggregator.store.pushes.hub_pings import ask_for_pings
from aggregator.store.schema import articles, stories, story_members
from aggregator.store.schema.corrections import corrections, topic_corrections
from aggregator.store.shown.feed_items import ALL

SITE = ""
"""The key of the mark that asks for the changes of the whole site."""
PUBLISHER = "publisher "
"""How the keys begin of what publishers withdrew."""
_NAMES = tuple(field.name for field in fields(PublicCorrection) if field.name != "topics")
_TOPICS_OF = select_among(topic_corrections, topic_corrections.c.correction_id)
_LATER = corrections.alias()
_IS_LAST = ~exists().where(
    _LATER.c.article_id == corrections.c.article_id,
    _LATER.c.id > corrections.c.id,
    _LATER.c.kind.in_([literal(kind.value) for kind in STANDING_KINDS]),
)
IS_OUT = and_(corrections.c.kind.in_([literal(kind.value) for kind in OUT_KINDS]), _IS_LAST)
_IS_WITHDRAWN = IS_OUT & (corrections.c.kind == CorrectionKind.WITHDRAW.value)


def add_corrections(connection: Connection, added: Iterable[PublicCorrection]) -> None:
    """Write corrections down, those whose key is not known, and mark what is to show them."""
    for one in added:
        if connection.execute(select(corrections.c.id).where(corrections.c.key == one.key)).scalar():
            continue
        row = {name: getattr(one, name) for name in _NAMES} | {"kind": one.kind.value}
        id_ = connection.execute(insert(corrections).returning(corrections.c.id), row).scalar_one()
        rows = [{"topic_id": topic_id, "correction_id": id_} for topic_id in sorted({*one.topics})]
        if rows:
            connection.execute(insert(topic_corrections), rows)
        add_marks(connection, MarkKind.CORRECTIONS, [SITE, ALL, *one.topics])
        if one.kind in STANDING_KINDS:
            add_marks(connection, MarkKind.TOPIC, [ALL, *one.topics])
            add_marks(connection, MarkKind.PAGE, [one.story_id] if one.story_id else [])


def mark_corrections_of(connection: Connection, article_ids: Collection[str]) -> None:
    """Mark the feeds of corrections that tell of these articles."""
    told: set[str] = set()
    for chunk in chunks(sorted(article_ids)):
        topics = select(corrections.c.id, topic_corrections.c.topic_id)
        of_each = topic_corrections.c.correction_id == corrections.c.id
        topics = topics.join_from(corrections, topic_corrections, of_each, isouter=True)
        found = connection.execute(topics.where(corrections.c.article_id.in_(chunk))).all()
        told |= {SITE, ALL, *(row.topic_id for row in found if row.topic_id)} if found else set()
    add_marks(connection, MarkKind.CORRECTIONS, sorted(told))


def save_corrections(store: Database, added: Sequence[PublicCorrection]) -> None:
    """Write corrections down, in a transaction of their own."""
    if added:
        with store.writing() as connection:
            add_corrections(connection, added)


def find_parted_stories(store: Database, story_ids: Collection[str]) -> frozenset[tuple[str, str]]:
    """Return which of the stories topics were told to be parted: pairs of topic, ``ALL`` too, and story."""
    if not story_ids:
        return frozenset()
    found: set[tuple[str, str]] = set()
    is_split = corrections.c.kind == CorrectionKind.SPLIT.value
    with store.reading() as connection:
        for chunk in chunks(sorted(story_ids)):
            query = select(corrections).where(is_split, corrections.c.story_id.in_(chunk))
            for one in _read_corrections(connection, query):
                found |= {(topic_id, one.story_id or "") for topic_id in (ALL, *one.topics)}
    return frozenset(found)


def find_killed_articles(store: Database, article_ids: Collection[str]) -> frozenset[str]:
    """Return those of the articles of which nothing may be left."""
    found: set[str] = set()
    is_kill = IS_OUT & (corrections.c.kind == CorrectionKind.KILL.value)
    with store.reading() as connection:
        for chunk in chunks(sorted(article_ids)):
            query = select(corrections.c.article_id).where(is_kill, corrections.c.article_id.in_(chunk))
            found.update(connection.execute(query).scalars())
    return frozenset(found)


class Kills(NamedTuple):
    """The topics whose feeds showed what was killed, and the stories that it was in."""

    topic_ids: frozenset[str]
    story_ids: frozenset[str]


def read_kills_since(store: Database, since: datetime) -> Kills:
    """Return where that was shown which was killed since then."""
    is_kill = (corrections.c.kind == CorrectionKind.KILL.value) & (corrections.c.at >= since)
    with store.reading() as connection:
        found = _read_corrections(connection, select(corrections).where(is_kill))
    return Kills(
        topic_ids=frozenset(topic_id for one in found for topic_id in one.topics),
        story_ids=frozenset(one.story_id for one in found if one.story_id),
    )


def find_taken_out(connection: Connection, article_ids: Collection[str]) -> dict[str, PublicCorrection]:
    """Return by id what took those of the articles out that were not restored."""
    found: dict[str, PublicCorrection] = {}
    for chunk in chunks(sorted(article_ids)):
        query = select(corrections).where(IS_OUT, corrections.c.article_id.in_(chunk))
        for one in _read_corrections(connection, query.order_by(corrections.c.id)):
            found[one.article_id or ""] = one
    return found


def find_taken_out_articles(store: Database, article_ids: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Return those of the articles that were taken out and not restored, with the topics that showed them."""
    if not article_ids:
        return {}
    with store.reading() as connection:
        return {id_: one.topics for id_, one in find_taken_out(connection, article_ids).items()}


def read_told_keys(connection: Connection, article_ids: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Return by article the keys of all that was written down of it, the oldest first."""
    found: dict[str, tuple[str, ...]] = {}
    for chunk in chunks(sorted(article_ids)):
        columns = select(corrections.c.article_id, corrections.c.key)
        rows = connection.execute(
            columns.where(corrections.c.article_id.in_(chunk)).order_by(corrections.c.id)
        )
        for row in rows:
            found[row.article_id] = (*found.get(row.article_id, ()), row.key)
    return found


def find_withdrawn(store: Database, article_ids: Collection[str]) -> dict[str, str | None]:
    """Return which of the articles their publishers withdrew, or had withdrawn as subscribers know.

    By id, with the key of what told subscribers so; None: nothing did, or somebody else took them out since.
    """
    found: dict[str, str | None] = {}
    is_theirs = corrections.c.key.startswith(PUBLISHER)
    with store.reading() as connection:
        for chunk in chunks(sorted(article_ids)):
            are_asked = articles.c.id.in_(chunk) & articles.c.withdrawn_at.is_not(None)
            found.update(dict.fromkeys(connection.execute(select(articles.c.id).where(are_asked)).scalars()))
            told = select(corrections.c.article_id, corrections.c.key).where(
                IS_OUT, is_theirs, corrections.c.article_id.in_(chunk)
            )
            found.update({row.article_id: row.key for row in connection.execute(told)})
    return found


def read_withdrawn_stories(
    store: Database, story_ids: Collection[str] | None = None
) -> Mapping[str, tuple[PublicCorrection, ...]]:
    """Return by id what withdrew the articles of stories of which none is left, and that had a page.

    The last one stands last. None: of all stories.
    """
    query = (
        select(corrections)
        .join(stories, stories.c.id == corrections.c.story_id)
        .where(_IS_WITHDRAWN, corrections.c.had_page)
        .order_by(corrections.c.id)
    )
    parts: list[ColumnElement[bool] | None] = [None]
    if story_ids is not None:
        parts = [corrections.c.story_id.in_(chunk) for chunk in chunks(sorted(story_ids))]
    with store.reading() as connection:
        found = [
            one
            for part in parts
            for one in _read_corrections(connection, query if part is None else query.where(part))
        ]
        last = {one.story_id: one for one in found if one.story_id}
        others = _read_withdrawn_members(connection, last)
    return {
        id_: (*(other for other in others.get(id_, ()) if other.article_id != one.article_id), one)
        for id_, one in last.items()
    }


def _read_withdrawn_members(
    connection: Connection, story_ids: Collection[str]
) -> dict[str, list[PublicCorrection]]:
    """Return by story what withdrew those articles that are in it now, in the order in which they went."""
    of_article = story_members.c.article_id == corrections.c.article_id
    found: dict[str, list[PublicCorrection]] = {}
    for chunk in chunks(sorted(story_ids)):
        of_stories = story_members.c.story_id.in_(chunk)
        pairs = select(corrections.c.article_id, story_members.c.story_id).join(story_members, of_article)
        story_of = {row[0]: row[1] for row in connection.execute(pairs.where(of_stories, _IS_WITHDRAWN))}
        query = select(corrections).join(story_members, of_article).where(of_stories, _IS_WITHDRAWN)
        for one in _read_corrections(connection, query.order_by(corrections.c.id)):
            found.setdefault(story_of[one.article_id or ""], []).append(one)
    return found


def find_last_correction(store: Database) -> int:
    """Return the number of the newest correction, 0 where there is none."""
    with store.reading() as connection:
        return connection.execute(select(func.max(corrections.c.id))).scalar() or 0


def note_corrections_published(
    store: Database,
    taken: Collection[Mark],
    *,
    last: int,
    feeds: Collection[str],
    hubs: Collection[str],
    now: datetime,
) -> None:
    """Note that files say what was corrected up to the number ``last``; hubs are to be told of ``feeds``."""
    are_new = corrections.c.published_at.is_(None) & (corrections.c.id <= last)
    with store.writing() as connection:
        connection.execute(update(corrections).where(are_new).values(published_at=now))
        ask_for_pings(connection, feeds, hubs, now=now)
        forget_marks(connection, taken)


def note_corrections_pinged(store: Database, changed_at: datetime, *, now: datetime) -> None:
    """Note that a hub was told of what files said at ``changed_at``."""
    are_told = corrections.c.pinged_at.is_(None) & (corrections.c.published_at <= changed_at)
    with store.writing() as connection:
        connection.execute(update(corrections).where(are_told).values(pinged_at=now))


def _read_corrections(connection: Connection, query: Select[Any]) -> tuple[PublicCorrection, ...]:
    return make_corrections(connection, connection.execute(query).mappings().all())


def make_corrections(
    connection: Connection, rows: Sequence[Mapping[Any, Any]]
) -> tuple[PublicCorrection, ...]:
    """Return the corrections that rows hold, each with the topics that it is of."""
    topics: dict[int, list[str]] = {row["id"]: [] for row in rows}
    for row in rows_among(connection, _TOPICS_OF, topics):
        topics[row["correction_id"]].append(row["topic_id"])
    return tuple(
        PublicCorrection(
            **{name: row[name] for name in _NAMES if name != "kind"},
            kind=CorrectionKind(row["kind"]),
            topics=tuple(sorted(topics[row["id"]])),
        )
        for row in rows
    )
