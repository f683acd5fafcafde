"""JSON Feed 1.1 (jsonfeed.org/version/1.1)."""

import json
from collections.abc import Sequence

from aggregator.demo.feeds.body import content_html, rfc3339
from aggregator.demo.newsroom_plan import NewsroomPlan
from aggregator.demo.pieces import Piece, Publisher


def json_feed(plan: NewsroomPlan, by: Publisher, pieces: Sequence[Piece]) -> bytes:
    """Return a JSON Feed; an item without a picture or an author has no such key."""
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": by.name,
        "description": by.motto,
        "home_page_url": plan.url(by.id),
        "feed_url": plan.url(by.id, by.feed),
        "icon": plan.url(by.id, "/logo.png"),
        "favicon": plan.url(by.id, "/favicon.ico"),
        "language": "en",
        "items": [_item(plan, piece) for piece in pieces],
    }
    return json.dumps(feed, ensure_ascii=False, indent=1).encode()


def _item(plan: NewsroomPlan, piece: Piece) -> dict[str, object]:
    item: dict[str, object | None] = {
        "id": plan.page_url(piece),
        "url": plan.feed_link(piece),
        "title": piece.title,
        "summary": piece.excerpt,
        "content_html": content_html(plan, piece),
        "image": plan.picture_url(piece) if piece.picture == "media" else None,
        "date_published": rfc3339(plan.time(piece.at_s)),
        "date_modified": rfc3339(plan.time(piece.changed_s)),
        "authors": [{"name": piece.author}] if piece.author else None,
        "tags": [piece.topic],
    }
    return {key: value for key, value in item.items() if value is not None}
