"""The values of an article's fields as texts."""

from datetime import datetime

from aggregator.model import Article, Enclosure, Image, Provider
from aggregator.text import format_time


def format_field(article: Article, name: str) -> str:
    """Return a field of an article in a line, "" where it has none of that name, or nothing in it."""
    return _format_value(getattr(article, name, None))


def _format_value(value: object) -> str:
    match value:
        case None:
            return ""
        case datetime():
            return format_time(value)
        case Provider():
            return value.name or value.domain
        case Image() | Enclosure():
            return value.url
        case tuple():
            return ", ".join(map(_format_value, value))
    return str(value)
