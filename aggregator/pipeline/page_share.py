"""Which pages and pictures this process asks for, where several share those of one service."""

import math
from collections.abc import Callable, Collection
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

from aggregator.store import shard_of
from aggregator.urls.services import service_of_url


def _choose_all() -> None:
    return None


def _read_at_any_time(_: str) -> AbstractContextManager[float]:
    return nullcontext(math.inf)


def _want_nothing(_: Collection[str]) -> None:
    return None


@dataclass(frozen=True, kw_only=True, slots=True)
class PageShare:
    """The pages and pictures that this process asks for; without anything else, all.

    ``choose_shards`` returns the shards that they are in, None for all. ``read`` is entered while the page at
    an address is read, with what else is asked for its sake, and gives until when that may begin, in seconds
    of ``time.monotonic``. Where it ``is_partial``, who is to be left alone is kept in the store, for those
    who ask next. ``want`` is told all addresses that only this process can ask for, and may not now, after
    each look for them; it is to get their shards.
    """

    choose_shards: Callable[[], Collection[int] | None] = _choose_all
    read: Callable[[str], AbstractContextManager[float]] = _read_at_any_time
    want: Callable[[Collection[str]], None] = _want_nothing
    is_partial: bool = False

    def find_askable(self, urls: Collection[str]) -> Collection[str]:
        """Return which of these addresses may be asked for here now."""
        shards = self.choose_shards()
        return urls if shards is None else {url for url in urls if shard_of(service_of_url(url)) in shards}


ALL_PAGES = PageShare()
