"""The record's JSON form."""

from collections.abc import Iterable, Mapping

from aggregator.model import Article, Image, Provider
from aggregator.publish.text_forms import format_line
from aggregator.text import format_time, slug
from aggregator.urls import absolute_url


def render_record_json(
    article: Article, *, topic_names: Mapping[str, str], locale: str, path: str | None = None
) -> dict[str, object]:
    """Return the article's record in its JSON form: every key, in the form's order, null without a value.

    ``topic_names`` has the names of topics by id; topics without a name there are left out.
    ``locale`` is given as in ``en-us``; ``path`` is the record's file name, by default the one it would get.
    """
    known = {**_imported_topics(article), **topic_names}
    names = (format_line(known.get(topic)) for topic in article.topics)
    return {
        "path": path or name_record_file(article),
        "title": format_line(article.title),
        "excerpt": format_line(article.excerpt) or None,
        "sourceUrl": None,
        "webUrl": None if article.type == "video" else absolute_url("", article.web_url),
        "originalUrl": absolute_url("", article.original_url),
        "featuredContent": format_line(article.featured_content) or None,
        "highlight": None,
        "heat": article.heat,
        "tags": None,
        "images": _render_images(article.images),
        "content": "",
        "type": article.type,
        "ampWebUrl": absolute_url("", article.amp_url),
        "cdnAmpWebUrl": absolute_url("", article.cdn_amp_url),
        "publishedDateTime": format_time(article.published_at),
        "updatedDateTime": format_time(article.updated_at),
        "provider": _render_provider(article.provider, article.authors),
        "locale": locale,
        "categories": ["news"],
        "topics": [name for name in names if name] or None,
    }


def _imported_topics(article: Article) -> Mapping[str, str]:
    """Return the topics of an imported record by id, also those that are not configured."""
    record = article.imported["record"] if article.imported else {}
    names = record.get("topics", ()) if isinstance(record, Mapping) else ()
    return dict(zip(article.topics, dict.fromkeys(names), strict=False))


def name_record_file(article: Article) -> str:
    """Return the name of the record's file: the day (UTC) and the title's words."""
    return f"{format_time(article.published_at)[:10]}-{slug(format_line(article.title))}.md"


def _render_provider(provider: Provider, authors: Iterable[str]) -> dict[str, object]:
    return {
        "name": format_line(provider.name) or format_line(provider.domain),
        "domain": format_line(provider.domain),
        "images": _render_images(provider.images),
        "publishers": None,
        "authors": [name for name in map(format_line, authors) if name] or None,
    }


def _render_images(images: Iterable[Image]) -> list[dict[str, object]] | None:
    return [
        {
            "url": url,
            "width": image.width,
            "height": image.height,
            "title": format_line(image.title) or None,
            "attribution": format_line(image.attribution) or None,
            "isCached": image.is_cached,
        }
        for image in images
        if (url := absolute_url("", image.url))
    ] or None
