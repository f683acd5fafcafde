"""Stories: what is to be grouped, what grouping needs to go on, and which articles belong together."""

__all__ = [
    "find_articles_to_group",
    "find_ended_stories",
    "find_filled_stories",
    "find_grown_stories",
    "find_newest_grouped",
    "find_paged_stories",
    "read_grouped_turn",
    "read_last_turn",
    "read_members",
    "read_stories",
    "read_stories_since",
    "read_story_ids",
    "save_grouping",
]

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, fields
from datetime import datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import Column, Connection, Select, delete, exists, func, select, update

from aggregator.model import Article, Grouping, Member, Story
from aggregator.store.columns import read_texts
from aggregator.store.database import Database, chunks
from aggregator.store.fast.driver import upsert
from aggregator.store.fast.prepared_in import prepare_in, records_among, rows_among
from aggregator.store.marks import MarkKind, add_marks
from aggregator.store.predicates import IS_PUBLISHED
from aggregator.store.rows import article_of
from aggregator.store.schema import articles, removed_articles, stories, story_aliases, story_members
from aggregator.store.schema.answers import story_answers
from aggregator.store.stories.grouping_corrections import correct_stories
from aggregator.store.stories.story_links import move_links, save_links, select_living_links

_MEMBER = tuple(field.name for field in fields(Member))
_TURN = attrgetter("turn")
_MEMBERS_OF = prepare_in(
    story_members.c.story_id,
    lambda is_wanted: select(*(story_members.c[name] for name in _MEMBER)).where(is_wanted),
)
_MEMBER_READERS = dict.fromkeys(("terms", "shared"), read_texts)
_STORIES_OF = prepare_in(
    story_members.c.article_id,
    lambda is_wanted: select(story_members.c.article_id, story_members.c.story_id).where(is_wanted),
)
_GROUPED = (story_members.c.turn, stories.c.turn)


def find_articles_to_group(store: Database, limit: int) -> tuple[Article, ...]:
    """Return articles that no story has yet, in order of arrival; of one poll, the oldest first."""
    query = (
        select(articles)
        .outerjoin(story_members, story_members.c.article_id == articles.c.id)
        # In the words of the index that has these only.
        .where(articles.c.is_grouped.is_(False), articles.c.is_quarantined.is_(False))
        .where(story_members.c.article_id.is_(None))
        .order_by(articles.c.first_seen_at, articles.c.published_at, articles.c.id)
        .limit(limit)
    )
    with store.reading() as connection:
        return tuple(article_of(row) for row in connection.execute(query).mappings())


def read_last_turn(store: Database) -> int:
    """Return the turn that grouping and answers have come to, 0 before it began."""
    with store.reading() as connection:
        return find_last_turn(connection)


def read_grouped_turn(store: Database) -> int:
    """Return the turn that grouping has come to, whatever was answered since; 0 before it began."""
    with store.reading() as connection:
        return _find_newest(connection, _GROUPED)


def find_newest_grouped(store: Database) -> datetime | None:
    """Return when the newest article that has a story was published, None if none has."""
    newest = func.max(story_members.c.published_at, type_=story_members.c.published_at.type)
    with store.reading() as connection:
        return connection.execute(select(newest)).scalar()


def read_stories_since(store: Database, since: datetime) -> tuple[tuple[Story, ...], tuple[Member, ...]]:
    """Return the stories with an article published since then, and all their articles in order."""
    lasting = select(stories.c.id).where(stories.c.last_at >= since)
    with store.reading() as connection:
        members = _read_members(connection, _select_members(lasting))
        first = {member.story_id: member for member in reversed(members)}
        rows = connection.execute(select(stories).where(stories.c.last_at >= since)).mappings()
        return tuple(_story_of(row, first[row["id"]]) for row in rows if row["id"] in first), members


