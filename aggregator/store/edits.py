"""Writing what was made of articles, but only where they still are what it was made of."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from aggregator.model import Article
from aggregator.store.known import carriers_of, read_articles
from aggregator.store.store import Store
from aggregator.store.write import write_articles


@dataclass(frozen=True, kw_only=True, slots=True)
class Edit:
    """What ``after`` was made of: an article as it was ``before``, and the ids of its sources in order."""

    before: Article
    after: Article
    carriers: tuple[str, ...]


def save_edits(store: Store, edits: Sequence[Edit]) -> tuple[str, ...]:
    """Write articles anew, in one transaction; return the ids of those that were changed meanwhile.

    Those are left as they are, and so are those that got or lost a source, or were removed.
    """
    if not edits:
        return ()
    with store.writing() as connection:
        sound = unchanged(connection, edits)
        write_articles(connection, [edit.after for edit in sound])
    saved = {edit.before.id for edit in sound}
    return tuple(edit.before.id for edit in edits if edit.before.id not in saved)


def unchanged(connection: Connection, edits: Sequence[Edit]) -> list[Edit]:
    """Return the edits whose article is stored as it was, with the sources it had."""
    ids = [edit.before.id for edit in edits]
    stored = {article.id: article for article in read_articles(connection, ids)}
    carriers = carriers_of(connection, ids)
    return [
        edit
        for edit in edits
        if stored.get(edit.before.id) == edit.before and carriers.get(edit.before.id, ()) == edit.carriers
    ]
