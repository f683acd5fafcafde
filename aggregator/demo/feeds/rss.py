"""RSS 2.0 with the usual modules: content, Dublin Core, Media RSS, Atom's self link."""

from collections.abc import Sequence

from aggregator.demo.desk import Desk
from aggregator.demo.feeds.body import changed_at, content_html, player_url, rfc822
from aggregator.demo.markup import cdata, element, text_element
from aggregator.demo.pieces import PICTURE_HEIGHT, PICTURE_WIDTH, Piece, Publisher, publishers

_NAMESPACES = {
    "xmlns_content": "http://purl.org/rss/1.0/modules/content/",
    "xmlns_dc": "http://purl.org/dc/elements/1.1/",
    "xmlns_media": "http://search.yahoo.com/mrss/",
    "xmlns_atom": "http://www.w3.org/2005/Atom",
}
PICTURE_BYTES = 4096
"""A length for ``<enclosure>``, which must state one; publishers seldom know the true one."""


def rss_feed(desk: Desk, by: Publisher, pieces: Sequence[Piece]) -> bytes:
    """Return an RSS 2.0 feed; a mere link to another publisher has a title and nothing else."""
    home = desk.url(by.id)
    head = [
        text_element("title", by.name),
        text_element("link", home),
        text_element("description", by.motto),
        text_element("language", "en"),
        text_element("lastBuildDate", rfc822(changed_at(desk, pieces))),
        element("atom:link", href=desk.url(by.id, by.moves_to or by.feed), rel="self"),
    ]
    items = [_item(desk, by, piece) for piece in pieces]
    channel = element("channel", *head, *items)
    feed = element("rss", channel, version="2.0", **_NAMESPACES)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{feed}'.encode()


def _item(desk: Desk, by: Publisher, piece: Piece) -> str:
    said = [
        text_element("title", piece.title),
        text_element("link", desk.feed_link(piece)),
        _guid(desk, by, piece),
        text_element("pubDate", rfc822(desk.time(piece.at_s))),
        text_element("dc:creator", piece.author),
        text_element("category", piece.topic),
    ]
    if not piece.pick:
        said += [
            text_element("description", dateline(piece) + piece.excerpt),
            element("content:encoded", cdata(content_html(desk, piece))),
            *_pictures(desk, piece),
        ]
    return element("item", *said, *_source(desk, by, piece)) + "\n"


def dateline(piece: Piece) -> str:
    """Return how a copied text begins: ``PORT ALDER (Meridian Wire) — ``; empty for one's own text."""
    if not (piece.credit and piece.place):
        return ""
    return f"{piece.place.upper()} ({publishers()[piece.credit].name}) — "


def _guid(desk: Desk, by: Publisher, piece: Piece) -> str:
    guids = {
        "link": desk.page_url(piece),
        "number": str(piece.number),
        "urn": f"urn:{by.id}:{piece.number}",
    }
    return text_element("guid", guids[by.guid], isPermaLink=str(by.guid == "link").lower())


def _source(desk: Desk, by: Publisher, piece: Piece) -> list[str]:
    """Name where a copied or linked piece is from; some houses leave that to the dateline."""
    origin = piece.pick.publisher if piece.pick else piece.credit if by.has_tracking else None
    if not origin:
        return []
    agency = publishers()[origin]
    return [text_element("source", agency.name, url=desk.url(origin, agency.feed))]


def _pictures(desk: Desk, piece: Piece) -> list[str]:
    url = desk.picture_url(piece)
    sizes = {"width": PICTURE_WIDTH, "height": PICTURE_HEIGHT}
    if piece.picture == "media":
        return [element("media:content", url=url, medium="image", type="image/png", **sizes)]
    if piece.picture == "enclosure":
        return [element("enclosure", url=url, type="image/png", length=PICTURE_BYTES)]
    if piece.picture == "thumbnail":
        player = element("media:player", url=player_url(piece)) if piece.video else ""
        return [player, element("media:thumbnail", url=url, **sizes)]
    return []
