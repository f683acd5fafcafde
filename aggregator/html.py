"""HTML as feeds carry it: read for its text and pictures, sanitised for ours. Pure."""

import html as entities
import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import nh3
from selectolax.lexbor import LexborHTMLParser, LexborNode

from aggregator.model import Image
from aggregator.text import clean_text
from aggregator.urls import absolute_url, host_of

MAX_LENGTH = 500_000
"""Characters of a fragment that are looked at: titles, excerpts and first pictures stand well before."""

_MARKUP = re.compile(r"[<&]")
_BLOCK = re.compile(
    r"<(?=/?(?:address|article|aside|blockquote|br|caption|center|dd|div|dl|dt|figcaption|figure|footer|form"
    r"|h[1-6]|header|hr|li|main|nav|ol|option|p|pre|section|table|tbody|td|tfoot|th|thead|tr|ul)\b)",
    re.IGNORECASE,
)
_UNREAD = ["script", "style", "template", "noscript", "iframe", "object", "svg", "math", "title", "head"]
_TAG = re.compile(
    r"</?(?:a|abbr|b|big|blockquote|br|center|cite|code|del|div|em|figure|font|h[1-6]|hr|i|img|ins|li|ol|p|pre"
    r"|q|s|small|span|strike|strong|sub|sup|table|tbody|td|tr|tt|u|ul|script|style|iframe)(?:[\s/][^<>]*)?>",
    re.IGNORECASE,
)
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_ROUNDS = 3

_ALLOWED_TAGS = {
    "a", "b", "blockquote", "br", "code", "em", "figcaption", "figure", "h3", "h4", "i", "img", "li", "ol",
    "p", "pre", "strong", "sub", "sup", "ul",
}  # fmt: skip
_ALLOWED_ATTRIBUTES = {"a": {"href", "title"}, "img": {"src", "alt", "width", "height"}}

_TRACKER = re.compile(
    r"feedburner\.com/~|feedsportal\.com|doubleclick\.net|pixel\.wp\.com|stats\.wordpress\.com|feeds\.wordpress\.com"
    r"|google-analytics\.com|scorecardresearch\.com|quantserve\.com|pheedo\.com|pheedcontent\.com|mediafire\.com/pixel"
    r"|rss\.buysellads\.com|ads\.pheedo|pixel\.quantserve|/pixel(?:[./?]|$)|/(?:spacer|blank|clear|transparent|pixel|1x1|dot)\.(?:gif|png)"
    r"|/wp-includes/images/smilies/|s\.w\.org/images/core/emoji|feedads\.|/ad(?:s|server)/|share-?button|/count(?:er)?\.gif"
    r"|medium\.com/_/stat|counter\.theconversation|republish-counter|api\.follow\.it/track",
    re.IGNORECASE,
)
_SMALLEST_PX = 4
_PIXELS = re.compile(r"\s*(\d{1,5})(?:\.\d+)?(?:px)?\s*", re.IGNORECASE)

_PLAYERS = {
    "www.youtube.com": re.compile(r"/embed/[\w-]+"),
    "youtube.com": re.compile(r"/embed/[\w-]+"),
    "www.youtube-nocookie.com": re.compile(r"/embed/[\w-]+"),
    "player.vimeo.com": re.compile(r"/video/\d+"),
    "www.dailymotion.com": re.compile(r"/embed/video/\w+"),
    "geo.dailymotion.com": re.compile(r"/player(?:/\w+)?\.html"),
    "player.twitch.tv": re.compile(r"/"),
    "embed.ted.com": re.compile(r"/talks/[\w-]+"),
}
_FEED_TYPES = {"application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml"}


def plain_text(html: str) -> str:
    """Return the text of ``html`` on one line: no tags or scripts, entities decoded, also doubly encoded."""
    if not _MARKUP.search(html):
        return clean_text(html)
    text = _text_of(html[:MAX_LENGTH])
    for _ in range(_ROUNDS):
        decoded = _decoded(text)
        stripped = _text_of(decoded) if _TAG.search(decoded) else decoded
        if stripped == text:
            break
        text = stripped
    return clean_text(text)


def _text_of(html: str) -> str:
    tree = LexborHTMLParser(_BLOCK.sub(" <", html))
    tree.strip_tags([tag for tag in _UNREAD if tag != "head"])
    body = tree.body
    return body.text(deep=True) if body is not None else ""


def decode_text(text: str) -> str:
    """Return text that is not HTML on one line, entities decoded, doubly encoded ones too; ``<`` stays."""
    for _ in range(_ROUNDS):
        decoded = _decoded(text)
        if decoded == text:
            break
        text = decoded
    return clean_text(text)


def _decoded(text: str) -> str:
    return _ENTITY.sub(lambda found: entities.unescape(found[0]), text) if "&" in text else text


