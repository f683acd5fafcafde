"""Long lists in pages of a hundred: which of them is shown, and in which order."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from urllib.parse import urlencode

ON_A_PAGE = 100
Row = TypeVar("Row")


@dataclass(frozen=True, kw_only=True, slots=True)
class ListPage(Generic[Row]):
    """One page of a list: its ``rows``, of ``total``; pages are numbered from 1.

    ``asked`` is what else the address says, for links to other pages and orders.
    """

    rows: Sequence[Row]
    total: int
    number: int
    pages: int
    asked: Mapping[str, str]

    def link(self, page: str, /, **other: str) -> str:
        """Return the reference to a page with what this one was asked, and with ``other`` things."""
        fields = {name: value for name, value in {**self.asked, **other}.items() if value}
        return f"{page}?{urlencode(fields)}" if fields else page


def cut_page(rows: Sequence[Row], asked: Mapping[str, str], kept: Sequence[str]) -> ListPage[Row]:
    """Return the page that is asked for, the nearest one where there is no such; ``kept`` names fields."""
    return read_page(lambda start, most: rows[start : start + most], len(rows), asked, kept)


def read_page(
    read: Callable[[int, int], Sequence[Row]], total: int, asked: Mapping[str, str], kept: Sequence[str]
) -> ListPage[Row]:
    """Return such a page of ``total`` rows, of which ``read`` returns some: from a place on, so many."""
    pages = max(1, -(-total // ON_A_PAGE))
    number = read_number(asked.get("page", ""), pages)
    return ListPage(
        rows=read((number - 1) * ON_A_PAGE, ON_A_PAGE),
        total=total,
        number=number,
        pages=pages,
        asked={name: asked[name] for name in kept if asked.get(name)},
    )


def read_number(text: str, most: int) -> int:
    """Return a number from 1 to ``most``, 1 where the text is none."""
    return min(max(int(text), 1), most) if text.isdecimal() and len(text) < 9 else 1
