"""Which pages this process asks for, where several share those of one service."""

import math
from collections.abc import Callable, Collection
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass


def _choose_all() -> None:
    return None


def _read_at_any_time(_: str) -> AbstractContextManager[float]:
    return nullcontext(math.inf)


@dataclass(frozen=True, kw_only=True, slots=True)
class PageShare:
    """The pages that this process asks for; without anything else, all.

    ``choose_shards`` returns the shards that they are in, None for all. ``read`` is entered while the page at
    an address is read, with what else is asked for its sake, and gives until when that may begin, in seconds
    of ``time.monotonic``. Where it ``is_partial``, who is to be left alone is kept in the store, for those
    who ask next.
    """

    choose_shards: Callable[[], Collection[int] | None] = _choose_all
    read: Callable[[str], AbstractContextManager[float]] = _read_at_any_time
    is_partial: bool = False


ALL_PAGES = PageShare()
