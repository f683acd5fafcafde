"""RSS 2.0 with the usual modules: content, Dublin Core, Media RSS, Atom's self link."""

from collections.abc import Sequence

from aggregator.demo.feeds.body import changed_at, content_html, player_url, rfc822
from aggregator.demo.markup import cdata, element, text_element
from aggregator.demo.newsroom_plan import NewsroomPlan
from aggregator.demo.pieces import PICTURE_HEIGHT, PICTURE_WIDTH, Piece, Publisher, publishers

_NAMESPACES = {
    "xmlns_content": "http://purl.org/rss/1.0/modules/content/",
    "xmlns_dc": "http://purl.org/dc/elements/1.1/",
    "xmlns_media": "http://search.yahoo.com/mrss/",
    "xmlns_atom": "http://www.w3.org/2005/Atom",
}
PICTURE_BYTES = 4096
"""A length for ``<enclosure>``, which must state one; publishers seldom know the true one."""


def rss_feed(plan: NewsroomPlan, by: Publisher, pieces: Sequence[Piece]) -> bytes:
    """Return an RSS 2.0 feed; a mere link to another publisher has a title and nothing else."""
    home = plan.url(by.id)
    head = [
        text_element("title", by.name),
        text_element("link", home),
        text_element("description", by.motto),
        text_element("language", "en"),
        text_element("lastBuildDate", rfc822(changed_at(plan, pieces))),
        element("atom:link", href=plan.url(by.id, by.moves_to or by.feed), rel="self"),
    ]
    items = [_item(plan, by, piece) for piece in pieces]
    channel = element("channel", *head, *items)
    feed = element("rss", channel, version="2.0", **_NAMESPACES)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{feed}'.encode()


def _item(plan: NewsroomPlan, by: Publisher, piece: Piece) -> str:
    elements = [
        text_element("title", piece.title),
        text_element("link", plan.feed_link(piece)),
        _guid(plan, by, piece),
        text_element("pubDate", rfc822(plan.time(piece.at_s))),
        text_element("dc:creator", piece.author),
        text_element("category", piece.topic),
    ]
    if not piece.pick:
        elements += [
            text_element("description", dateline(piece) + piece.excerpt),
            element("content:encoded", cdata(content_html(plan, piece))),
            *_pictures(plan, piece),
        ]
    return element("item", *elements, *_source(plan, by, piece)) + "\n"


def dateline(piece: Piece) -> str:
    """Return how a copied text begins: ``PORT ALDER (Meridian Wire) — ``; empty for one's own text."""
    if not (piece.credit and piece.place):
        return ""
    return f"{piece.place.upper()} ({publishers()[piece.credit].name}) — "


def _guid(plan: NewsroomPlan, by: Publisher, piece: Piece) -> str:
    guids = {
        "link": plan.page_url(piece),
        "number": str(piece.number),
        "urn": f"urn:{by.id}:{piece.number}",
    }
    return text_element("guid", guids[by.guid], isPermaLink=str(by.guid == "link").lower())


def _source(plan: NewsroomPlan, by: Publisher, piece: Piece) -> list[str]:
    """Name where a copied or linked piece is from; some houses leave that to the dateline."""
    origin = piece.pick.publisher if piece.pick else piece.credit if by.has_tracking else None
    if not origin:
        return []
    agency = publishers()[origin]
    return [text_element("source", agency.name, url=plan.url(origin, agency.feed))]


def _pictures(plan: NewsroomPlan, piece: Piece) -> list[str]:
    url = plan.picture_url(piece)
    sizes = {"width": PICTURE_WIDTH, "height": PICTURE_HEIGHT}
    if piece.picture == "media":
        return [element("media:content", url=url, medium="image", type="image/png", **sizes)]
    if piece.picture == "enclosure":
        return [element("enclosure", url=url, type="image/png", length=PICTURE_BYTES)]
    if piece.picture == "thumbnail":
        player = element("media:player", url=player_url(piece)) if piece.video else ""
        return [player, element("media:thumbnail", url=url, **sizes)]
    return []
