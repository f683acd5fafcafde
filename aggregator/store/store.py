"""A store as programs beside this one use it."""

__all__ = ["Store", "open_store"]

from aggregator.store.articles import articles
from aggregator.store.database import Database
from aggregator.store.engine import open_engine
from aggregator.store.sources import polls, sources


class Store(Database):
    """The store: a database, with those of this package's functions that other programs call on it."""

    article = articles.find_article
    articles_since = articles.read_articles_since
    newest_articles = articles.read_newest_articles
    update_articles = articles.update_articles
    save_poll = polls.save_poll
    sync_sources = sources.sync_sources


def open_store(url: str, *, is_target: bool = False) -> Store:
    """Open the store at a database ``url``, made or migrated as needed; raises StoreError.

    One that another store is being moved to is opened only where it is to be the target of that.
    """
    return Store(open_engine(url, is_target=is_target), url)
