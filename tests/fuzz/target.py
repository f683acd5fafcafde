"""What must hold of any bytes at all: they are read or refused with a reason, and what is read can be shown.

And it is the same whichever way it is read: with feedparser or without, and nothing is left to be read the
second time but what may have another meaning then.
"""

import unicodedata
from datetime import UTC, datetime, timedelta

from aggregator.errors import ParseError
from aggregator.model import Article, Known, Source
from aggregator.parse import ParseJob, read_news, resolve_articles
from aggregator.parse.documents.document import parse_document

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
SOURCE = Source(id="fuzzed", url="https://daily.example/feed.xml")
EXCERPT_CHARACTERS = 300
FUTURE = timedelta(days=1)


def read_and_judge(document: bytes) -> int:
    """Read a document and return how many articles it makes; AssertionError where one cannot be shown."""
    try:
        reading = read_news(ParseJob(body=document, source=SOURCE, now=NOW, url=SOURCE.url))
    except ParseError:
        return 0
    whole = parse_document(document, url=SOURCE.url, is_plain=True).feed
    assert reading.feed == whole, "read otherwise without feedparser"
    again = read_news(ParseJob(body=document, source=SOURCE, now=NOW, url=SOURCE.url, seen=reading.seen))
    assert all(article in reading.articles for article in again.articles), "read otherwise again"
    articles = resolve_articles(reading.articles, Known(), now=NOW).inserted
    ids = [article.id for article in articles]
    assert len(set(ids)) == len(ids), "two articles of one id"
    for article in articles:
        _judge(article)
    return len(articles)


def _judge(article: Article) -> None:
    assert article.title.strip(), "no title"
    assert len(article.excerpt or "") <= EXCERPT_CHARACTERS, "a long excerpt"
    assert article.published_at <= NOW + FUTURE, "from the future"
    for text in (article.title, article.excerpt or "", *article.authors):
        assert not any(unicodedata.category(c) in ("Cc", "Cs") for c in text), f"unprintable: {text!r}"
    for url in (article.original_url, article.web_url, *(image.url for image in article.images)):
        assert url is None or url.startswith(("http://", "https://")), f"an address of another kind: {url!r}"
