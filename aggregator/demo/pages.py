"""The publishers' web pages: home, articles with everything in their head, AMP pages, robots.txt."""

import json
from collections.abc import Sequence

from aggregator.demo.feeds.body import embed, rfc3339
from aggregator.demo.feeds.rss import dateline
from aggregator.demo.markup import element, escape, text_element
from aggregator.demo.newsroom_plan import NewsroomPlan
from aggregator.demo.pictures import LOGO_PIXELS
from aggregator.demo.pieces import PICTURE_HEIGHT, PICTURE_WIDTH, Piece, Publisher, publishers

STYLE = """
body{font:17px/1.6 Georgia,serif;color:#222;background:#fafafa}
body{max-width:46rem;margin:0 auto;padding:0 1rem 3rem}
header{border-bottom:6px solid %s;margin-bottom:1.5rem;padding-top:1rem}
header a{color:inherit;text-decoration:none}
header b{font-size:1.6rem}header i,time,.by{color:#666;font-size:.9rem}img,iframe{max-width:100%%;height:auto}
iframe{aspect-ratio:16/9}h1{line-height:1.2}li{margin:.6rem 0}a{color:%s}
"""
FEED_TYPES = {
    "json": "application/feed+json",
    "atom": "application/atom+xml",
    "xhtml": "application/atom+xml",
}
# What every AMP page must hold (amp.dev, AMP HTML specification); it hides the page until all is ready.
AMP_STYLE = (
    "body{-webkit-animation:-amp-start 8s steps(1,end) 0s 1 normal both;"
    "animation:-amp-start 8s steps(1,end) 0s 1 normal both}"
    "@-webkit-keyframes -amp-start{from{visibility:hidden}to{visibility:visible}}"
    "@keyframes -amp-start{from{visibility:hidden}to{visibility:visible}}"
)
AMP_NOSCRIPT = "body{-webkit-animation:none;animation:none}"


def home_page(plan: NewsroomPlan, by: Publisher, pieces: Sequence[Piece], *, feed: str) -> str:
    """Return a publisher's front page, which leads to its ``feed``, a path, by autodiscovery."""
    kind = FEED_TYPES.get(by.style, "application/rss+xml")
    link = element("link", rel="alternate", type=kind, title=by.name, href=feed)
    rows = [
        element("li", text_element("a", piece.title, href=plan.page_url(piece)), "<br/>", _when(plan, piece))
        for piece in pieces
    ]
    listed = element("ul", *rows) if rows else element("p", "Nothing yet.")
    return _page(by, by.name, link, listed, element("p", text_element("a", "Feed", href=feed)))


def article_page(plan: NewsroomPlan, by: Publisher, piece: Piece) -> str:
    """Return the page of a piece: canonical and AMP links, Open Graph and JSON-LD in its head."""
    title = text_element("h1", piece.title)
    return _page(by, piece.title, _article_head(plan, by, piece), title, *_article_body(plan, piece))


def amp_page(plan: NewsroomPlan, by: Publisher, piece: Piece) -> str:
    """Return the AMP page of a piece; its canonical link points back, where the publisher gets it right."""
    canonical = plan.url(by.id) if by.amp_is_wrong else plan.page_url(piece)
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("script", **{"async": "async"}, src="https://cdn.ampproject.org/v0.js"),
        text_element("title", piece.title),
        element("link", rel="canonical", href=canonical),
        element("meta", name="viewport", content="width=device-width"),
        f"<style amp-boilerplate>{AMP_STYLE}</style>",
        f"<noscript><style amp-boilerplate>{AMP_NOSCRIPT}</style></noscript>",
        element("script", _json_ld(plan, by, piece), type="application/ld+json"),
    )
    sizes = {"width": PICTURE_WIDTH, "height": PICTURE_HEIGHT, "layout": "responsive"}
    picture_url = plan.picture_url(piece)
    picture = element("amp-img", src=picture_url, alt="", **sizes) if picture_url else ""
    texts = (text_element("p", text) for text in (dateline(piece) + piece.excerpt, piece.body))
    body = element("body", text_element("h1", piece.title), picture, *texts)
    return f'<!doctype html>\n<html amp lang="en">{head}{body}</html>\n'


def start_page(plan: NewsroomPlan) -> str:
    """Return the page of the newsroom itself, with all publishers."""
    rows = [
        element("li", text_element("a", by.name, href=plan.url(by.id)), escape(f" — {by.motto}"))
        for by in publishers().values()
    ]
    title = "Demo newsroom"
    head = element("head", element("meta", charset="utf-8"), text_element("title", title))
    body = element("body", text_element("h1", title), element("ul", *rows))
    return f'<!doctype html>\n<html lang="en">{head}{body}</html>\n'


