"""From the bytes of a feed to articles: pure, and the only home of feedparser.

bytes ── encoding ── repair ── feed | jsonfeed ──► Entry ── links, wording, article ──► Article
"""

from aggregator.parse.advice import LOOK, REPORT
from aggregator.parse.apart import SIZE_BYTES, Paper, read_paper
from aggregator.parse.article import article_id, normalise_feed
from aggregator.parse.delta import Reading, forget_entries, read_news
from aggregator.parse.document import parse_document
from aggregator.parse.identity import resolve_articles
from aggregator.parse.watch import Arrived, tell_difference

__all__ = [
    "LOOK",
    "REPORT",
    "SIZE_BYTES",
    "Arrived",
    "Paper",
    "Reading",
    "article_id",
    "forget_entries",
    "normalise_feed",
    "parse_document",
    "read_news",
    "read_paper",
    "resolve_articles",
    "tell_difference",
]
