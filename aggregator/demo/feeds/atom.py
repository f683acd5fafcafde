"""Atom 1.0 (RFC 4287) in two tastes: XHTML with media, and escaped HTML with relative pictures."""

from collections.abc import Sequence

from aggregator.demo.feeds.body import changed_at, content_html, rfc3339
from aggregator.demo.markup import element, text_element
from aggregator.demo.newsroom_plan import NewsroomPlan
from aggregator.demo.pieces import PICTURE_HEIGHT, PICTURE_WIDTH, Piece, Publisher


def xhtml_feed(plan: NewsroomPlan, by: Publisher, pieces: Sequence[Piece]) -> bytes:
    """Return an Atom feed with XHTML content, AMP links and relative addresses below ``xml:base``."""
    return _wrap_entries(plan, by, [_xhtml_entry(plan, piece) for piece in pieces], pieces)


def atom_feed(plan: NewsroomPlan, by: Publisher, pieces: Sequence[Piece]) -> bytes:
    """Return an Atom feed with escaped HTML content and no summary."""
    return _wrap_entries(plan, by, [_html_entry(plan, piece) for piece in pieces], pieces)


def _wrap_entries(
    plan: NewsroomPlan, by: Publisher, entries: Sequence[str], pieces: Sequence[Piece]
) -> bytes:
    home = plan.url(by.id)
    head = [
        text_element("title", by.name),
        text_element("subtitle", by.motto),
        text_element("id", home),
        text_element("updated", rfc3339(changed_at(plan, pieces))),
        element("link", rel="alternate", type="text/html", href=""),
        element("link", rel="self", type="application/atom+xml", href=by.feed.removeprefix("/")),
        text_element("icon", "favicon.ico"),
    ]
    names = {"xmlns": "http://www.w3.org/2005/Atom", "xmlns_media": "http://search.yahoo.com/mrss/"}
    feed = element("feed", *head, *entries, xml_base=home, xml_lang="en", **names)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{feed}'.encode()


def _entry(plan: NewsroomPlan, piece: Piece, *more: str) -> str:
    home = plan.url(piece.publisher)
    return element(
        "entry",
        text_element("title", piece.title),
        text_element("id", f"tag:{piece.publisher}.localhost,2020:{piece.number}"),
        element("link", href=plan.feed_link(piece).removeprefix(home)),
        text_element("published", rfc3339(plan.time(piece.at_s))),
        text_element("updated", rfc3339(plan.time(piece.changed_s))),
        element("author", text_element("name", piece.author)) if piece.author else "",
        element("category", term=piece.topic),
        *more,
    )


def _html_entry(plan: NewsroomPlan, piece: Piece) -> str:
    html = content_html(plan, piece, is_relative=True)
    return _entry(plan, piece, text_element("content", html, type="html"))


def _xhtml_entry(plan: NewsroomPlan, piece: Piece) -> str:
    div = element("div", content_html(plan, piece), xmlns="http://www.w3.org/1999/xhtml")
    sizes = {"width": PICTURE_WIDTH, "height": PICTURE_HEIGHT}
    media = element("media:content", url=plan.picture_url(piece), medium="image", **sizes)
    return _entry(
        plan,
        piece,
        element("link", rel="amphtml", href=plan.amp_url(piece)) if plan.amp_url(piece) else "",
        text_element("summary", piece.excerpt),
        element("content", div, type="xhtml"),
        media if piece.picture == "media" else "",
    )
