"""The records of a topic as pages of JSON, newest first, and the schema of both forms of a record."""

import json
from collections.abc import Mapping, Sequence
from importlib.resources import files

from aggregator.model import Article
from aggregator.publish.record_json import render_record_json
from aggregator.publish.text_forms import format_json
from aggregator.publish.tree_paths import RECORD_PAGES

PER_PAGE = 25
_INDENT = " " * 4


def render_page_item(article: Article, *, name: str, topic_names: Mapping[str, str], locale: str) -> bytes:
    """Return an article's record as pages hold it; ``name`` is that of the record's file."""
    record = render_record_json(article, topic_names=topic_names, locale=locale, path=name)
    return format_json(record).decode().rstrip("\n").replace("\n", f"\n{_INDENT}").encode()


def change_item_heat(item: bytes, before: int, after: int) -> bytes:
    """Return an item of a page with another heat."""
    # Quotes within texts are escaped: the first such key is the record's own.
    return item.replace(b'\n      "heat": %d,\n' % before, b'\n      "heat": %d,\n' % after, 1)


def render_record_page(number: int, items: Sequence[bytes], *, is_last: bool) -> bytes:
    """Return the page of this ``number``, from 1 on, with these items."""
    following = json.dumps(None if is_last else number + 1)
    indent = _INDENT.encode()
    value = b"[\n" + indent + (b",\n" + indent).join(items) + b"\n  ]" if items else b"[]"
    return b'{\n  "page": %d,\n  "value": %b,\n  "nextPage": %b\n}\n' % (number, value, following.encode())


def name_record_pages(topic_id: str | None, number: int) -> tuple[str, ...]:
    """Return the names of the files of a topic's page; those of all records where ``topic_id`` is None."""
    folder = f"{RECORD_PAGES}/{topic_id}" if topic_id else RECORD_PAGES
    page = f"{folder}/page/{number}/index.json"
    return (f"{folder}/index.json", page) if number == 1 else (page,)


def render_schema() -> dict[str, bytes]:
    """Return the JSON Schema (draft 2020-12) of the record's two forms."""
    return {"schema/article.json": files("aggregator.publish").joinpath("article.schema.json").read_bytes()}