def read_stories(store: Database, story_ids: Collection[str]) -> tuple[Story, ...]:
    """Return the stories of these ids, by id; ``total`` is empty where it is the only article's."""
    found: list[Story] = []
    with store.reading() as connection:
        for chunk in chunks(sorted(story_ids)):
            rows = connection.execute(select(stories).where(stories.c.id.in_(chunk))).mappings()
            found.extend(Story(**{**row, "total": row["total"] or {}}) for row in rows)
    return tuple(sorted(found, key=attrgetter("id")))


def find_ended_stories(store: Database, since: datetime) -> frozenset[str]:
    """Return the stories that ended before then whose first article is in one that lasted longer."""
    lasting = select(stories.c.id).where(stories.c.last_at >= since)
    query = (
        select(stories.c.id)
        .join(story_members, story_members.c.article_id == stories.c.id)
        .where(story_members.c.story_id.in_(lasting), stories.c.last_at < since)
    )
    with store.reading() as connection:
        return frozenset(connection.execute(query).scalars())


def find_filled_stories(store: Database, story_ids: Collection[str]) -> frozenset[str]:
    """Return those of the ids that are of a story with articles."""
    found: set[str] = set()
    with store.reading() as connection:
        for chunk in chunks(sorted(story_ids)):
            query = select(story_members.c.story_id).where(story_members.c.story_id.in_(chunk)).distinct()
            found.update(connection.execute(query).scalars())
    return frozenset(found)


def save_grouping(store: Database, grouping: Grouping) -> bool:
    """Save all that placing articles changed; False, and nothing, where another process grouped meanwhile."""
    with store.writing() as connection:
        if find_last_turn(connection) != grouping.since_turn:
            return False
        add_marks(connection, MarkKind.STORY, _list_touched(connection, grouping))
        correct_stories(connection, grouping)
        for gone, story_id in grouping.merged:
            _merge_stories(connection, gone, story_id)
        _save_stories(connection, grouping.stories)  # those that live again after they were merged, too
        _save_members(connection, grouping.members)
        for article_id, story_id in grouping.moved:
            is_it = story_members.c.article_id == article_id
            connection.execute(update(story_members).where(is_it).values(story_id=story_id))
        save_links(connection, select_living_links(connection, grouping.links))
        return True


def _list_touched(connection: Connection, grouping: Grouping) -> set[str]:
    """Return the stories that are to be shown anew; those that articles are taken from are among them."""
    touched = {story.id for story in grouping.stories} | {id_ for pair in grouping.merged for id_ in pair}
    touched |= {id_ for a, b, _ in grouping.links for id_ in (a, b)}
    touched |= {member.story_id for member in grouping.members} | {story_id for _, story_id in grouping.moved}
    for chunk in chunks([article_id for article_id, _ in grouping.moved]):
        left = select(story_members.c.story_id).where(story_members.c.article_id.in_(chunk)).distinct()
        touched.update(connection.execute(left).scalars())
    return touched


def read_story_ids(store: Database, article_ids: Iterable[str]) -> Mapping[str, str]:
    """Return article id -> story id, without articles that have no story yet."""
    with store.reading() as connection:
        rows = rows_among(connection, _STORIES_OF, set(article_ids))
        return {row["article_id"]: row["story_id"] for row in rows}


def read_members(store: Database, story_ids: Collection[str]) -> Mapping[str, tuple[Member, ...]]:
    """Return story id -> its articles, in the order they were placed; nothing for one that is not known."""
    found: dict[str, list[Member]] = {}
    with store.reading() as connection:
        for values in records_among(connection, _MEMBERS_OF, story_ids, _MEMBER_READERS):
            found.setdefault(values["story_id"], []).append(Member(**values))
    return {story_id: tuple(sorted(members, key=_TURN)) for story_id, members in found.items()}


def find_grown_stories(store: Database, story_ids: Collection[str]) -> frozenset[str]:
    """Return those of the stories that ever had several articles, and have a published one."""
    found: set[str] = set()
    with store.reading() as connection:
        for chunk in chunks(sorted(story_ids)):
            found.update(connection.execute(_select_grown().where(stories.c.id.in_(chunk))).scalars())
    return frozenset(found)


