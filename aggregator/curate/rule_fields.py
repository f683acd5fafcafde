"""What an article has at each field that a clause can ask for."""

from datetime import datetime, timedelta

from aggregator.model import Article
from aggregator.model.curation import StoryFacts
from aggregator.urls import host_of

_HOUR = timedelta(hours=1)
_PARTS = ("base", "excerpt", "image", "date", "author", "relevance", "originality", "weight")


def list_values(article: Article, story: StoryFacts, now: datetime) -> dict[str, object]:
    """Return the values of all fields of an article ``now``; of an address that is none the host is ""."""
    url = article.web_url or article.original_url or article.canonical_url or ""
    provider, excerpt = article.provider, article.excerpt or ""
    return {
        "title": article.title,
        "excerpt": excerpt,
        "text": f"{article.title}\n{excerpt}" if excerpt else article.title,
        "url": url,
        "host": host_of(url).removeprefix("www.") if url else "",
        "provider.domain": provider.domain,
        "provider.name": provider.name,
        "provider.family": provider.family or "",
        "source": article.source_id,
        "language": article.language or "",
        "authors": article.authors,
        "age_h": max((now - article.published_at) / _HOUR, 0.0),
        "has_image": bool(article.images),
        "is_copy": article.credit is not None,
        "story.articles": story.articles,
        "story.publishers": story.publishers,
        "story.independent": story.independent,
        **list_changing_values(article),
    }


def list_changing_values(article: Article) -> dict[str, object]:
    """Return the values of the fields that rules change."""
    parts = article.quality_parts
    return {
        "topics": article.topics,
        "type": article.type,
        "quality": article.quality,
        **{f"quality_parts.{name}": parts.get(name, 0) for name in _PARTS},
    }