def sanitise_html(html: str) -> str:
    """Return ``html`` with nothing but plain formatting, links and pictures over http(s) and mailto."""
    return nh3.clean(
        html,
        tags=_ALLOWED_TAGS,
        attributes=_ALLOWED_ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer",
    )


def images_in(html: str, base_url: str) -> tuple[Image, ...]:
    """Return the pictures of ``html`` in order, absolute, sized where stated; without tracking pixels."""
    if "<img" not in html and "<IMG" not in html:
        return ()
    nodes = LexborHTMLParser(html[:MAX_LENGTH]).css("img")
    found = (_image(node, base_url) for node in nodes)
    return tuple(image for image in found if image is not None and not is_tracking_image(image))


def _image(node: LexborNode, base_url: str) -> Image | None:
    for address in _addresses(node):
        url = absolute_url(base_url, address)
        if url is not None:
            width, height = (pixels(node.attributes.get(name)) for name in ("width", "height"))
            return Image(url=url, width=width, height=height)
    return None


def _addresses(node: LexborNode) -> Iterator[str | None]:
    attributes = node.attributes
    # Pages that load pictures late put a placeholder into src.
    yield from (attributes.get(name) for name in ("data-src", "data-lazy-src", "data-original"))
    yield attributes.get("src")
    candidates = [part.split() for part in (attributes.get("srcset") or "").split(", ") if part.strip()]
    if candidates:
        yield max(candidates, key=_declared_size)[0]


def _declared_size(candidate: list[str]) -> float:
    try:
        return float(candidate[1][:-1])
    except (IndexError, ValueError):
        return 0.0


def pixels(value: object) -> int | None:
    """Return a size in pixels as an attribute states it, None where it is missing, relative or zero."""
    found = _PIXELS.fullmatch(str(value)) if value is not None else None
    return int(found[1]) or None if found else None


def is_tracking_image(image: Image) -> bool:
    """Tell whether a picture is there to count readers, to fill space, or to be an emoji."""
    sizes = (image.width, image.height)
    return any(size is not None and size < _SMALLEST_PX for size in sizes) or bool(_TRACKER.search(image.url))


def safe_embed(html: str) -> str | None:
    """Return the first player of a known video host in ``html`` as a frame of our own making, else None."""
    if "<" not in html:
        return None
    for node in LexborHTMLParser(html[:MAX_LENGTH]).css("iframe, embed"):
        frame = _frame(node.attributes.get("src") or "", node.attributes)
        if frame is not None:
            return frame
    return None


def embed_for(url: str) -> str | None:
    """Return a player frame for the address of a YouTube or Vimeo video page, else None."""
    parts = urlsplit(url)
    host = host_of(url).removeprefix("www.").removeprefix("m.")
    if host == "youtu.be":
        return _frame(f"https://www.youtube-nocookie.com/embed{parts.path}", {})
    if host == "youtube.com" and parts.path == "/watch":
        video = parse_qs(parts.query).get("v", [""])[0]
        return _frame(f"https://www.youtube-nocookie.com/embed/{video}", {})
    if host == "youtube.com" and parts.path.startswith("/shorts/"):
        return _frame(f"https://www.youtube-nocookie.com/embed/{parts.path[8:]}", {})
    if host == "vimeo.com" and parts.path[1:].isdigit():
        return _frame(f"https://player.vimeo.com/video{parts.path}", {})
    return None


def _frame(address: str, attributes: dict[str, str | None]) -> str | None:
    url = absolute_url("https://embed.invalid/", address)
    parts = urlsplit(url or "")
    player = _PLAYERS.get(parts.hostname or "")
    if url is None or player is None or not player.fullmatch(parts.path):
        return None
    width, height = pixels(attributes.get("width")) or 640, pixels(attributes.get("height")) or 360
    address = entities.escape(parts._replace(scheme="https").geturl(), quote=True)
    return (
        f'<iframe src="{address}" width="{width}" height="{height}" frameborder="0" allowfullscreen '
        'referrerpolicy="strict-origin-when-cross-origin"></iframe>'
    )


def feed_links(html: str, base_url: str) -> tuple[str, ...]:
    """Return the feeds that a page's ``link rel=alternate`` name, absolute, each once."""
    tree = LexborHTMLParser(html[:MAX_LENGTH])
    base = next((node.attributes.get("href") for node in tree.css("base[href]")), None)
    base_url = absolute_url(base_url, base) or base_url
    links = (node.attributes for node in tree.css("link[rel][href]"))
    found = (absolute_url(base_url, link.get("href")) for link in links if _names_feed(link))
    return tuple(dict.fromkeys(url for url in found if url))


def _names_feed(link: dict[str, str | None]) -> bool:
    kind = (link.get("type") or "").partition(";")[0].strip().lower()
    if "alternate" not in (link.get("rel") or "").lower().split():
        return False
    hint = f"{link.get('href')} {link.get('title')}".lower()
    return kind in _FEED_TYPES or (kind == "application/json" and "feed" in hint)