def find_paged_stories(store: Database) -> frozenset[str]:
    """Return all stories that have a page: those that grew, and the ids that lead to one of them."""
    with store.reading() as connection:
        grown = set(connection.execute(_select_grown()).scalars())
        aliases = connection.execute(select(story_aliases)).all()
    return frozenset(grown | {row.id for row in aliases if row.story_id in grown})


def _select_grown() -> Select[Any]:
    took_in = exists().where(story_aliases.c.story_id == stories.c.id)
    # Founding a story takes its first article's turn and one more, each further article at least another.
    grew = (stories.c.turn > stories.c.founded + 1) | stories.c.formed_at.is_not(None)
    is_shown = (
        exists()
        .where(story_members.c.story_id == stories.c.id)
        .where(articles.c.id == story_members.c.article_id, IS_PUBLISHED)
    )
    return select(stories.c.id).where(grew | took_in, is_shown)


def find_last_turn(connection: Connection) -> int:
    """Return the turn that grouping and answers have come to, in a transaction that may take the next."""
    return _find_newest(connection, (*_GROUPED, story_answers.c.turn))


def _find_newest(connection: Connection, turns: Iterable[Column[int]]) -> int:
    return max(connection.execute(select(func.max(turn))).scalar() or 0 for turn in turns)


def _select_members(ids: Select[Any]) -> Select[Any]:
    return select(story_members).where(story_members.c.story_id.in_(ids))


def _read_members(connection: Connection, query: Select[Any]) -> tuple[Member, ...]:
    rows = connection.execute(query.order_by(story_members.c.turn)).mappings()
    return tuple(read_member_row(row) for row in rows)


def read_member_row(row: Mapping[Any, Any]) -> Member:
    """Return a row of ``story_members`` as a record."""
    values = {name: row[name] for name in _MEMBER}
    return Member(**{**values, "terms": tuple(row["terms"]), "shared": tuple(row["shared"])})


def _story_of(row: Mapping[Any, Any], first: Member) -> Story:
    return Story(**{**row, "total": first.vector if row["total"] is None else row["total"]})


def _save_members(connection: Connection, members: Sequence[Member]) -> None:
    """Write members; one whose article was removed meanwhile is left out, and may leave its story empty."""
    stored: set[str] = set()
    for chunk in chunks([member.article_id for member in members]):
        stored.update(connection.execute(select(articles.c.id).where(articles.c.id.in_(chunk))).scalars())
        connection.execute(update(articles).where(articles.c.id.in_(chunk)).values(is_grouped=True))
    upsert(connection, story_members, [asdict(member) for member in members if member.article_id in stored])
    gone = [
        {"article_id": member.article_id, "provider_domain": "", "story_id": member.story_id}
        for member in members
        if member.article_id not in stored
    ]
    upsert(connection, removed_articles, gone, keep=("provider_domain",))


def _merge_stories(connection: Connection, gone: str, story_id: str) -> None:
    """Merge a story into another one: its id, the ids that led to it and its links then lead there."""
    connection.execute(delete(stories).where(stories.c.id == gone))
    was_gone = story_aliases.c.story_id == gone
    connection.execute(update(story_aliases).where(was_gone).values(story_id=story_id))
    upsert(connection, story_aliases, [{"id": gone, "story_id": story_id}])
    move_links(connection, gone, story_id)


def _save_stories(connection: Connection, saved: Sequence[Story]) -> None:
    """Write stories; when one was formed stays known, and its id stands for itself."""
    rows = [asdict(story) for story in saved]
    upsert(connection, stories, [row for row in rows if row["formed_at"] is not None])
    upsert(connection, stories, [row for row in rows if row["formed_at"] is None], keep=("formed_at",))
    for chunk in chunks([story.id for story in saved]):
        connection.execute(delete(story_aliases).where(story_aliases.c.id.in_(chunk)))
