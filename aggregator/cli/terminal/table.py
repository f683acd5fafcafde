"""Rows as lines of aligned columns, which read the same on a terminal, in a pipe and in a log."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from rich.cells import cell_len

from aggregator.text import clean_cell, format_time

GAP = "  "


def format_table(headings: Sequence[str], rows: Sequence[Sequence[object]]) -> Iterator[str]:
    """Yield a line for ``headings`` and one for every row; nothing is cut, None is left blank."""
    cells = [list(headings), *([_format_cell(value) for value in row] for row in rows)]
    widths = [max(map(cell_len, column)) for column in zip(*cells, strict=True)]
    for line in cells:
        padded = (cell + " " * (width - cell_len(cell)) for cell, width in zip(line, widths, strict=True))
        yield GAP.join(padded).rstrip()


def format_time_if_known(at: datetime | None) -> str | None:
    """Return a time as ``format_time`` does; None where there is none."""
    return None if at is None else format_time(at)


def _format_cell(value: object) -> str:
    return "" if value is None else clean_cell(str(value))
