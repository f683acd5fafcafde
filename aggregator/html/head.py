"""What the head of an article's page says: links, Open Graph, JSON-LD, language."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from aggregator.html.images import pixels
from aggregator.html.markup import find_elements
from aggregator.html.text_content import decode_text
from aggregator.model import Image
from aggregator.urls import absolute_url

_ROBOT_RULES = re.compile(
    r"\bno(?:ne|snippet|archive|cache|index|imageindex)\b|\bmax-(?:snippet|image-preview|video-preview)\b|\bunavailable_after\b",
    re.IGNORECASE,
)
MAX_HEAD = 1_000_000
"""Characters of a page that are looked at: what we read stands in its head or shortly after."""
_MAX_SCRIPTS = 20
_MAX_DEPTH = 12

_HTML_TAG = re.compile(r"<html\b([^>]{0,2000})>", re.IGNORECASE)
_AMP = re.compile(r"(?:^|\s)(?:amp|\u26a1\ufe0f?)(?=[\s=/]|$)", re.IGNORECASE)
_LANG = re.compile(r"""(?:^|\s)lang\s*=\s*["']?([A-Za-z0-9-]{2,20})""", re.IGNORECASE)
_JSON_LD = re.compile(
    r"""<script\b[^>]{0,500}\btype\s*=\s*["']?application/ld\+json["']?[^>]{0,500}>(.*?)</script""",
    re.IGNORECASE | re.DOTALL,
)
_ARTICLES = frozenset(
    ("Article", "NewsArticle", "BlogPosting", "ReportageNewsArticle", "AnalysisNewsArticle",
     "OpinionNewsArticle", "TechArticle", "ScholarlyArticle", "LiveBlogPosting", "VideoObject")
)  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Head:
    """What a page says of itself; addresses are absolute, dates as written, None where it says nothing.

    ``robots`` are names and contents of the elements that tell robots about reuse; a name may be anyone's.
    ``reservations`` are those of text and data mining, ``licenses`` addresses of licences in RSL.
    """

    canonical: str | None = None
    amphtml: str | None = None
    is_amp: bool = False
    description: str | None = None
    site_name: str | None = None
    published: str | None = None
    language: str | None = None
    authors: tuple[str, ...] = ()
    images: tuple[Image, ...] = ()
    publisher: str | None = None
    logo: str | None = None
    robots: tuple[tuple[str, str], ...] = ()
    reservations: tuple[tuple[str, str], ...] = ()
    licenses: tuple[str, ...] = ()


def read_head(html: str, base_url: str) -> Head:
    """Return what the head of a page at ``base_url`` says; rubbish says nothing, and nothing raises."""
    html = html[:MAX_HEAD]
    opening = _HTML_TAG.search(html)
    attributes = opening[1] if opening else ""
    nodes = [(n.tag or "", n.attributes) for n in find_elements(html, ("base", "link", "meta"), until="body")]
    base = next((a.get("href") for tag, a in nodes if tag == "base" and a.get("href")), None)
    base_url = absolute_url(base_url, base) or base_url
    links, meta = _read_links(nodes), _read_meta(nodes)
    story = _find_article(html)
    language = _LANG.search(attributes)
    return Head(
        canonical=absolute_url(base_url, links.get("canonical")),
        amphtml=absolute_url(base_url, links.get("amphtml")),
        is_amp=bool(_AMP.search(attributes)),
        description=_read_text(meta.get("og:description") or meta.get("description")),
        site_name=_read_text(meta.get("og:site_name")),
        published=_read_text(story.get("datePublished")) or _read_text(meta.get("article:published_time")),
        language=language[1].lower() if language else None,
        authors=tuple(_read_names(story.get("author"))) or tuple(_read_names(meta.get("author"))),
        images=tuple(_read_images(story, meta, base_url)),
        publisher=next(_read_names(story.get("publisher")), None),
        logo=next((image.url for image in _read_pictures(_read_logo(story), base_url)), None),
        robots=tuple(_read_robots(nodes)),
        reservations=tuple((name, meta[name]) for name in ("tdm-reservation", "tdm-policy") if name in meta),
        licenses=tuple(_read_licenses(nodes, base_url)),
    )


