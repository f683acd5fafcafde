"""Sources that are no longer configured: kept as long as an article of theirs could come again as new."""

from datetime import datetime

from sqlalchemy import Connection, exists, select, update

from aggregator.store.removal import remove_some_of_source
from aggregator.store.schema import articles, sightings, sources
from aggregator.store.store import Store


def forget_removed_sources(store: Store, before: datetime, *, now: datetime) -> int:
    """Forget sources that were removed before a time, with all that they ever showed; return how many.

    The time counts from when this function first found them removed. Those that a stored article is from
    are kept.
    """
    with store.writing() as connection:
        _note_removed(connection, now)
    with store.reading() as connection:
        gone = _sources_to_forget(connection, before)
    for source_id in gone:
        is_all = False
        while not is_all:
            with store.writing() as connection:
                is_all = _forget_some(connection, source_id)
    return len(gone)


def _note_removed(connection: Connection, now: datetime) -> None:
    is_noted = sources.c.removed_at.is_not(None)
    gone = update(sources).where(sources.c.is_configured.is_(False), ~is_noted)
    connection.execute(gone.values(removed_at=now))


def _sources_to_forget(connection: Connection, before: datetime) -> list[str]:
    carried = (
        select(sightings.c.article_id)
        .join(articles, articles.c.id == sightings.c.article_id)
        .where(sightings.c.source_id == sources.c.source_id)
    )
    query = select(sources.c.source_id).where(
        sources.c.is_configured.is_(False), sources.c.removed_at < before,
        ~exists().where(articles.c.source_id == sources.c.source_id), ~carried.exists(),
    )  # fmt: skip
    return list(connection.execute(query).scalars())


def _forget_some(connection: Connection, source_id: str) -> bool:
    """Tell whether nothing is left to forget: it all went, or the source is configured again."""
    is_gone = (sources.c.source_id == source_id) & sources.c.is_configured.is_(False)
    if connection.execute(select(sources.c.source_id).where(is_gone)).first() is None:
        return True
    return remove_some_of_source(connection, source_id)[0]
