"""Feed documents that the hostile server sends, well-formed and otherwise."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

STARTED_AT = datetime(2026, 3, 2, 12, tzinfo=UTC)


def entry(number, *, site="news.example", at=None, title=None, guid=None, author="Ann Lee", extra=""):
    """Return an item that is good enough to be published; newer ones have higher numbers."""
    at = at or STARTED_AT - timedelta(days=1) + timedelta(minutes=number)
    return (
        f"<item><title>{title or f'Comet number {number} was found on an old plate'}</title>"
        f"<link>https://{site}/story/{number}</link><guid>{guid or f'{site}-{number}'}</guid>"
        f"<pubDate>{at if isinstance(at, str) else format_datetime(at)}</pubDate>"
        f"<author>desk@{site} ({author})</author>"
        f"<description>Astronomers sifted old plates with a learning machine and found comet {number}, "
        f"which nobody had seen for two hundred years.</description>"
        f'<enclosure url="https://{site}/{number}.jpg" type="image/jpeg" length="9000"/>{extra}</item>'
    )


def channel(*items, site="news.example", title="The News", language="en", prolog="", head=""):
    """Return an RSS document with these items."""
    return (
        f'{prolog}<rss version="2.0"><channel><title>{title}</title><link>https://{site}/</link>'
        f"<language>{language}</language>{head}{''.join(items)}</channel></rss>"
    ).encode("utf-8", "surrogatepass")


def news(numbers, *, site="news.example", **changes):
    """Return an ordinary feed with the entries of these numbers, the newest first."""
    return channel(*(entry(n, site=site) for n in sorted(numbers, reverse=True)), site=site, **changes)
