"""Storing a poll: what is known is read, what changes is decided and written, in one transaction."""

__all__ = ["read_known", "read_seen_entries", "save_poll", "save_polls"]

from collections.abc import Callable, Sequence

from sqlalchemy import Connection, bindparam, case, func, null, select, update
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, NotSupportedError, ProgrammingError

from aggregator.errors import PollNotStored, SourceMoved, StoreError
from aggregator.model import Article, Changes, Known, SourceState
from aggregator.store.articles.known_articles import find_known
from aggregator.store.database import Database
from aggregator.store.engine import advise
from aggregator.store.fast.driver import rows_with, run_plainly, run_with
from aggregator.store.postgresql import is_lock_error
from aggregator.store.rows import NOT_OF_POLLS, READ_AGAIN, STATE, make_state_row
from aggregator.store.schema import source_entries, sources
from aggregator.store.sources.past_polls import add_past_polls
from aggregator.store.sources.sources import describe_unknown_source
from aggregator.store.write import write_changes, write_seen

Decide = Callable[[Known], Changes]
SavedPoll = tuple[SourceState, Sequence[Article], Decide]
_OF_SOURCE = sources.c.source_id == bindparam("of_source")
_NEW_VALUES = {
    name: bindparam(f"new_{name}", type_=sources.c[name].type) for name in STATE if name not in NOT_OF_POLLS
}
# A source that was accepted while it was polled is read again, and whole: when the poll began it was still
# quarantined, and its edits were not taken up.
_BEGAN_QUARANTINED = func.coalesce(
    bindparam("began_quarantined_at", type_=sources.c.quarantined_at.type), sources.c.quarantined_at
)
_WAS_LET_IN = sources.c.quarantined_at.is_(None) & _BEGAN_QUARANTINED.is_not(None)
_LET_IN = dict.fromkeys(READ_AGAIN, null()) | {"next_poll_at": sources.c.next_poll_at}
_WRITE_STATE = (
    update(sources)
    .where(
        _OF_SOURCE,
        func.coalesce(bindparam("began_url", type_=sources.c.url.type), sources.c.url) == sources.c.url,
    )
    .values(
        {
            sources.c[name]: case((_WAS_LET_IN, _LET_IN[name]), else_=stated) if name in _LET_IN else stated
            for name, stated in _NEW_VALUES.items()
        }
    )
)
_ADDRESS = select(sources.c.url).where(_OF_SOURCE)
# SQLAlchemy compiles its own savepoints anew each time, which costs ten times as much as making them.
_BEGIN = "SAVEPOINT poll"
_KEEP = "RELEASE SAVEPOINT poll"
_UNDO = "ROLLBACK TO SAVEPOINT poll"
_TRIES = 3
"""How often a poll is written on PostgreSQL where another one and it wait for each other's rows."""
_STATEMENT_ERRORS = (DataError, IntegrityError, NotSupportedError, ProgrammingError)
"""What a database says of values or statements; all else is its own trouble, as a full disk or a deadlock."""
_SEEN = select(source_entries.c.seen).where(
    source_entries.c.source_id == bindparam("source_id"),
    source_entries.c.body_hash == bindparam("body_hash"),
)


def save_poll(store: Database, state: SourceState, polled: Sequence[Article], decide: Decide) -> Changes:
    """Store a poll whole or not at all: ``decide`` decides within the transaction what it changes.

    What another process stored meanwhile is known to ``decide``; an exception of it undoes all. Raises
    SourceMoved where the source has another address by now.
    """
    with store.writing(names=_name_subjects([(state, polled, decide)])) as connection:
        if state.url is not None:
            _require_address(connection, state)
        return write_poll(connection, state, polled, decide)


def save_polls(
    store: Database, polls: Sequence[SavedPoll], *, waits: bool = True
) -> tuple[Changes | StoreError, ...]:
    """Store several polls in one transaction with a savepoint each: a bad one undoes only itself.

    Its place in the answer has a StoreError with the cause, PollNotStored where the database has no
    part in it, SourceMoved where its source has another address by now. Raises StoreError where the database
    itself fails, as on a full disk, StoreLocked where another writer is at work for too long (``writing``):
    then none of them is stored.
    """
    with store.writing(waits=waits, names=_name_subjects(polls)) as connection:
        return _write_polls(connection, polls)


def _name_subjects(polls: Sequence[SavedPoll]) -> frozenset[str]:
    """Return what polls write about: sources, publishers, and the hosts of addresses.

    Whatever two polls could both decide on is of one of these, so that one of them sees what the other did.
    An article that is found by an address of another publisher is locked by its row (``find_known``).
    """
    names = {f"source {state.source_id}" for state, _, _ in polls}
    for _, polled, _ in polls:
        names.update(f"host {one.provider.domain}" for one in polled)
        urls = (one.canonical_url for one in polled if one.canonical_url)
        names.update(f"host {url.partition('//')[2].partition('/')[0]}" for url in urls)
    return frozenset(names)


def read_known(store: Database, source_id: str, polled: Sequence[Article]) -> Known:
    """Return what is known of articles like these of a poll of ``source_id``."""
    with store.reading() as connection:
        return find_known(connection, source_id, polled)


