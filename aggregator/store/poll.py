"""Storing a poll: what is known is read, what changes is decided and written, in one transaction."""

from collections.abc import Callable, Sequence

from sqlalchemy import Connection, NestedTransaction, update
from sqlalchemy.exc import DBAPIError

from aggregator.errors import StoreError
from aggregator.model import Article, Changes, Known
from aggregator.state import SourceState
from aggregator.store.known import known_for
from aggregator.store.rows import state_row
from aggregator.store.schema import sources
from aggregator.store.write import write_changes

Resolve = Callable[[Known], Changes]


def save_poll(
    connection: Connection, state: SourceState, polled: Sequence[Article], resolve: Resolve
) -> Changes:
    """Write what ``resolve`` decides, and the source's new state; raises what ``resolve`` raises.

    The state is the one that ``resolve`` decides on, else ``state``.
    """
    changes = resolve(known_for(connection, state.source_id, polled)) if polled else Changes()
    write_changes(connection, changes)
    of_source = sources.c.source_id == state.source_id
    connection.execute(update(sources).where(of_source).values(**state_row(changes.state or state)))
    return changes


def save_in_savepoint(
    connection: Connection, state: SourceState, polled: Sequence[Article], resolve: Resolve
) -> Changes | StoreError:
    """Do as ``save_poll``, but undo and return an error that only this poll has.

    Raises the error where the database has given up the whole transaction.
    """
    savepoint = connection.begin_nested()
    try:
        changes = save_poll(connection, state, polled, resolve)
    except Exception as error:  # whatever is wrong with one poll, the others are stored
        if not _was_undone(savepoint):
            raise
        return _of_poll(state, error)
    savepoint.commit()
    return changes


def _was_undone(savepoint: NestedTransaction) -> bool:
    # On a full disk SQLite ends the transaction by itself: what came before is gone with it, and a
    # caller that was told otherwise would take lost polls for stored ones.
    try:
        savepoint.rollback()
    except DBAPIError:
        return False
    return True


def _of_poll(state: SourceState, error: Exception) -> StoreError:
    reason = str(error.orig if isinstance(error, DBAPIError) else error).partition("\n")[0]
    told = StoreError(f"{state.source_id}: the poll was not stored: {type(error).__name__}: {reason}")
    told.__cause__ = error
    return told
