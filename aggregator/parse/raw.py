"""One entry written down as feedparser writes it, from its elements one by one.

Only what is certain: whatever feedparser might take otherwise raises ``Uncertain``.
"""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from html.entities import entitydefs
from typing import Any

Attributes = dict[str, str]

CONTAINERS = frozenset({"media_group", "media_content"})
"""What stands in these elements counts as the entry's own."""
USED = frozenset({
    "id", "link", "links", "title", "title_detail", "summary", "summary_detail", "subtitle", "content",
    "published", "updated", "created", "author", "author_detail", "authors", "language", "media_content",
    "media_thumbnail", "media_player", "image", "source", "feedburner_origlink",
})  # fmt: skip
"""What is read of an entry, or decides how something else is."""

_TEXT_TYPES = {
    "text": "text/plain", "plain": "text/plain", "text/plain": "text/plain",
    "html": "text/html", "text/html": "text/html",
}  # fmt: skip
_TAG_OR_ENTITY = re.compile(r"</(\w+)>|&#?\w+;")
_NAMED = re.compile(r"&(\w+);")
_LOOSE_ENTITY = re.compile(r"&([A-Za-z0-9_]+);")
_MANY_SLASHES = re.compile(r"[A-Za-z][A-Za-z0-9+-.]*:///")
_WINDOWS = re.compile("[\x80-\x9f]")


class Uncertain(Exception):
    """What feedparser would make of this is not known here."""


class RawEntry:
    """An entry that grows; ``fields`` are named as feedparser names them.

    ``is_atom`` tells of the document's version, ``language`` is what holds where the entry begins.
    """

    def __init__(self, attributes: Attributes, *, is_atom: bool, language: str | None) -> None:
        self.fields: dict[str, Any] = {}
        self._is_atom = is_atom
        self._language = language
        self._has_content = False
        self._is_identified = False
        if attributes.keys() & {"lastmod", "href"}:
            raise Uncertain
        if about := attributes.get("rdf:about"):
            self.fields["id"] = about

    def open(self, key: str, attributes: Attributes) -> None:
        """Take what an element says before its text."""
        if key == "media_content":
            self.fields.setdefault("media_content", []).append(attributes)
        elif key in AUTHORS:
            self.fields.setdefault("authors", []).append({})

    def close(self, key: str, text: str, attributes: Attributes) -> None:
        """Take an element that holds nothing but text."""
        ELEMENTS[key](self, text, attributes)

    def name_author(self, key: str, text: str) -> None:
        """Take a name, an e-mail address or a page of the author that was begun last."""
        author = self.fields["authors"][-1]
        before = self.fields.get("author")
        if key in author or (not author and before and (key != "name" or "@" in before)):
            raise Uncertain
        author[key] = _resolved(_text(text)) if key == "uri" else text.strip()

    def end_author(self) -> None:
        """Take the end of an author who was told in parts."""
        author = self.fields["authors"][-1]
        name, email = author.get("name"), author.get("email")
        self.fields["author"] = f"{name} ({email})" if name and email else name or email or ""

    def take_title(self, text: str, attributes: Attributes) -> None:
        known = self.fields.get("title")
        if known is not None and (not known or "source" in self.fields):
            raise Uncertain
        if known is None:
            detail = self._detail(text, attributes, "text/plain")
            self.fields["title"], self.fields["title_detail"] = detail["value"], detail

    def take_media_title(self, text: str, attributes: Attributes) -> None:
        if not self.fields.get("title"):
            raise Uncertain
        self.take_title(text, attributes)

    def take_description(self, text: str, attributes: Attributes, default: str = "text/html") -> None:
        if "summary" in self.fields and not self._has_content:
            self.take_content(text, attributes)
            return
        if "summary_detail" in self.fields:
            raise Uncertain
        detail = self._detail(text, attributes, default)
        self.fields["summary"], self.fields["summary_detail"] = detail["value"], detail

    def take_summary(self, text: str, attributes: Attributes) -> None:
        self.take_description(text, attributes, "text/plain")

    def take_content(self, text: str, attributes: Attributes, default: str = "text/plain") -> None:
        detail = self._detail(text, attributes, default)
        if attributes.get("src"):
            detail["src"] = attributes["src"]
        self._has_content = True
        self.fields.setdefault("content", []).append(detail)
        self.fields.setdefault("summary", detail["value"])

    def take_encoded(self, text: str, attributes: Attributes) -> None:
        if "src" in attributes:
            raise Uncertain
        self.take_content(text, attributes, "text/html")

    def _detail(self, text: str, attributes: Attributes, default: str) -> dict[str, str | None]:
        kind, value = _TEXT_TYPES.get(attributes.get("type", default)), _text(text)
        if kind is None:
            raise Uncertain
        if kind == "text/plain" and not self._is_atom and _looks_like_html(value):
            kind = "text/html"
        return {"type": kind, "language": self._language, "base": "", "value": value}

    def take_id(self, text: str, attributes: Attributes) -> None:
        if self._is_identified:
            raise Uncertain
        is_link = attributes.get("ispermalink", "true") == "true"
        self._is_identified = True
        self.fields["id"] = _text(_resolved(text)) if is_link else _text(text)
        if is_link:
            self.fields.setdefault("link", self.fields["id"])

    def take_link(self, text: str, attributes: Attributes) -> None:
        link = {"rel": "alternate", **attributes}
        link.setdefault("type", "application/atom+xml" if link["rel"] == "self" else "text/html")
        link = _with_href(link)
        self.fields.setdefault("links", []).append(link)
        if "href" in link:
            link["href"] = _resolved(link["href"])
            if link["rel"] == "alternate" and link["type"] in _PAGES:
                self.fields["link"] = link["href"]
            return
        page = _LOOSE_ENTITY.sub(r"&\1", _text(_resolved(text)).replace("&amp;", "&"))
        self.fields["link"] = page
        if page:
            link["href"] = page

    def take_enclosure(self, _: str, attributes: Attributes) -> None:
        self.fields.setdefault("links", []).append({**_with_href(attributes), "rel": "enclosure"})

    def take_author(self, text: str, _: Attributes) -> None:
        author = self.fields["author"] = _text(text)
        several = len(self.fields["authors"]) > 1
        if several and ("@" in author or any("@" in one.get("name", "") for one in self.fields["authors"])):
            raise Uncertain
        if author:
            self.fields["authors"][-1]["name"] = author

    def take_source(self, text: str, attributes: Attributes) -> None:
        href, title = attributes.get("url"), _text(text)
        source = {} if href is None else {"href": href}
        self.fields["source"] = {**source, "title": title} if title else source

    def take_thumbnail(self, text: str, attributes: Attributes) -> None:
        if url := _resolved(text.strip()):
            attributes.setdefault("url", url)
        self.fields.setdefault("media_thumbnail", []).append(attributes)

    def take_player(self, text: str, attributes: Attributes) -> None:
        if attributes.keys() >= {"url", "href"} or "content" in attributes:
            raise Uncertain
        self.fields["media_player"] = {**attributes, "content": text.strip()}

    def take_episode_image(self, _: str, attributes: Attributes) -> None:
        if url := attributes.get("href") or attributes.get("url"):
            self.fields["image"] = {"href": url}