def missing_page(by: Publisher) -> str:
    """Return what stands at an address that a publisher does not have."""
    return _page(by, "Not found", "", element("p", "There is no such page here."))


def robots_txt(by: Publisher) -> str:
    """Return a robots.txt (RFC 9309) that closes the archive to all robots, or everything but the feed."""
    if by.shuns_robots:
        return f"User-agent: *\nAllow: {by.feed}\nDisallow: /\n"
    return "User-agent: *\nDisallow: /private/\n"


def _page(by: Publisher, title: str, head: str, *body: str) -> str:
    style = element("style", STYLE % (by.colour, by.colour))
    icons = element("link", rel="icon", href="/favicon.ico") + element(
        "link", rel="apple-touch-icon", href="/apple-touch-icon.png"
    )
    named = title if title == by.name else f"{title} | {by.name}"
    metas = element("meta", charset="utf-8"), text_element("title", named)
    view = element("meta", name="viewport", content="width=device-width, initial-scale=1")
    banner = element(
        "header",
        element("a", text_element("b", by.name), href="/"),
        " ",
        text_element("i", by.motto),
    )
    whole = element("head", *metas, view, icons, head, style) + element("body", banner, *body)
    return f'<!doctype html>\n<html lang="en">{whole}</html>\n'


def _article_head(plan: NewsroomPlan, by: Publisher, piece: Piece) -> str:
    graph = {
        "og:type": "video.other" if piece.video else "article",
        "og:title": piece.title,
        "og:description": piece.excerpt,
        "og:url": plan.page_url(piece),
        "og:site_name": by.name,
        "og:image": plan.picture_url(piece),
        "og:image:width": str(PICTURE_WIDTH) if plan.picture_url(piece) else None,
        "og:image:height": str(PICTURE_HEIGHT) if plan.picture_url(piece) else None,
        "article:published_time": rfc3339(plan.time(piece.at_s)),
        "article:modified_time": rfc3339(plan.time(piece.changed_s)),
    }
    links = {"canonical": plan.page_url(piece), "amphtml": plan.amp_url(piece)}
    return "".join(
        [
            *(element("link", rel=rel, href=href) for rel, href in links.items() if href),
            *(element("meta", property=key, content=value) for key, value in graph.items() if value),
            element("meta", name="description", content=piece.excerpt),
            element("script", _json_ld(plan, by, piece), type="application/ld+json"),
        ]
    )


def _json_ld(plan: NewsroomPlan, by: Publisher, piece: Piece) -> str:
    """Return the piece as schema.org has it; ``<`` is written so that it cannot end the script."""
    picture_url = plan.picture_url(piece)
    mark = {
        "@type": "ImageObject",
        "url": plan.url(by.id, "/logo.png"),
        "width": LOGO_PIXELS,
        "height": LOGO_PIXELS,
    }
    data = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "mainEntityOfPage": plan.page_url(piece),
        "headline": piece.title,
        "description": piece.excerpt,
        "datePublished": rfc3339(plan.time(piece.at_s)),
        "dateModified": rfc3339(plan.time(piece.changed_s)),
        "author": [{"@type": "Person", "name": piece.author}] if piece.author else None,
        "image": _image_object(picture_url) if picture_url else None,
        "publisher": {"@type": "NewsMediaOrganization", "name": by.name, "logo": mark},
    }
    known = {key: value for key, value in data.items() if value is not None}
    return json.dumps(known, ensure_ascii=False).replace("<", "\\u003c")


def _image_object(url: str) -> dict[str, object]:
    return {"@type": "ImageObject", "url": url, "width": PICTURE_WIDTH, "height": PICTURE_HEIGHT}


def _when(plan: NewsroomPlan, piece: Piece) -> str:
    at = plan.time(piece.at_s)
    return text_element("time", f"{at:%d %B %Y, %H:%M} UTC", datetime=rfc3339(at))


def _article_body(plan: NewsroomPlan, piece: Piece) -> list[str]:
    picture_url = plan.picture_url(piece)
    picture = element("img", src=picture_url, width=PICTURE_WIDTH, height=PICTURE_HEIGHT, alt="")
    byline = f"By {piece.author} · " if piece.author else ""
    return [
        element("p", escape(byline), _when(plan, piece), class_="by"),
        embed(piece) or (picture if picture_url else ""),
        text_element("p", dateline(piece) + piece.excerpt),
        text_element("p", piece.body),
    ]