def _read_links(nodes: Iterable[tuple[str, Mapping[str, str | None]]]) -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    for tag, attributes in nodes:
        if tag == "link":
            for rel in (attributes.get("rel") or "").lower().split():
                found.setdefault(rel, attributes.get("href"))
    return found


def _read_meta(nodes: Iterable[tuple[str, Mapping[str, str | None]]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for tag, attributes in nodes:
        name = (attributes.get("property") or attributes.get("name") or "").lower()
        if tag == "meta" and name and attributes.get("content"):
            found.setdefault(name, attributes.get("content") or "")
    return found


def _read_robots(nodes: Iterable[tuple[str, Mapping[str, str | None]]]) -> Iterator[tuple[str, str]]:
    for tag, attributes in nodes:
        name, content = attributes.get("name"), attributes.get("content")
        if tag == "meta" and name and content and _ROBOT_RULES.search(content):
            yield name, content


def _read_licenses(nodes: Iterable[tuple[str, Mapping[str, str | None]]], base_url: str) -> Iterator[str]:
    for tag, attributes in nodes:
        is_license = "license" in (attributes.get("rel") or "").lower().split()
        kind = (attributes.get("type") or "").strip().lower()
        if tag == "link" and is_license and kind == "application/rsl+xml":
            yield from filter(None, [absolute_url(base_url, attributes.get("href"))])


def _find_article(html: str) -> Mapping[str, Any]:
    """Return the first article that a JSON-LD block describes, at any depth of it."""
    for number, found in enumerate(_JSON_LD.finditer(html)):
        if number == _MAX_SCRIPTS:
            break
        try:
            document = json.loads(found[1].strip().removeprefix("<!--").removesuffix("-->"), strict=False)
        except (ValueError, RecursionError):
            continue
        story = next(_find_articles(document, _MAX_DEPTH), None)
        if story is not None:
            return story
    return {}


def _find_articles(value: Any, depth: int) -> Iterator[Mapping[str, Any]]:
    if depth == 0:
        return
    if isinstance(value, list):
        for inner in value:
            yield from _find_articles(inner, depth - 1)
    elif isinstance(value, dict):
        kinds = value.get("@type")
        if _ARTICLES & set(kinds if isinstance(kinds, list) else [kinds] if isinstance(kinds, str) else []):
            yield value
        for key in ("@graph", "mainEntity", "mainEntityOfPage"):
            yield from _find_articles(value.get(key), depth - 1)


def _read_text(value: Any) -> str | None:
    return decode_text(value[:5000]) or None if isinstance(value, str) else None


def _read_names(value: Any) -> Iterator[str]:
    for one in value if isinstance(value, list) else [value]:
        name = _read_text(one.get("name") if isinstance(one, dict) else one)
        if name and not name.startswith(("http://", "https://")) and len(name) <= 100:
            yield name


def _read_images(story: Mapping[str, Any], meta: Mapping[str, str], base_url: str) -> Iterator[Image]:
    yield from _read_pictures(story.get("image"), base_url)
    url = absolute_url(base_url, meta.get("og:image") or meta.get("og:image:url"))
    if url is not None:
        width, height = (pixels(meta.get(f"og:image:{side}")) for side in ("width", "height"))
        yield Image(url=url, width=width, height=height)


def _read_pictures(value: Any, base_url: str) -> Iterator[Image]:
    for one in value if isinstance(value, list) else [value]:
        fields = one if isinstance(one, dict) else {"url": one}
        address = fields.get("url") or fields.get("contentUrl")
        url = absolute_url(base_url, address) if isinstance(address, str) else None
        if url is not None:
            yield Image(
                url=url, width=_read_side(fields.get("width")), height=_read_side(fields.get("height"))
            )


def _read_side(value: Any) -> int | None:
    return pixels(value.get("value") if isinstance(value, dict) else value)


def _read_logo(story: Mapping[str, Any]) -> Any:
    publisher = story.get("publisher")
    return publisher.get("logo") if isinstance(publisher, dict) else None
