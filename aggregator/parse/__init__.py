"""From the bytes of a feed to articles: pure, and the only home of feedparser.

bytes ─► encoding ─► repair ─► feed | jsonfeed | sitemap ─► Entry ─► entry_links, title_excerpt, article

``document`` goes as far as entries, ``normalisation`` from there to articles; polls call ``delta``, which
uses both. ``identity`` then compares articles with what is stored. ``fast`` is a shortcut that can be
deleted, ``worker`` reads in a process of its own.
"""

from aggregator.parse.delta import (
    ParseResult,
    forget_entries,
    is_made_alike,
    list_entries,
    mark_text,
    read_news,
)
from aggregator.parse.identity.identity import resolve_articles
from aggregator.parse.identity.takeover import SourceChange, describe_takeover
from aggregator.parse.job import ParseJob

__all__ = [
    "ParseJob",
    "ParseResult",
    "SourceChange",
    "describe_takeover",
    "forget_entries",
    "is_made_alike",
    "list_entries",
    "mark_text",
    "read_news",
    "resolve_articles",
]
