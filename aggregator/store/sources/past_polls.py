"""The last polls of each source: a row is added with each, in its transaction, and the oldest goes."""

__all__ = ["read_past_polls"]

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, delete, func, insert, literal_column, select

from aggregator.model import PastPoll, PollAnswered, SourceState
from aggregator.store.database import Database
from aggregator.store.fast.driver import run_with
from aggregator.store.schema import past_polls

KEPT = 30
"""Polls of a source that are kept."""
MAX_ERROR = 300
"""Characters of an error that are kept; the source has the whole last one."""
_VALUES = ("at", "outcome", "status", "received_bytes", "new", "seconds", "error")
_IS_OF_SOURCE = past_polls.c.source_id == bindparam("of_source")
# Numbers stand in the statements themselves: parameters are what each row gives.
_LAST = select(func.coalesce(func.max(past_polls.c.number), literal_column("0"))).where(_IS_OF_SOURCE)
_ADD = insert(past_polls).values(
    source_id=bindparam("of_source"),
    number=_LAST.scalar_subquery() + literal_column("1"),
    **{name: bindparam(f"its_{name}", type_=past_polls.c[name].type) for name in _VALUES},
)
_OLDEST = _LAST.scalar_subquery() - literal_column(str(KEPT - 1))
_FORGET = delete(past_polls).where(_IS_OF_SOURCE, past_polls.c.number < _OLDEST)


def add_past_polls(connection: Connection, states: Sequence[SourceState], *, new: int = 0) -> None:
    """Note the polls that ended in these states, each of which brought ``new`` articles.

    A state that no answer and no failure led to, such as after a push that was whole, is none of a poll.
    """
    rows = [_row_of(state, state.answer, new) for state in states if state.answer is not None]
    if rows:
        run_with(connection, _ADD, rows)
        run_with(connection, _FORGET, [{"of_source": row["of_source"]} for row in rows])


def read_past_polls(store: Database, source_id: str) -> tuple[PastPoll, ...]:
    """Return the last polls of a source, up to ``KEPT``, the newest first."""
    columns = [past_polls.c[name] for name in _VALUES]
    query = select(*columns).where(past_polls.c.source_id == source_id).order_by(past_polls.c.number.desc())
    with store.reading() as connection:
        return tuple(PastPoll(**row) for row in connection.execute(query).mappings())


def _row_of(state: SourceState, answer: PollAnswered, new: int) -> dict[str, object]:
    pushed_at = answer.pushed_at
    error = answer.fault if pushed_at else state.error or answer.fault
    return {
        "of_source": state.source_id,
        "its_at": pushed_at or state.polled_at,
        "its_outcome": "pushed" if pushed_at else state.outcome,
        "its_status": answer.status,
        "its_received_bytes": answer.received_bytes,
        "its_new": new,
        "its_seconds": answer.seconds,
        "its_error": error and error[:MAX_ERROR],
    }
