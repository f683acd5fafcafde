"""Which stored articles editors mean, by an id or by an address."""

from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import select

from aggregator.store.database import Database, chunks
from aggregator.store.fast.driver import upsert
from aggregator.store.marks import MarkKind, add_marks
from aggregator.store.schema import article_urls, articles, notes


def find_named_articles(store: Database, names: Collection[str]) -> dict[str, str]:
    """Return the ids of stored articles by what names them: their id, or an address they are known by."""
    found: dict[str, str] = {}
    with store.reading() as connection:
        for chunk in chunks(sorted(names)):
            ids = connection.execute(select(articles.c.id).where(articles.c.id.in_(chunk))).scalars()
            found.update((id_, id_) for id_ in ids)
            named = (
                select(article_urls.c.url, articles.c.id)
                .join(articles, articles.c.id == article_urls.c.article_id)
                .where(article_urls.c.url.in_(chunk))
            )
            found.update((row.url, row.id) for row in connection.execute(named))
    return found


def mark_articles(
    store: Database, article_ids: Iterable[str], *, pictured: Iterable[str] = (), values: Mapping[str, str]
) -> None:
    """Mark articles, and those ``pictured`` to have their pictures looked at; keep notes of why.

    That is one transaction.
    """
    with store.writing() as connection:
        add_marks(connection, MarkKind.ARTICLE, sorted(article_ids))
        add_marks(connection, MarkKind.PICTURE, sorted(pictured))
        upsert(connection, notes, [{"key": key, "value": value} for key, value in values.items()])
