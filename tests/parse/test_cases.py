"""Documents that show what feeds do, each with what it must become beside it."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aggregator.errors import ParseError
from aggregator.model import Source
from aggregator.parse import normalise_feed, parse_document

CASES = sorted((Path(__file__).parent / "cases").glob("*.expected.json"))
URL = "https://feeds.example/dir/feed.xml"
NOW = datetime(2020, 6, 1, 12, tzinfo=UTC)


FIELDS = (
    "title", "excerpt", "entry_id", "original_url", "web_url", "stated_at", "type", "featured_content",
    "images", "enclosures", "authors", "language", "credit",
)  # fmt: skip


def _plain(value):
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, dict):
        kept = {key: _plain(inner) for key, inner in value.items()}
        return {key: inner for key, inner in kept.items() if inner not in (None, [], "", False)}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    return value


def _told(article):
    """The article's fields that say something, without what usually goes without saying."""
    told = _plain({name: value for name, value in asdict(article).items() if name in FIELDS})
    if told["type"] == "article":
        del told["type"]
    if "web_url" in told and told["web_url"] == told["original_url"]:
        del told["original_url"]
    return told


def became(body):
    """What a document becomes, as the cases write it."""
    try:
        feed = parse_document(body, url=URL)
    except ParseError as error:
        return {"error": error.reason, "feeds": list(error.feeds)}
    articles, problems = normalise_feed(feed, source=Source(id="source", url=URL), now=NOW)
    return {
        "feed": _plain({key: getattr(feed, key) for key in ("format", "title", "site_url", "language")}),
        "problems": [*feed.problems, *problems],
        "articles": [_told(article) for article in articles],
    }


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.name.removesuffix(".expected.json"))
def test_documents_become_what_stands_beside_them(path):
    """Every document of the cases becomes exactly what its expectation says."""
    stem = path.name.removesuffix(".expected.json")
    (document,) = [found for found in path.parent.glob(f"{stem}.*") if found != path]
    assert became(document.read_bytes()) == json.loads(path.read_text(encoding="utf-8"))
