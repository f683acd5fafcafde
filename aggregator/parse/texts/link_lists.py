"""Texts that only list what others wrote, as search engines for news give them."""

import re
from collections.abc import Sequence

from aggregator.html import LINK_END, LINK_START

_HEADLINE = re.compile(
    rf"(?:\d+[.)]\s*)?{LINK_START}[^{LINK_END}]+{LINK_END}(?P<publisher>[^{LINK_START}]{{0,60}})$"
)
_SIGNS = ("<li", "news.google.", "bing.com/news", "news.yahoo.")


def is_list_of_headlines(lines: Sequence[str], html: str) -> bool:
    """Tell whether lines of a text are links to articles, each with its publisher's name behind it."""
    if not lines or LINK_START not in lines[0]:  # quick to see, and mostly so
        return False
    lower = html.lower()
    if not any(sign in lower for sign in _SIGNS):
        return False
    found = [_HEADLINE.match(line) for line in lines]
    if not all(found):
        return False
    named = sum(bool(one and _is_name(one["publisher"])) for one in found)
    return named >= max(1, len(lines) - 1) and (len(lines) > 1 or "news.google." in lower)


def _is_name(text: str) -> bool:
    name = text.strip(" -–—|()·,")
    return bool(name) and not name.endswith((".", "!", "?", "…")) and len(name.split()) <= 6