def read_seen_entries(store: Database, state: SourceState) -> bytes:
    """Return what ``seen`` was in the last state with this ``body_hash``; empty where it was not the last.

    Empty also where the source is quarantined: its edits are not taken up, so it has to be read again.
    """
    if state.body_hash is None or state.quarantined_at is not None:
        return b""
    with store.reading() as connection:
        wanted = {"source_id": state.source_id, "body_hash": state.body_hash}
        return connection.execute(_SEEN, wanted).scalar() or b""


def write_poll(
    connection: Connection, state: SourceState, polled: Sequence[Article], decide: Decide
) -> Changes:
    """Write what ``decide`` decides, and the source's new state; raises what ``decide`` raises.

    The state is the one that ``decide`` decides on, else ``state``.
    """
    changes = decide(find_known(connection, state.source_id, polled, locks=True)) if polled else Changes()
    write_changes(connection, changes)
    ended = changes.state or state
    _write_states(connection, [ended], new=len(changes.inserted))
    if changes.quarantined_because is not None:
        quarantine = {"quarantined_at": ended.polled_at, "quarantined_because": changes.quarantined_because}
        is_free = (sources.c.source_id == state.source_id) & sources.c.quarantined_at.is_(None)
        connection.execute(update(sources).where(is_free).values(**quarantine))
    return changes


def _write_polls(connection: Connection, polls: Sequence[SavedPoll]) -> tuple[Changes | StoreError, ...]:
    """Store polls with a savepoint each, but those that bring nothing with one, as long as none is bad."""
    bare = [state for state, polled, _ in polls if not polled]
    are_written = _write_bare(connection, bare)
    return tuple(
        Changes() if are_written and not poll[1] else _save_in_savepoint(connection, *poll) for poll in polls
    )


def _write_bare(connection: Connection, states: Sequence[SourceState]) -> bool:
    """Write states in a savepoint; False where one of them cannot be stored, and so none is."""
    run_plainly(connection, _BEGIN)
    try:
        are_known = _write_states(connection, states) == len(states)
    except Exception:  # which one it is, each alone will tell
        if not _undo_savepoint(connection):
            raise
        return False
    if are_known:
        run_plainly(connection, _KEEP)
    else:  # a source was removed, or moved
        _undo_savepoint(connection)
    return are_known


def _write_states(connection: Connection, states: Sequence[SourceState], *, new: int = 0) -> int:
    """Write states and what goes with them; return how many of their sources are known by their address."""
    if not states:
        return 0
    rows = [
        {
            "of_source": state.source_id,
            "began_url": state.url,
            "began_quarantined_at": state.quarantined_at,
            **{f"new_{name}": value for name, value in make_state_row(state).items()},
        }
        for state in states
    ]
    count = run_with(connection, _WRITE_STATE, rows)
    write_seen(connection, states)
    add_past_polls(connection, states, new=new)
    return count


def _save_in_savepoint(
    connection: Connection, state: SourceState, polled: Sequence[Article], decide: Decide
) -> Changes | StoreError:
    """Write a poll; undo it and return the error where only this poll has one.

    Raises the error where the database has given up the whole transaction.
    """
    for tries_left in range(_TRIES - 1, -1, -1):
        run_plainly(connection, _BEGIN)
        try:
            _require_address(connection, state)
            changes = write_poll(connection, state, polled, decide)
        except Exception as error:  # whatever is wrong with one poll, the others are stored
            if not _undo_savepoint(connection):
                raise
            if tries_left and is_lock_error(getattr(error, "orig", None)):
                continue
            return _make_poll_error(connection, state, error)
        run_plainly(connection, _KEEP)
        break
    return changes


def _require_address(connection: Connection, state: SourceState) -> None:
    """Raise StoreError where a source was removed since: nobody would ever forget what its poll brought.

    Raises SourceMoved where it has another address: what this one answers belongs to nobody any more.
    """
    found = [row["url"] for row in rows_with(connection, _ADDRESS, {"of_source": state.source_id})]
    if not found:
        raise describe_unknown_source(state.source_id)
    if state.url not in (None, *found):
        raise SourceMoved(
            f"{state.source_id}: it is at {found[0]} now: what {state.url} answered is not stored"
        )


def _undo_savepoint(connection: Connection) -> bool:
    # On a full disk SQLite ends the transaction by itself: what came before is gone with it, and a
    # caller that was told otherwise would take lost polls for stored ones.
    try:
        run_plainly(connection, _UNDO)
        run_plainly(connection, _KEEP)
    except DBAPIError:
        return False
    return True


def _make_poll_error(connection: Connection, state: SourceState, error: Exception) -> StoreError:
    if isinstance(error, SourceMoved):
        return error
    is_of_database = isinstance(error, DBAPIError) and not isinstance(error, _STATEMENT_ERRORS)
    kind = StoreError if is_of_database else PollNotStored
    said = error.orig if isinstance(error, DBAPIError) else error
    reason = ": ".join(part for part in (type(error).__name__, str(said).partition("\n")[0]) if part)
    advice = f": {advise(reason, connection.engine.url.render_as_string())}" if is_of_database else ""
    reported = kind(f"{state.source_id}: the poll was not stored: {reason}{advice}")
    reported.__cause__ = error
    return reported
