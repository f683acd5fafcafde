"""Reading and writing source states and articles for many polls at a time.

A transaction costs more than the poll that it is for. So while one is under way, the polls that end meanwhile
gather, and share the next one. None waits longer than for that and a moment in which others may come.

On SQLite, and while nobody else writes, little is stored at once, on the event loop's own thread: a thread
would take the interpreter from the polls, and they from it, at every row; that costs a tenth of all work.
"""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from itertools import accumulate
from typing import Generic, TypeVar

from aggregator.errors import StoreLocked
from aggregator.model import Article, Changes, SourceState
from aggregator.pipeline.poll.inline_budget import InlineBudget
from aggregator.store import Store, read_seen_entries, read_states_of, save_polls
from aggregator.store.sources.polls import Decide, SavedPoll

MAX_BATCH = 100
"""Polls of one transaction: it holds up every other writer of the store."""
MAX_BATCH_ARTICLES = 500
"""Articles of several polls in one transaction: if the service is killed before its end, all are lost."""
GATHER_S = 0.005
GATHER_ARTICLES_S = 0.05
"""Longer: articles of several documents share most of the pages that a transaction writes, half its cost."""
MAX_INLINE_ARTICLES = 40
"""Storing them mostly takes hundredths of a second; sources for which it takes long get a thread."""

Request = TypeVar("Request")
Result = TypeVar("Result")
BatchWork = Callable[[Sequence[Request]], Sequence[Result | Exception]]


def _decline(_: object) -> None:
    """Do nothing at once."""


class Batcher(Generic[Request, Result]):
    """Calls ``work`` in a thread, one call at a time, with all requests that came in the meantime.

    ``work`` returns a result for each request, in order, or the error to raise there; an error that it raises
    itself is everybody's. ``lock`` is held during a call, for others who must not call at the same time.
    ``work_at_once`` does the same on this thread, or returns None where that would take too long. The
    requests of one call have at most ``MAX_BATCH_ARTICLES`` articles together, as ``count_articles`` counts,
    unless it is one request alone.
    """

    def __init__(
        self,
        work: BatchWork[Request, Result],
        *,
        work_at_once: Callable[[Sequence[Request]], Sequence[Result | Exception] | None] = _decline,
        gather_s: float = GATHER_S,
        lock: asyncio.Lock | None = None,
        count_articles: Callable[[Request], int] = lambda _: 0,
    ) -> None:
        self._work = work
        self._work_at_once = work_at_once
        self._gather_s = gather_s
        self._lock = lock or asyncio.Lock()
        self._count_articles = count_articles
        self._waiting: list[tuple[Request, asyncio.Future[Result]]] = []
        self._working: asyncio.Task[None] | None = None

    async def submit(self, request: Request) -> Result:
        """Return the result of one request."""
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.append((request, future))
        if self._working is None or self._working.done():
            self._working = asyncio.create_task(self._do_all())
        return await future

    async def _do_all(self) -> None:
        while self._waiting:
            await asyncio.sleep(self._gather_s)
            async with self._lock:
                batch = self._take_batch()
                requests = [request for request, _ in batch]
                try:
                    results = self._work_at_once(requests)
                    if results is None:
                        results = await asyncio.to_thread(self._work, requests)
                except Exception as error:  # it is raised where somebody waits
                    results = [error] * len(batch)
            for (_, future), result in zip(batch, results, strict=True):
                if future.done():  # who asked has been cancelled
                    continue
                if isinstance(result, Exception):
                    future.set_exception(result)
                else:
                    future.set_result(result)

    def _take_batch(self) -> list[tuple[Request, asyncio.Future[Result]]]:
        """Remove from the waiting requests those of the next call, and return them."""
        totals = accumulate(self._count_articles(request) for request, _ in self._waiting[:MAX_BATCH])
        size = max(1, sum(total <= MAX_BATCH_ARTICLES for total in totals))
        batch, self._waiting = self._waiting[:size], self._waiting[size:]
        return batch


class BatchedStore:
    """The store as polls under way use it, in batches; for one event loop."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._budget = InlineBudget()
        read, save, lock = partial(read_states_of, store), partial(save_polls, store), asyncio.Lock()
        save_at_once = self._save_at_once if store.is_at_hand else _decline
        self._states = Batcher(read, work_at_once=read if store.is_at_hand else _decline)
        self._bare = Batcher(save, work_at_once=save_at_once, lock=lock)
        self._full = Batcher(
            save, work_at_once=save_at_once, lock=lock, gather_s=GATHER_ARTICLES_S,
            count_articles=lambda poll: len(poll[1]),
        )  # fmt: skip

    async def read_state(self, source_id: str) -> SourceState:
        """Return the state of a source; raises StoreError where it was never configured."""
        return await self._states.submit(source_id)

    async def read_seen(self, state: SourceState) -> bytes:
        """Return what was seen in the last document of a source in this state: ``read_seen_entries``."""
        if self._store.is_at_hand:
            return read_seen_entries(self._store, state)
        return await asyncio.to_thread(read_seen_entries, self._store, state)

    async def save_poll(
        self, state: SourceState, articles: Sequence[Article] = (), decide: Decide = lambda _: Changes()
    ) -> Changes:
        """Store a poll whole or not at all; raises StoreError where it cannot be stored.

        ``decide`` is called with what is known of the ``articles``; without articles it is never called.
        """
        return await (self._full if articles else self._bare).submit((state, articles, decide))

    def _save_at_once(self, polls: Sequence[SavedPoll]) -> Sequence[Changes | Exception] | None:
        """Store polls on this thread; None where they are many, slow, or somebody else writes."""
        bringing = [state.source_id for state, articles, _ in polls if articles]
        count = sum(len(articles) for _, articles, _ in polls)
        if count > MAX_INLINE_ARTICLES or not self._budget.allows(bringing):
            return None
        try:
            with self._budget.measure(bringing):
                return save_polls(self._store, polls, waits=False)
        except StoreLocked:
            return None
