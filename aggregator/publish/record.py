"""The record's JSON form."""

from collections.abc import Iterable, Mapping

from aggregator.model import Article, Image, Provider
from aggregator.publish.formats import json_time, one_line
from aggregator.text import slug
from aggregator.urls import absolute_url


def render_record_json(
    article: Article, *, topic_names: Mapping[str, str], locale: str, path: str | None = None
) -> dict[str, object]:
    """Return the article's record in its JSON form: every key, in the form's order, null without a value.

    ``topic_names`` has the names of topics by id; topics without a name there are left out.
    ``locale`` is given as in ``en-us``; ``path`` is the record's file name, by default the one it would get.
    """
    known = {**imported_topics(article), **topic_names}
    names = (one_line(known.get(topic)) for topic in article.topics)
    return {
        "path": path or record_file_name(article),
        "title": one_line(article.title),
        "excerpt": one_line(article.excerpt) or None,
        "sourceUrl": None,
        "webUrl": None if article.type == "video" else absolute_url("", article.web_url),
        "originalUrl": absolute_url("", article.original_url),
        "featuredContent": one_line(article.featured_content) or None,
        "highlight": None,
        "heat": article.heat,
        "tags": None,
        "images": _images(article.images),
        "content": "",
        "type": article.type,
        "ampWebUrl": absolute_url("", article.amp_url),
        "cdnAmpWebUrl": absolute_url("", article.cdn_amp_url),
        "publishedDateTime": json_time(article.published_at),
        "updatedDateTime": json_time(article.updated_at),
        "provider": _provider(article.provider, article.authors),
        "locale": locale,
        "categories": ["news"],
        "topics": [name for name in names if name] or None,
    }


def imported_topics(article: Article) -> Mapping[str, str]:
    """Return the topics of an imported record by id, also those that are not configured."""
    record = article.imported["record"] if article.imported else {}
    names = record.get("topics", ()) if isinstance(record, Mapping) else ()
    return dict(zip(article.topics, dict.fromkeys(names), strict=False))


def record_file_name(article: Article) -> str:
    """Return the name of the record's file: the day (UTC) and the title's words."""
    return f"{json_time(article.published_at)[:10]}-{slug(one_line(article.title))}.md"


def _provider(provider: Provider, authors: Iterable[str]) -> dict[str, object]:
    return {
        "name": one_line(provider.name) or one_line(provider.domain),
        "domain": one_line(provider.domain),
        "images": _images(provider.images),
        "publishers": None,
        "authors": [name for name in map(one_line, authors) if name] or None,
    }


def _images(images: Iterable[Image]) -> list[dict[str, object]] | None:
    return [
        {
            "url": url,
            "width": image.width,
            "height": image.height,
            "title": one_line(image.title) or None,
            "attribution": one_line(image.attribution) or None,
            "isCached": image.is_cached,
        }
        for image in images
        if (url := absolute_url("", image.url))
    ] or None
