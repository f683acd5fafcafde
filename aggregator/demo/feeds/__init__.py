"""The feeds of the newsroom's publishers, each in the style of its house."""

import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from aggregator.demo.feeds.atom import atom_feed, xhtml_feed
from aggregator.demo.feeds.broken import broken_feed, cut_short
from aggregator.demo.feeds.jsonfeed import json_feed
from aggregator.demo.feeds.rdf import rdf_feed
from aggregator.demo.feeds.rss import rss_feed
from aggregator.demo.newsroom_plan import NewsroomPlan
from aggregator.demo.pieces import Piece, Publisher

__all__ = ["CONTENT_TYPES", "cut_short", "render_feed"]

_RENDERERS: Mapping[str, Callable[[NewsroomPlan, Publisher, Sequence[Piece]], bytes]] = {
    "rss": rss_feed,
    "atom": atom_feed,
    "xhtml": xhtml_feed,
    "json": json_feed,
    "rdf": rdf_feed,
    "broken": broken_feed,
}
CONTENT_TYPES = {
    "rss": "application/rss+xml; charset=utf-8",
    "atom": "application/atom+xml",
    "xhtml": "application/atom+xml; charset=utf-8",
    "json": "application/feed+json",
    "rdf": "application/rdf+xml",
    "broken": "text/xml",
}


def render_feed(plan: NewsroomPlan, by: Publisher, pieces: Sequence[Piece], visit: int) -> bytes:
    """Return the feed of a publisher with ``pieces``.

    ``visit`` differs on every visit, and so do the guids of the publisher whose guids do not last.
    """
    if by.guids_change:
        pieces = [replace(piece, number=zlib.crc32(f"{visit} {piece.slug}".encode())) for piece in pieces]
    return _RENDERERS[by.style](plan, by, pieces)
