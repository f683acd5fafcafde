"""JSON Feed 1.1 (jsonfeed.org/version/1.1)."""

import json
from collections.abc import Sequence

from aggregator.demo.desk import Desk
from aggregator.demo.feeds.body import content_html, rfc3339
from aggregator.demo.pieces import Piece, Publisher


def json_feed(desk: Desk, by: Publisher, pieces: Sequence[Piece]) -> bytes:
    """Return a JSON Feed; an item without a picture or an author has no such key."""
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": by.name,
        "description": by.motto,
        "home_page_url": desk.url(by.id),
        "feed_url": desk.url(by.id, by.feed),
        "icon": desk.url(by.id, "/logo.png"),
        "favicon": desk.url(by.id, "/favicon.ico"),
        "language": "en",
        "items": [_item(desk, piece) for piece in pieces],
    }
    return json.dumps(feed, ensure_ascii=False, indent=1).encode()


def _item(desk: Desk, piece: Piece) -> dict[str, object]:
    item: dict[str, object | None] = {
        "id": desk.page_url(piece),
        "url": desk.feed_link(piece),
        "title": piece.title,
        "summary": piece.excerpt,
        "content_html": content_html(desk, piece),
        "image": desk.picture_url(piece) if piece.picture == "media" else None,
        "date_published": rfc3339(desk.time(piece.at_s)),
        "date_modified": rfc3339(desk.time(piece.changed_s)),
        "authors": [{"name": piece.author}] if piece.author else None,
        "tags": [piece.topic],
    }
    return {key: value for key, value in item.items() if value is not None}
