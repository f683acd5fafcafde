"""Documents that show what feeds do, each with what it must become beside it."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aggregator.errors import ParseError
from aggregator.model import Source
from aggregator.parse import ParseJob, read_news

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


def _write_article(article):
    """The article's fields that say something, without what usually goes without saying."""
    said = _plain({name: value for name, value in asdict(article).items() if name in FIELDS})
    if said["type"] == "article":
        del said["type"]
    if "web_url" in said and said["web_url"] == said["original_url"]:
        del said["original_url"]
    return said


def read_as_case(body, *, is_plain):
    """What a document becomes, as the cases write it."""
    try:
        result = read_news(
            ParseJob(body=body, source=Source(id="source", url=URL), now=NOW, url=URL, is_plain=is_plain)
        )
    except ParseError as error:
        return {"error": error.reason, "feeds": list(error.feeds)}
    about = ("format", "title", "site_url", "language")
    return {
        "feed": _plain({key: getattr(result.feed, key) for key in about}),
        "problems": [one.text for one in result.problems],
        "articles": [_write_article(article) for article in result.articles],
    }


@pytest.mark.parametrize("is_plain", [False, True], ids=["fast", "plain"])
@pytest.mark.parametrize("path", CASES, ids=lambda path: path.name.removesuffix(".expected.json"))
def test_documents_become_what_stands_beside_them(path, is_plain):
    """Every document of the cases becomes exactly what its expectation says, also without the shortcut."""
    stem = path.name.removesuffix(".expected.json")
    (document,) = [found for found in path.parent.glob(f"{stem}.*") if found != path]
    assert read_as_case(document.read_bytes(), is_plain=is_plain) == json.loads(
        path.read_text(encoding="utf-8")
    )
