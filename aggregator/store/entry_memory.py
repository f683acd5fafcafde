"""What is remembered of the entries in the last document of a source, in a table of its own.

States are read and written at every poll; this only where a document changed.
"""

from sqlalchemy import bindparam, select

from aggregator.model import SourceState
from aggregator.store.schema import source_entries
from aggregator.store.store import Store

_SEEN = select(source_entries.c.seen).where(
    source_entries.c.source_id == bindparam("source_id"),
    source_entries.c.body_hash == bindparam("body_hash"),
)


def seen_entries(store: Store, state: SourceState) -> bytes:
    """Return what ``seen`` was in the last state with this ``body_hash``; empty where it was not the last.

    Empty also where the source is quarantined: its edits are not taken up, so it has to be read again.
    """
    if state.body_hash is None or state.quarantined_at is not None:
        return b""
    with store.reading() as connection:
        wanted = {"source_id": state.source_id, "body_hash": state.body_hash}
        return connection.execute(_SEEN, wanted).scalar() or b""
