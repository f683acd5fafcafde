"""Curves over time as an SVG: a panel for each column of a table, one below the other. Pure."""

from collections.abc import Mapping, Sequence
from html import escape

WIDTH, PANEL, LEFT, GAP = 900, 110, 90, 34
_STYLE = "font: 12px sans-serif; fill: #333"


def draw_curves(
    title: str,
    at_s: Sequence[float],
    columns: Mapping[str, Sequence[float | None]],
    marks_s: Sequence[float] = (),
) -> str:
    """Return a picture with a curve for each column, at these seconds; ``marks_s`` are thin lines in all panels."""
    height = 2 * GAP + len(columns) * (PANEL + GAP)
    last_s = max(at_s, default=0.0) or 1.0
    panels = (
        _draw_panel(name, at_s, values, last_s, marks_s, top=2 * GAP + number * (PANEL + GAP))
        for number, (name, values) in enumerate(columns.items())
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" style="background: white">'
        f'<text x="{LEFT}" y="18" style="{_STYLE}; font-weight: bold">{escape(title)}</text>{"".join(panels)}</svg>\n'
    )


def _draw_panel(
    name: str, at_s: Sequence[float], values: Sequence[float | None], last_s: float, marks_s: Sequence[float], *, top: int
) -> str:  # fmt: skip
    known = [value for value in values if value is not None]
    most = max(known, default=0.0) or 1.0
    width = WIDTH - LEFT - 20
    points = " ".join(
        f"{LEFT + at / last_s * width:.1f},{top + PANEL - value / most * PANEL:.1f}"
        for at, value in zip(at_s, values, strict=True)
        if value is not None
    )
    marks = "".join(
        f'<line x1="{LEFT + at / last_s * width:.1f}" x2="{LEFT + at / last_s * width:.1f}" y1="{top}" '
        f'y2="{top + PANEL}" stroke="#e99" stroke-width="0.6"/>'
        for at in marks_s
    )
    return (
        f'<text x="{LEFT}" y="{top - 5}" style="{_STYLE}">{escape(name)}</text>'
        f'<text x="{LEFT - 6}" y="{top + 10}" text-anchor="end" style="{_STYLE}">{most:,.4g}</text>'
        f'<text x="{LEFT - 6}" y="{top + PANEL}" text-anchor="end" style="{_STYLE}">0</text>'
        f'<text x="{WIDTH - 20}" y="{top + PANEL + 14}" text-anchor="end" style="{_STYLE}">{last_s / 60:.1f} min</text>'
        f'<rect x="{LEFT}" y="{top}" width="{width}" height="{PANEL}" fill="none" stroke="#bbb"/>{marks}'
        f'<polyline points="{points}" fill="none" stroke="#2266aa" stroke-width="1.4"/>'
    )
