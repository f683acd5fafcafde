"""Which sources the doctor is to look at, and keeping what was found."""

from datetime import datetime, timedelta

from sqlalchemy import or_, select, update

from aggregator.store.schema import sources
from aggregator.store.store import Store

AGAIN_AFTER = timedelta(days=7)
AT_A_TIME = 5


def sources_to_examine(store: Store, now: datetime) -> tuple[str, ...]:
    """Return configured sources that the operator was told of and that were not examined for a week."""
    is_old = or_(sources.c.examined_at.is_(None), sources.c.examined_at <= now - AGAIN_AFTER)
    is_ill = sources.c.told_at.is_not(None) & sources.c.is_configured & sources.c.is_enabled
    query = select(sources.c.source_id).where(is_ill, is_old).order_by(sources.c.told_at).limit(AT_A_TIME)
    with store.reading() as connection:
        return tuple(connection.execute(query).scalars())


def note_examined(
    store: Store, source_id: str, url: str | None, why: str | None, now: datetime, *, is_back: bool = False
) -> None:
    """Keep when a source was examined, and what is proposed; an earlier proposal stays where that is None.

    One that ``is_back`` is due ``now``: its next probe may be days away. Its failures in a row are over, so
    that after another one it is tried again soon.
    """
    found: dict[str, object] = {"proposed_url": url, "proposed_why": why} if url else {}
    if is_back:
        found |= {"next_poll_at": now, "failures": 0, "failing_since_at": None}
    of_source = sources.c.source_id == source_id
    with store.writing() as connection:
        connection.execute(update(sources).where(of_source).values(examined_at=now, **found))
