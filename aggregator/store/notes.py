"""Notes under a key, and what is noted of topics that were removed while their feeds are still there."""

__all__ = [
    "LONG_AGO",
    "UPLOAD_FAILURE",
    "end_removed_topics",
    "is_end_asked",
    "note_end_done",
    "read_note",
    "read_removal_times",
    "revise_note",
    "save_notes",
    "save_removal_times",
    "write_note",
]

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from sqlalchemy import bindparam, select

from aggregator.store.database import Database
from aggregator.store.fast.driver import rows_with, upsert
from aggregator.store.schema import notes

NOTE = "removed topics"
ENDED = "removed topics end"
UPLOAD_FAILURE = "upload failure"
"""Why files could not be uploaded last; "" where they could be."""
_BY_KEY = select(notes.c.value).where(notes.c.key == bindparam("of_key"))
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def read_note(store: Database, key: str) -> str | None:
    """Return what was noted under ``key``, None if nothing was."""
    with store.reading() as connection:
        return next((row["value"] for row in rows_with(connection, _BY_KEY, {"of_key": key})), None)


def write_note(store: Database, key: str, value: str) -> None:
    """Note ``value`` under ``key``."""
    with store.writing() as connection:
        upsert(connection, notes, [{"key": key, "value": value}])


def revise_note(store: Database, key: str, revise: Callable[[str | None], str]) -> None:
    """Note what ``revise`` makes of what is noted under ``key``, while nobody else writes."""
    with store.writing() as connection:
        noted = connection.execute(select(notes.c.value).where(notes.c.key == key)).scalar()
        upsert(connection, notes, [{"key": key, "value": revise(noted)}])


def save_notes(store: Database, values: Mapping[str, str]) -> None:
    """Note values by their keys, all or none."""
    with store.writing() as connection:
        upsert(connection, notes, [{"key": key, "value": value} for key, value in values.items()])


def read_removal_times(store: Database) -> dict[str, datetime]:
    """Return when each topic was removed, by its id."""
    noted = json.loads(read_note(store, NOTE) or "{}")
    return {topic_id: datetime.fromisoformat(at) for topic_id, at in noted.items()}


def save_removal_times(store: Database, times: Mapping[str, datetime]) -> None:
    """Keep when each topic was removed, and nothing of others."""
    write_note(store, NOTE, json.dumps({topic_id: at.isoformat() for topic_id, at in times.items()}))


def end_removed_topics(store: Database) -> None:
    """Let the next publication remove the feeds of removed topics, however many days they have left.

    They are no longer written, and would go on showing articles that were removed from the store by hand.
    """
    write_note(store, ENDED, "1")


def is_end_asked(store: Database) -> bool:
    """Tell whether ``end_removed_topics`` was called and no publication has done so yet."""
    return bool(read_note(store, ENDED))


def note_end_done(store: Database) -> None:
    """Note that what ``end_removed_topics`` asked for is in the times."""
    write_note(store, ENDED, "")
