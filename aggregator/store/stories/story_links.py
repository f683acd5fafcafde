"""Which stories are related to one another, and how alike they are."""

__all__ = ["read_related_stories"]

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import ColumnElement, Connection, delete, select

from aggregator.model import pair_of
from aggregator.store.database import Database, chunks
from aggregator.store.fast.driver import upsert
from aggregator.store.fast.prepared_in import PreparedIn, prepare_in, rows_among
from aggregator.store.schema import stories, story_links


def _select_links(mine: ColumnElement[str], other: ColumnElement[str]) -> PreparedIn:
    columns = mine.label("mine"), other.label("other"), story_links.c.likeness
    return prepare_in(mine, lambda is_wanted: select(*columns).where(is_wanted))


_LINKS_OF = (
    _select_links(story_links.c.story_id, story_links.c.other_id),
    _select_links(story_links.c.other_id, story_links.c.story_id),
)


def read_related_stories(store: Database, story_ids: Collection[str]) -> Mapping[str, tuple[str, ...]]:
    """Return story id -> ids of related stories, the most alike first."""
    found: dict[str, dict[str, float]] = {}
    with store.reading() as connection:
        for query in _LINKS_OF:
            for row in rows_among(connection, query, story_ids):
                likeness = found.setdefault(row["mine"], {})
                likeness[row["other"]] = max(row["likeness"], likeness.get(row["other"], 0.0))
    return {
        story_id: tuple(sorted(likeness, key=lambda other: (-likeness[other], other)))  # used at once
        for story_id, likeness in found.items()
    }


def save_links(connection: Connection, links: Mapping[tuple[str, str], float]) -> None:
    """Write links by pair, each once and as alike as it ever was."""
    known: dict[tuple[str, str], float] = {}
    for chunk in chunks(sorted({pair[0] for pair in links})):
        for row in connection.execute(select(story_links).where(story_links.c.story_id.in_(chunk))):
            known[row.story_id, row.other_id] = row.likeness
    rows = [
        {"story_id": a, "other_id": b, "likeness": max(likeness, known.get((a, b), likeness))}
        for (a, b), likeness in links.items()
        if a != b
    ]
    upsert(connection, story_links, rows)


def select_living_links(
    connection: Connection, links: Sequence[tuple[str, str, float]]
) -> dict[tuple[str, str], float]:
    """Return by pair the links whose two stories both have a row.

    An empty story may have been removed meanwhile.
    """
    living: set[str] = set()
    for chunk in chunks(sorted({story_id for a, b, _ in links for story_id in (a, b)})):
        living.update(connection.execute(select(stories.c.id).where(stories.c.id.in_(chunk))).scalars())
    return {pair_of(a, b): likeness for a, b, likeness in links if a in living and b in living}


def move_links(connection: Connection, gone: str, story_id: str) -> None:
    """Make the links of one story those of another one."""
    is_its = (story_links.c.story_id == gone) | (story_links.c.other_id == gone)
    rows = connection.execute(select(story_links).where(is_its)).all()
    connection.execute(delete(story_links).where(is_its))
    others = ((row.other_id if row.story_id == gone else row.story_id, row.likeness) for row in rows)
    save_links(connection, {pair_of(story_id, other): likeness for other, likeness in others})