def _kept(name: str) -> Callable[[RawEntry, str, Attributes], None]:
    def keep(entry: RawEntry, text: str, _: Attributes) -> None:
        entry.fields[name] = _text(text)

    return keep


def _original_link(entry: RawEntry, text: str, attributes: Attributes) -> None:
    if attributes:
        raise Uncertain
    entry.fields["feedburner_origlink"] = _text(text)


def _text(text: str) -> str:
    stripped = text.strip()
    if stripped.isascii():
        return stripped
    with suppress(UnicodeError):
        stripped = stripped.encode("latin-1").decode("utf-8")
    if _WINDOWS.search(stripped):
        raise Uncertain
    return stripped


def _resolved(url: str) -> str:
    """Return an address as feedparser resolves it where there is no base."""
    if _MANY_SLASHES.match(url.strip()):
        raise Uncertain
    return url


def _with_href(attributes: Attributes) -> Attributes:
    href = attributes.get("url", attributes.get("uri", attributes.get("href")))
    if not href:
        return attributes
    return {**{name: value for name, value in attributes.items() if name not in ("url", "uri")}, "href": href}


def _looks_like_html(text: str) -> bool:
    if not _TAG_OR_ENTITY.search(text):
        return False
    if "<" in text:
        raise Uncertain
    return all(name in entitydefs for name in _NAMED.findall(text))


_PAGES = frozenset({"html", "xhtml", "text/html", "application/xhtml+xml"})
AUTHORS = frozenset({"author", "dc_author", "dc_creator", "itunes_author"})
_PUBLISHED = ("pubdate", "published", "issued", "dcterms_issued")
_UPDATED = ("updated", "modified", "lastbuilddate", "dc_date", "dcterms_modified")
_CREATED = ("created", "dcterms_created")

ELEMENTS: Mapping[str, Callable[[RawEntry, str, Attributes], None]] = {
    "title": RawEntry.take_title,
    "dc_title": RawEntry.take_title,
    "media_title": RawEntry.take_media_title,
    "description": RawEntry.take_description,
    "dc_description": RawEntry.take_description,
    "summary": RawEntry.take_summary,
    "itunes_summary": RawEntry.take_summary,
    "content": RawEntry.take_content,
    "content_encoded": RawEntry.take_encoded,
    "guid": RawEntry.take_id,
    "id": RawEntry.take_id,
    "link": RawEntry.take_link,
    "enclosure": RawEntry.take_enclosure,
    "source": RawEntry.take_source,
    "media_thumbnail": RawEntry.take_thumbnail,
    "media_player": RawEntry.take_player,
    "itunes_image": RawEntry.take_episode_image,
    "language": _kept("language"),
    "dc_language": _kept("language"),
    "feedburner_origlink": _original_link,
    **dict.fromkeys(AUTHORS, RawEntry.take_author),
    **dict.fromkeys(_PUBLISHED, _kept("published")),
    **dict.fromkeys(_UPDATED, _kept("updated")),
    **dict.fromkeys(_CREATED, _kept("created")),
}
"""What each element does to the entry that it stands in."""
