"""The store: every query is a method here, every method one transaction."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self

from sqlalchemy import ColumnElement, Connection, Engine, func, select, update

from aggregator.errors import StoreError
from aggregator.model import Article, Changes, Known, Source, SourceState
from aggregator.store.configured import configure_sources
from aggregator.store.due import due_query, pauses_query
from aggregator.store.engine import is_at_hand, open_engine, told
from aggregator.store.fast.driver import upsert
from aggregator.store.known import carriers_of, chunks, known_for, read_articles
from aggregator.store.poll import Resolve, SavedPoll, read_states, save_poll, save_together, unknown_source
from aggregator.store.removal import remove_old_articles, remove_some_of_source
from aggregator.store.rows import article_of, source_of, state_of
from aggregator.store.schema import article_topics, articles, notes, sightings, sources
from aggregator.store.write import write_articles

RATE_OVER = timedelta(days=14)


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceCounts:
    """What a source carries: articles stored, those published a day, the newest's time.

    The rate is over the last ``RATE_OVER``, or the time since the source was first polled or its oldest
    article was published where that is shorter; never over less than a day.
    """

    articles: int = 0
    articles_per_day: float = 0.0
    newest_at: datetime | None = None


def open_store(url: str) -> "Store":
    """Open the store at a database ``url``, made or migrated as needed; raises StoreError."""
    return Store(open_engine(url), url)


class Store:
    """A database, as a context manager; may be used by several threads and processes at once.

    Where it ``is_at_hand``, to ask it takes less time than to ask a thread to.
    """

    def __init__(self, engine: Engine, url: str) -> None:
        self._engine = engine
        self._writer = engine.execution_options(is_writer=True)
        self._hasty = engine.execution_options(is_writer=True, is_patient=False)
        self.url = url
        self.is_at_hand = is_at_hand(engine)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection in a transaction that only reads, to the queries of this package."""
        with told(self.url), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def writing(self, *, waits: bool = True) -> Iterator[Connection]:
        """Give a connection in a transaction that writes, one at a time on SQLite.

        Where another one is at work there it waits half a minute for it, or not at all; raises StoreLocked.
        """
        with told(self.url), (self._writer if waits else self._hasty).begin() as connection:
            yield connection

    # Sources and their states

    def sync_sources(
        self, configured: Sequence[Source], *, now: datetime, asked_as: str | None = None
    ) -> None:
        """Remember the configured sources; new, changed and re-enabled ones are due ``now``.

        So are those that fail and were asked last with other settings than ``asked_as``, or other headers;
        None where nobody is about to ask. Those that are no longer configured are kept, but never due.
        """
        with self.writing() as connection:
            known = set(connection.execute(select(sources.c.source_id)).scalars())
            for chunk in chunks(sorted(known - {source.id for source in configured})):
                gone = update(sources).where(sources.c.source_id.in_(chunk)).values(is_configured=False)
                connection.execute(gone)
            for some in chunks(configured):
                configure_sources(connection, some, now, asked_as)

    def due_source_ids(
        self,
        now: datetime,
        limit: int | None = None,
        *,
        per_service: int | None = None,
        without: Sequence[str] = (),
    ) -> tuple[str, ...]:
        """Return the sources that are to be polled, the longest due first; at most so many of a service.

        None is of a service that is paused, be it by what is stored or as one of ``without``.
        """
        query = due_query(now, limit=limit, per_service=per_service, without=without)
        with self.reading() as connection:
            return tuple(connection.execute(query).scalars())

    def pauses(self, now: datetime) -> Mapping[str, tuple[datetime, str]]:
        """Return, by service, until when it is paused, and by which source's 429."""
        with self.reading() as connection:
            rows = list(connection.execute(pauses_query(now)))
        return {row.service: (row.paused_until_at, row.source_id) for row in reversed(rows)}

    def source_states(self) -> Mapping[str, SourceState]:
        """Return the state of every source that was ever configured, by id."""
        with self.reading() as connection:
            rows = connection.execute(select(sources)).mappings()
            return {row["source_id"]: state_of(row) for row in rows}

    def source_state(self, source_id: str) -> SourceState:
        """Return the state of one source; raises StoreError where it was never configured."""
        (state,) = self.states_of([source_id])
        if isinstance(state, StoreError):
            raise state
        return state

    def states_of(self, source_ids: Sequence[str]) -> tuple[SourceState | StoreError, ...]:
        """Return the states of these sources, in order; a StoreError where one was never configured."""
        with self.reading() as connection:
            states = read_states(connection, source_ids)
        return tuple(states.get(source_id) or unknown_source(source_id) for source_id in source_ids)

    def remembered_sources(self) -> Mapping[str, Source]:
        """Return every source that was ever configured, by id, without headers."""
        with self.reading() as connection:
            rows = connection.execute(select(sources)).mappings()
            return {row["source_id"]: source_of(row) for row in rows}

    def remove_source(self, source_id: str, *, with_articles: bool) -> int:
        """Stop polling a source; ``with_articles`` also forgets what only it carries. Returns how many.

        That takes a transaction for every few hundred articles: what is left after a kill ages out.
        """
        with self.writing() as connection:
            is_it = sources.c.source_id == source_id
            connection.execute(update(sources).where(is_it).values(is_configured=False))
        removed, is_all = 0, not with_articles
        while not is_all:
            with self.writing() as connection:
                is_all, went = remove_some_of_source(connection, source_id)
            removed += went
        return removed

    # Polls

    def save_poll(self, state: SourceState, polled: Sequence[Article], resolve: Resolve) -> Changes:
        """Store a poll whole or not at all: ``resolve`` decides, inside the transaction, what it changes.

        What another process stored meanwhile is known to ``resolve``; an exception of it undoes all.
        """
        with self.writing() as connection:
            return save_poll(connection, state, polled, resolve)

    def save_polls(
        self, polls: Sequence[SavedPoll], *, waits: bool = True
    ) -> tuple[Changes | StoreError, ...]:
        """Store several polls in one transaction with a savepoint each: a bad one undoes only itself.

        Its place in the answer has a StoreError with the cause, PollNotStored where the database has no
        part in it. Raises StoreError where the database itself fails, as on a full disk, StoreLocked where
        another writer is at work for too long (``writing``): then none of them is stored.
        """
        with self.writing(waits=waits) as connection:
            return save_together(connection, polls)

    def known_for(self, source_id: str, polled: Sequence[Article]) -> Known:
        """Return what is known of articles like these of a poll of ``source_id``."""
        with self.reading() as connection:
            return known_for(connection, source_id, polled)

    # Articles

    def article(self, article_id: str) -> Article | None:
        """Return one article, None where it is not stored."""
        with self.reading() as connection:
            return next(read_articles(connection, [article_id]), None)

    def article_count(self) -> int:
        """Return how many articles are stored."""
        with self.reading() as connection:
            return connection.execute(select(func.count()).select_from(articles)).scalar_one()

    def articles_since(self, cutoff: datetime) -> tuple[Article, ...]:
        """Return the articles published or first seen since ``cutoff``, newest first, none quarantined."""
        return self._articles(articles.c.seen_at >= cutoff, ~articles.c.is_quarantined)

    def newest_articles(self, *, topic_id: str | None, limit: int, min_quality: int) -> tuple[Article, ...]:
        """Return the newest articles of a topic (of all if None), no backlog and none quarantined."""
        where = [articles.c.quality >= min_quality, ~articles.c.is_backlog, ~articles.c.is_quarantined]
        if topic_id is not None:
            of_topic = select(article_topics.c.article_id).where(article_topics.c.topic_id == topic_id)
            where.append(articles.c.id.in_(of_topic))
        return self._articles(*where, limit=limit)

    def article_batches(self, size: int = 500) -> Iterator[tuple[Article, ...]]:
        """Yield all articles, in pieces, each read in a transaction of its own."""
        last = ""
        while True:
            query = select(articles).where(articles.c.id > last).order_by(articles.c.id).limit(size)
            with self.reading() as connection:
                batch = tuple(article_of(row) for row in connection.execute(query).mappings())
            if not batch:
                return
            yield batch
            last = batch[-1].id

    def sources_of(self, article_ids: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
        """Return article id -> ids of the sources that carry it."""
        with self.reading() as connection:
            return carriers_of(connection, article_ids)

    def update_articles(self, changed: Sequence[Article]) -> None:
        """Write articles anew, whole, in one transaction."""
        if changed:
            with self.writing() as connection:
                write_articles(connection, changed)

    def prune(self, before: datetime) -> int:
        """Remove articles published and first seen before a time, keep their ids known; return how many."""
        removed, went = 0, -1
        while went:
            with self.writing() as connection:
                went = remove_old_articles(connection, before)
            removed += went
        return removed

    def source_counts(self, now: datetime) -> Mapping[str, SourceCounts]:
        """Return what each known source carries, by id; ``now`` ends the days that the rate is of."""
        recent = func.count(articles.c.id).filter(articles.c.published_at >= now - RATE_OVER)
        query = (
            select(
                sources.c.source_id,
                func.count(articles.c.id).label("articles"),
                recent.label("recent"),
                sources.c.first_polled_at,
                func.min(articles.c.published_at, type_=articles.c.published_at.type).label("oldest_at"),
                func.max(articles.c.published_at, type_=articles.c.published_at.type).label("newest_at"),
            )
            .outerjoin(sightings, sightings.c.source_id == sources.c.source_id)
            .outerjoin(articles, articles.c.id == sightings.c.article_id)
            .group_by(sources.c.source_id)
        )
        with self.reading() as connection:
            return {row["source_id"]: _counts(row, now) for row in connection.execute(query).mappings()}

    # Notes

    def note(self, key: str) -> str | None:
        """Return what was noted under ``key``, None if nothing was."""
        with self.reading() as connection:
            return connection.execute(select(notes.c.value).where(notes.c.key == key)).scalar()

    def write_note(self, key: str, value: str) -> None:
        """Note ``value`` under ``key``."""
        with self.writing() as connection:
            upsert(connection, notes, [{"key": key, "value": value}])

    def _articles(self, *where: ColumnElement[bool], limit: int | None = None) -> tuple[Article, ...]:
        newest = (articles.c.published_at.desc(), articles.c.id)
        query = select(articles).where(*where).order_by(*newest).limit(limit)
        with self.reading() as connection:
            return tuple(article_of(row) for row in connection.execute(query).mappings())


def _counts(row: Mapping[Any, Any], now: datetime) -> SourceCounts:
    since = min((at for at in (row["first_polled_at"], row["oldest_at"]) if at is not None), default=now)
    over = min(max(now - since, timedelta(days=1)), RATE_OVER)
    return SourceCounts(
        articles=row["articles"],
        articles_per_day=row["recent"] / (over / timedelta(days=1)),
        newest_at=row["newest_at"],
    )
