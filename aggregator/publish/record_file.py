"""An article as a record for its Markdown file, and a record read from one as an article."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aggregator.errors import RecordError
from aggregator.model import Article, Image, Provider, make_article_id, make_id
from aggregator.publish.front_matter import TIME, Record
from aggregator.text import format_time, slug
from aggregator.urls import canonical_url

IMPORTED = "imported"
"""The source id of articles that came as records."""


def build_record(
    article: Article,
    *,
    topic_names: Mapping[str, str],
    related: Sequence[Article] = (),
    secured: str | None = None,
) -> Record:
    """Return the record of ``article``, without keys that have no value; its ``heat`` is the article's.

    ``related`` are other articles on the same event, most relevant first. An imported article has the record
    it was imported as.
    """
    if article.imported is not None:
        return article.imported["record"]  # type: ignore[return-value]  # written by build_article
    is_video = article.type == "video"
    record = {
        "category": "news",
        "title": article.title,
        "excerpt": article.excerpt,
        "publishedDateTime": format_time(article.published_at),
        "originalUrl": article.original_url,
        "webUrl": None if is_video else article.web_url,
        "ampWebUrl": article.amp_url if article.cdn_amp_url else None,
        "cdnAmpWebUrl": article.cdn_amp_url if article.amp_url else None,
        "type": article.type,
        "quality": article.quality,
        "heat": article.heat,
        "published": article.is_published,
        "featuredContent": article.featured_content if is_video else None,
        "provider": _build_provider(article.provider),
        "topics": [topic_names[topic] for topic in article.topics if topic in topic_names],
        "images": [_build_image(image) for image in article.images],
        "related": [_build_related(other) for other in related],
        "secured": secured,
    }
    return _drop_unknown(record)


def _build_related(article: Article) -> Record:
    is_video = article.type == "video"
    name = {"name": article.provider.name or article.provider.domain, "domain": article.provider.domain}
    return _drop_unknown(
        {
            "title": article.title,
            "excerpt": article.excerpt,
            "publishedDateTime": format_time(article.published_at),
            "webUrl": None if is_video else article.web_url,
            "ampWebUrl": article.amp_url if article.cdn_amp_url else None,
            "cdnAmpWebUrl": article.cdn_amp_url if article.amp_url else None,
            "type": article.type,
            "provider": name,
            "quality": article.quality,
            "images": [_build_image(image) for image in article.images],
        }
    )


def _drop_unknown(record: Record) -> Record:
    return {key: value for key, value in record.items() if value not in (None, "", [])}


def identify_record(record: Record) -> str:
    """Return what identifies a record: its original address, or title, with its date."""
    name = record.get("originalUrl") or record.get("webUrl") or record["title"]
    return f"{name}\n{record['publishedDateTime']}"


def build_article(record: Record, *, newline: str, topic_ids: Mapping[str, str], name: str) -> Article:
    """Return a read ``record`` as an article; ``topic_ids`` has ids by topic name, ``name`` its file's.

    Dates, quality, topics and provider are the record's. A topic that is not configured gets an id made of
    its name.
    """
    url = record.get("webUrl") or record.get("originalUrl")
    key = canonical_url(url) if url else None
    provider = record.get("provider", {})
    at = datetime.strptime(record["publishedDateTime"], TIME).replace(tzinfo=UTC)
    return Article(
        id=make_article_id(key) if key else make_id(IMPORTED, name),
        source_id=IMPORTED,
        provider=Provider(
            domain=provider.get("domain", ""),
            name=provider.get("name", ""),
            images=_read_images(provider.get("images", ())),
        ),
        title=record["title"],
        published_at=at,
        first_seen_at=at,
        updated_at=at,
        entry_id=name,
        canonical_url=key,
        stated_at=at,
        excerpt=record.get("excerpt"),
        original_url=record.get("originalUrl"),
        web_url=record.get("webUrl"),
        amp_url=record.get("ampWebUrl"),
        cdn_amp_url=record.get("cdnAmpWebUrl"),
        type=record["type"],
        featured_content=record.get("featuredContent"),
        images=_read_images(record.get("images", ())),
        topics=tuple(dict.fromkeys(topic_ids.get(t) or _make_topic_id(t) for t in record.get("topics", ()))),
        quality=record["quality"],
        heat=record["heat"],
        imported={"record": record, "newline": newline},
    )


def _make_topic_id(name: str) -> str:
    return re.sub(r"[^a-z0-9-]+", "-", slug(name)).strip("-") or "topic"


def _build_provider(provider: Provider) -> dict[str, Any]:
    record = {"name": provider.name or provider.domain, "domain": provider.domain}
    images = [_build_image(image) for image in provider.images]
    return {**record, "images": images} if images else record


def _build_image(image: Image) -> dict[str, Any]:
    record = {
        "url": image.url,
        "width": image.width,
        "height": image.height,
        "isCached": image.is_cached or None,
    }
    return {key: value for key, value in record.items() if value is not None}


def _read_images(images: Sequence[Record]) -> tuple[Image, ...]:
    return tuple(
        Image(url=i["url"], width=i.get("width"), height=i.get("height"), is_cached=i.get("isCached", False))
        for i in images
    )


def read_record_text(path: Path) -> str:
    """Return a record file's text with its line ends as they are; raises RecordError."""
    try:
        return path.read_bytes().decode("utf-8")
    except OSError as error:
        raise RecordError(str(path), None, f"cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise RecordError(str(path), line, f"is not UTF-8: {error.reason}") from None
