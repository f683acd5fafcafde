"""RSS 1.0, which is RDF, with Dublin Core and content modules (web.resource.org/rss/1.0/spec)."""

from collections.abc import Sequence

from aggregator.demo.feeds.body import changed_at, content_html, rfc3339
from aggregator.demo.markup import cdata, element, text_element
from aggregator.demo.newsroom_plan import NewsroomPlan
from aggregator.demo.pieces import Piece, Publisher

_NAMESPACES = {
    "xmlns_rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "xmlns": "http://purl.org/rss/1.0/",
    "xmlns_dc": "http://purl.org/dc/elements/1.1/",
    "xmlns_content": "http://purl.org/rss/1.0/modules/content/",
}


def rdf_feed(plan: NewsroomPlan, by: Publisher, pieces: Sequence[Piece]) -> bytes:
    """Return an RSS 1.0 feed: a channel that lists the items, and then the items."""
    listed = [element("rdf:li", rdf_resource=plan.page_url(piece)) for piece in pieces]
    channel = element(
        "channel",
        text_element("title", by.name),
        text_element("link", plan.url(by.id)),
        text_element("description", by.motto),
        text_element("dc:language", "en"),
        text_element("dc:date", rfc3339(changed_at(plan, pieces))),
        element("items", element("rdf:Seq", *listed)),
        rdf_about=plan.url(by.id, by.feed),
    )
    items = [_item(plan, piece) for piece in pieces]
    feed = element("rdf:RDF", channel, *items, **_NAMESPACES)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{feed}'.encode()


def _item(plan: NewsroomPlan, piece: Piece) -> str:
    return element(
        "item",
        text_element("title", piece.title),
        text_element("link", plan.feed_link(piece)),
        text_element("description", piece.excerpt),
        text_element("dc:date", rfc3339(plan.time(piece.at_s))),
        text_element("dc:creator", piece.author),
        text_element("dc:subject", piece.topic),
        element("content:encoded", cdata(content_html(plan, piece))),
        rdf_about=plan.page_url(piece),
    )
