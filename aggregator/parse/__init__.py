"""From the bytes of a feed to articles: pure, and the only home of feedparser.

bytes ── encoding ── repair ── feed | jsonfeed ──► Entry ── links, wording, article ──► Article
"""

from aggregator.parse.delta import ParseResult, forget_entries, read_news
from aggregator.parse.identity import resolve_articles
from aggregator.parse.takeover import Arrived, tell_difference

__all__ = [
    "Arrived",
    "ParseResult",
    "forget_entries",
    "read_news",
    "resolve_articles",
    "tell_difference",
]
