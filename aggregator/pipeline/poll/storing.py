"""What many polls ask of the store at about the same time, done in one go.

A transaction costs more than the poll that it is for. So while one is under way, what others ask for
gathers, and is the next one. Nobody waits longer than for that and a moment in which others may come.

Little is done at once, where the database is at hand and nobody writes there: a thread would take the
interpreter from the polls, and they from it, at every row, which costs a tenth of all that they do.
"""

import asyncio
from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import Generic, TypeVar

from aggregator.errors import StoreLocked
from aggregator.model import Article, Changes, Known, SourceState
from aggregator.pipeline.poll.inline_budget import InlineBudget
from aggregator.pipeline.poll.workers import Readers
from aggregator.store import Store, seen_entries

MOST_AT_ONCE = 100
"""Polls of one transaction: it holds up every other writer of the store."""
MOST_ARTICLES = 500
"""Of several polls in one transaction: until it ends nothing of them is stored, whoever kills the service."""
GATHERING_S = 0.005
GATHERING_ARTICLES_S = 0.05
"""Longer: articles of several documents share most of the pages that a transaction writes, half its cost."""
MOST_ARTICLES_AT_HAND = 40
"""To store them mostly takes hundredths of a second; where not, their sources get a thread from then on."""

Asked = TypeVar("Asked")
Given = TypeVar("Given")
Work = Callable[[Sequence[Asked]], Sequence[Given | Exception]]
Decide = Callable[[Known], Changes]
_Polled = tuple[SourceState, Sequence[Article], Decide]


def _never(_: object) -> None:
    """Do nothing at once."""


def _weigh_nothing(_: object) -> int:
    return 0


class Together(Generic[Asked, Given]):
    """Calls ``work`` in a thread, one call at a time, with all that was asked for in the meantime.

    ``work`` returns an answer for each, in order, or the error to raise there; an error that it raises
    itself is everybody's. ``turn`` is held during a call, for others who must not call at the same time.
    ``at_hand`` does the same at once, or returns None where that would take too long. What one call is given
    weighs no more than ``MOST_ARTICLES`` together, by ``weight``, unless it is one alone.
    """

    def __init__(
        self,
        work: Work[Asked, Given],
        *,
        at_hand: Callable[[Sequence[Asked]], Sequence[Given | Exception] | None] = _never,
        gathering_s: float = GATHERING_S,
        turn: asyncio.Lock | None = None,
        weight: Callable[[Asked], int] = _weigh_nothing,
    ) -> None:
        self._work = work
        self._at_hand = at_hand
        self._gathering_s = gathering_s
        self._turn = turn or asyncio.Lock()
        self._weight = weight
        self._waiting: list[tuple[Asked, asyncio.Future[Given]]] = []
        self._at_work: asyncio.Task[None] | None = None

    async def ask(self, asked: Asked) -> Given:
        """Return the answer to this."""
        answer: asyncio.Future[Given] = asyncio.get_running_loop().create_future()
        self._waiting.append((asked, answer))
        if self._at_work is None or self._at_work.done():
            self._at_work = asyncio.create_task(self._do_all())
        return await answer

    async def _do_all(self) -> None:
        while self._waiting:
            await asyncio.sleep(self._gathering_s)
            async with self._turn:
                taken = self._take()
                asked = [one for one, _ in taken]
                try:
                    given = self._at_hand(asked)
                    if given is None:
                        given = await asyncio.to_thread(self._work, asked)
                except Exception as error:  # it is raised where somebody waits
                    given = [error] * len(taken)
            for (_, answer), result in zip(taken, given, strict=True):
                _settle(answer, result)

    def _take(self) -> list[tuple[Asked, asyncio.Future[Given]]]:
        """Return what comes next of what is waited for, and let it wait no longer."""
        weights = accumulate(self._weight(asked) for asked, _ in self._waiting[:MOST_AT_ONCE])
        most = max(1, sum(weight <= MOST_ARTICLES for weight in weights))
        taken, self._waiting = self._waiting[:most], self._waiting[most:]
        return taken


class PollStore:
    """The store as polls under way use it, and those who read what came; for one event loop."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.readers = Readers(may_wait=True)
        self._at_once = InlineBudget()
        is_at_hand, save, writing = store.is_at_hand, store.save_polls, asyncio.Lock()
        save_at_hand = self._save_at_hand if is_at_hand else _never
        self._states = Together(store.states_of, at_hand=store.states_of if is_at_hand else _never)
        self._bare = Together(save, at_hand=save_at_hand, turn=writing)
        self._full = Together(
            save, at_hand=save_at_hand, gathering_s=GATHERING_ARTICLES_S, turn=writing,
            weight=lambda polled: len(polled[1]),
        )  # fmt: skip

    async def state(self, source_id: str) -> SourceState:
        """Return the state of a source; raises StoreError where it was never configured."""
        return await self._states.ask(source_id)

    async def seen(self, state: SourceState) -> bytes:
        """Return what was seen in the last document of a source in this state, as ``seen_entries``."""
        if self.store.is_at_hand:
            return seen_entries(self.store, state)
        return await asyncio.to_thread(seen_entries, self.store, state)

    async def save(
        self, state: SourceState, articles: Sequence[Article] = (), decide: Decide = lambda _: Changes()
    ) -> Changes:
        """Store a poll whole or not at all; raises StoreError where it cannot be stored."""
        return await (self._full if articles else self._bare).ask((state, articles, decide))

    def _save_at_hand(self, polls: Sequence[_Polled]) -> Sequence[Changes | Exception] | None:
        bringing = [state.source_id for state, articles, _ in polls if articles]
        is_little = sum(len(articles) for _, articles, _ in polls) <= MOST_ARTICLES_AT_HAND
        if not is_little or not self._at_once.may_be(bringing):
            return None
        try:
            with self._at_once.measured(bringing):
                return self.store.save_polls(polls, waits=False)
        except StoreLocked:
            return None


def _settle(answer: "asyncio.Future[Given]", result: Given | Exception) -> None:
    if answer.done():  # who asked has been cancelled
        return
    if isinstance(result, Exception):
        answer.set_exception(result)
    else:
        answer.set_result(result)
