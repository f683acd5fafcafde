"""The records of a topic as pages of JSON, newest first, and the schema of both forms of a record."""

from collections.abc import Mapping, Sequence
from importlib.resources import files

from aggregator.model import Article
from aggregator.publish.record_json import render_record_json
from aggregator.publish.text_forms import format_json
from aggregator.publish.tree_paths import RECORD_PAGES

PER_PAGE = 25


def render_record_pages(
    articles: Sequence[Article],
    *,
    topic_id: str | None,
    names: Mapping[str, str],
    topic_names: Mapping[str, str],
    locale: str,
) -> dict[str, bytes]:
    """Return the pages of a topic's records, of all where ``topic_id`` is None; there is always a first one.

    ``articles`` are in order; ``names`` has the file names of their records by article id.
    """
    folder = f"{RECORD_PAGES}/{topic_id}" if topic_id else RECORD_PAGES
    count = max(1, -(-len(articles) // PER_PAGE))
    pages = {}
    for number in range(1, count + 1):
        shown = articles[(number - 1) * PER_PAGE : number * PER_PAGE]
        page = {
            "page": number,
            "value": [_record(article, names[article.id], topic_names, locale) for article in shown],
            "nextPage": number + 1 if number < count else None,
        }
        pages[f"{folder}/page/{number}/index.json"] = format_json(page)
    return {f"{folder}/index.json": pages[f"{folder}/page/1/index.json"], **pages}


def render_schema() -> dict[str, bytes]:
    """Return the JSON Schema (draft 2020-12) of the record's two forms."""
    return {"schema/article.json": files("aggregator.publish").joinpath("article.schema.json").read_bytes()}


def _record(article: Article, name: str, topic_names: Mapping[str, str], locale: str) -> dict[str, object]:
    return render_record_json(article, topic_names=topic_names, locale=locale, path=name)
