"""Which stories of today editors mean, by the ids of articles or stories."""

__all__ = ["CHOSEN_BY", "find_named_stories", "list_changed_stories", "list_story_names", "mark_stories"]

from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import Column, Connection, delete, select

from aggregator.store.database import Database
from aggregator.store.fast.driver import upsert
from aggregator.store.fast.prepared_in import PreparedIn, prepare_in, rows_among
from aggregator.store.marks import MarkKind, add_marks
from aggregator.store.schema import notes, stories, story_aliases, story_members


def _prepare_way(named: Column[str], led: Column[str]) -> PreparedIn:
    return prepare_in(named, lambda is_wanted: select(named.label("name"), led.label("led")).where(is_wanted))


def _prepare_names(named: Column[str], led: Column[str]) -> PreparedIn:
    return prepare_in(led, lambda is_wanted: select(named.label("name")).where(is_wanted))


_WAYS = (
    _prepare_way(story_aliases.c.id, story_aliases.c.story_id),
    _prepare_way(stories.c.id, stories.c.id),
    _prepare_way(story_members.c.article_id, story_members.c.story_id),
)
"""What an id can stand for, the last first: of a story that took another in, a story, an article's story."""
_NAMES_OF = (
    _prepare_names(story_aliases.c.id, story_aliases.c.story_id),
    _prepare_names(story_members.c.article_id, story_members.c.story_id),
)


CHOSEN_BY = "stories shown as of"
"""The note with what was taken up last of what editors want shown of stories, and by which stories."""


def find_named_stories(store: Database, names: Collection[str]) -> dict[str, str]:
    """Return the stories of today by what names them: an article of theirs, their id, or a former one."""
    found: dict[str, str] = {}
    with store.reading() as connection:
        for way in _WAYS:
            found.update((row["name"], row["led"]) for row in rows_among(connection, way, set(names)))
    return found


def list_story_names(store: Database, story_ids: Collection[str]) -> set[str]:
    """Return all that can name one of these stories: their articles, their ids, and former ones."""
    found = set(story_ids)
    with store.reading() as connection:
        for way in _NAMES_OF:
            found.update(row["name"] for row in rows_among(connection, way, set(story_ids)))
    return found


def list_changed_stories(store: Database, since_turn: int) -> tuple[str, ...]:
    """Return the stories that articles came to or left, or that took in others, since a turn."""
    with store.reading() as connection:
        return tuple(connection.execute(select(stories.c.id).where(stories.c.turn > since_turn)).scalars())


def forget_chosen(connection: Connection) -> None:
    """Have all that editors want shown of stories looked at anew: what named some of these is gone."""
    connection.execute(delete(notes).where(notes.c.key == CHOSEN_BY))


def mark_stories(store: Database, story_ids: Iterable[str], *, values: Mapping[str, str]) -> None:
    """Mark stories, and keep notes of why; that is one transaction."""
    with store.writing() as connection:
        add_marks(connection, MarkKind.STORY, sorted(story_ids))
        upsert(connection, notes, [{"key": key, "value": value} for key, value in values.items()])
