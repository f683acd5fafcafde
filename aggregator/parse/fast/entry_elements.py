"""One entry as feedparser gives it, built from its elements one by one.

Only what is certain: whatever feedparser might take otherwise raises ``UncertainError``.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from aggregator.parse.documents.feedparser_setup import is_guid_permalink
from aggregator.parse.documents.item_pictures import PICTURE
from aggregator.parse.entry import OTHER_DATES
from aggregator.parse.fast.entry_spans import Attributes, find_language
from aggregator.parse.fast.feedparser_text import (
    UncertainError,
    add_href,
    add_link,
    check_address,
    looks_like_html,
    mend_text,
)

CONTAINERS = frozenset({"media_group", "media_content"})
"""What stands in these elements counts as the entry's own."""
WITHIN = frozenset({*CONTAINERS, "media_title", "media_description", "media_thumbnail", "media_player"})
"""What is read in them; of any other element the place would matter."""
USED = frozenset({
    *OTHER_DATES,
    "id", "link", "links", "title", "title_detail", "summary", "summary_detail", "content", "published",
    "updated", "created", "author", "author_detail", "authors", "publishers", "contributors", "language",
    "media_content", "media_thumbnail", "media_player", "image", "source", "feedburner_origlink",
    "permalink", PICTURE, "itunes_summary", "itunes_summary_detail", "media_description",
    "media_description_detail",
})  # fmt: skip
"""What is read of an entry, or decides how something else is."""

_TEXT_TYPES = {
    "text": "text/plain", "plain": "text/plain", "text/plain": "text/plain",
    "html": "text/html", "text/html": "text/html",
}  # fmt: skip
_LOOSE_ENTITY = re.compile(r"&([A-Za-z0-9_]+);")
_LANGUAGES = frozenset({"lang", "xml:lang"})


class EntryBuilder:
    """Builds an entry; ``fields`` are named as feedparser names them.

    ``is_atom`` says whether the document is, ``language`` is what holds where the entry begins.
    """

    def __init__(self, attributes: Attributes, *, is_atom: bool, language: str | None) -> None:
        self.fields: dict[str, Any] = {}
        self._is_atom = is_atom
        self._language = find_language(language, [attributes]) if attributes else language
        self.has_content = False
        self.is_identified = False
        self.has_author = False  # in one text: feedparser would mix up its parts with authors that follow
        if "lastmod" in attributes or "href" in attributes:
            raise UncertainError
        if about := attributes.get("rdf:about"):
            self.fields["id"] = about

    def start_element(self, key: str, attributes: Attributes) -> None:
        """Take what an element says before its text."""
        if key in CONTAINERS and attributes.keys() & _LANGUAGES:
            raise UncertainError
        if key == "media_content":
            self.fields.setdefault("media_content", []).append(attributes)
        elif key in AUTHORS:
            self.fields.setdefault("authors", []).append({})

    def name_author(self, key: str, text: str) -> None:
        """Take a name, an e-mail address or a page of the author that was started last."""
        author = self.fields["authors"][-1]
        before = self.fields.get("author")
        if self.has_author or key in author or (not author and before and (key != "name" or "@" in before)):
            raise UncertainError
        author[key] = check_address(mend_text(text)) if key == "uri" else text.strip()

    def end_author(self) -> None:
        """Take the end of an author who is given in parts."""
        author = self.fields["authors"][-1]
        name, email = author.get("name"), author.get("email")
        self.fields["author"] = f"{name} ({email})" if name and email else name or email or ""

    def make_detail(self, text: str, attributes: Attributes, default: str) -> dict[str, str | None]:
        """Return a text with what it is, ``default`` where it does not say; raises UncertainError."""
        kind, value = _TEXT_TYPES.get(attributes.get("type", default)), mend_text(text)
        if kind is None:
            raise UncertainError
        if kind == "text/plain" and not self._is_atom and looks_like_html(text.strip()):
            kind = "text/html"
        language = find_language(self._language, [attributes]) if attributes else self._language
        return {"type": kind, "language": language, "base": "", "value": value}


def _take_title(entry: EntryBuilder, text: str, attributes: Attributes) -> None:
    known = entry.fields.get("title")
    if known is not None and (not known or "source" in entry.fields):
        raise UncertainError
    if known is None:
        detail = entry.make_detail(text, attributes, "text/plain")
        entry.fields["title"], entry.fields["title_detail"] = detail["value"], detail


def _take_media_title(entry: EntryBuilder, text: str, attributes: Attributes) -> None:
    if not entry.fields.get("title"):
        raise UncertainError
    _take_title(entry, text, attributes)


def _take_description(
    entry: EntryBuilder, text: str, attributes: Attributes, default: str = "text/html"
) -> None:
    if "summary" in entry.fields and not entry.has_content:
        _take_content(entry, text, attributes)
        return
    if "summary_detail" in entry.fields:
        raise UncertainError
    detail = entry.make_detail(text, attributes, default)
    entry.fields["summary"], entry.fields["summary_detail"] = detail["value"], detail


def _take_summary(entry: EntryBuilder, text: str, attributes: Attributes) -> None:
    _take_description(entry, text, attributes, "text/plain")


def _take_content(
    entry: EntryBuilder, text: str, attributes: Attributes, default: str = "text/plain"
) -> None:
    detail = entry.make_detail(text, attributes, default)
    if attributes.get("src"):
        detail["src"] = attributes["src"]
    entry.has_content = True
    entry.fields.setdefault("content", []).append(detail)
    entry.fields.setdefault("summary", detail["value"])


def _take_encoded(entry: EntryBuilder, text: str, attributes: Attributes) -> None:
    if "src" in attributes:
        raise UncertainError
    _take_content(entry, text, attributes, "text/html")


def _take_id(entry: EntryBuilder, text: str, attributes: Attributes) -> None:
    if entry.is_identified:
        raise UncertainError
    is_link = attributes.get("ispermalink", "true") == "true"
    entry.is_identified = True
    entry.fields["id"] = mend_text(check_address(text)) if is_link else mend_text(text)
    if is_guid_permalink(attributes.get("ispermalink")):
        entry.fields["permalink"] = entry.fields["id"]
    if is_link:
        entry.fields.setdefault("link", entry.fields["id"])


def _take_link(entry: EntryBuilder, text: str, attributes: Attributes) -> None:
    link = add_link(entry.fields, attributes)
    if "href" in link:
        return
    page = mend_text(check_address(text))
    if "&" in page:
        page = _LOOSE_ENTITY.sub(r"&\1", page.replace("&amp;", "&"))
    entry.fields["link"] = page
    if page:
        link["href"] = page


def _take_enclosure(entry: EntryBuilder, _: str, attributes: Attributes) -> None:
    entry.fields.setdefault("links", []).append({**add_href(attributes), "rel": "enclosure"})


def _take_author(entry: EntryBuilder, text: str, _: Attributes) -> None:
    author = entry.fields["author"] = mend_text(text)
    entry.has_author = True
    several = len(entry.fields["authors"]) > 1
    if several and ("@" in author or any("@" in one.get("name", "") for one in entry.fields["authors"])):
        raise UncertainError
    if author:
        entry.fields["authors"][-1]["name"] = author


def _take_source(entry: EntryBuilder, text: str, attributes: Attributes) -> None:
    href, title = attributes.get("url"), mend_text(text)
    source = {} if href is None else {"href": href}
    entry.fields["source"] = {**source, "title": title} if title else source


def _take_thumbnail(entry: EntryBuilder, text: str, attributes: Attributes) -> None:
    if url := mend_text(check_address(text)):
        attributes.setdefault("url", url)
    entry.fields.setdefault("media_thumbnail", []).append(attributes)


def _take_picture(entry: EntryBuilder, _: str, attributes: Attributes) -> None:
    entry.fields.setdefault(PICTURE, []).append(attributes)


def _take_player(entry: EntryBuilder, text: str, attributes: Attributes) -> None:
    if attributes.keys() >= {"url", "href"} or "content" in attributes:
        raise UncertainError
    entry.fields["media_player"] = {**attributes, "content": text.strip()}


def _take_episode_image(entry: EntryBuilder, _: str, attributes: Attributes) -> None:
    if url := attributes.get("href") or attributes.get("url"):
        entry.fields["image"] = {"href": url}


def _take_own_text(name: str, default: str) -> Callable[[EntryBuilder, str, Attributes], None]:
    def keep(entry: EntryBuilder, text: str, attributes: Attributes) -> None:
        if name in entry.fields:
            raise UncertainError
        detail = entry.make_detail(text, attributes, default)
        entry.fields[name], entry.fields[f"{name}_detail"] = detail["value"], detail

    return keep


def _check_text(entry: EntryBuilder, text: str, attributes: Attributes) -> None:
    entry.make_detail(text, attributes, "text/plain")


def _take_date(name: str) -> Callable[[EntryBuilder, str, Attributes], None]:
    def keep(entry: EntryBuilder, text: str, _: Attributes) -> None:
        if "/" in text:  # feedparser breaks on a thirteenth month of one such way to write dates
            raise UncertainError
        entry.fields[name] = mend_text(text)

    return keep


def _take_text(name: str) -> Callable[[EntryBuilder, str, Attributes], None]:
    def keep(entry: EntryBuilder, text: str, _: Attributes) -> None:
        entry.fields[name] = mend_text(text)

    return keep


def _take_bare_text(name: str) -> Callable[[EntryBuilder, str, Attributes], None]:
    """Take the text of an element unknown to feedparser, which would keep attributes in its place."""

    def keep(entry: EntryBuilder, text: str, attributes: Attributes) -> None:
        if attributes:
            raise UncertainError
        entry.fields[name] = mend_text(text)

    return keep


AUTHORS = frozenset({"author", "dc_author", "dc_creator", "itunes_author"})
_PUBLISHED = ("pubdate", "published", "issued", "dcterms_issued")
_UPDATED = ("updated", "modified", "lastbuilddate", "dc_date", "dcterms_modified")
_CHECKED = ("subtitle", "tagline", "itunes_subtitle", "rights", "copyright", "dc_rights")
"""Texts that are not used; feedparser reads them as it reads titles, so they must be as plain."""
_CREATED = ("created", "dcterms_created")

ELEMENTS: Mapping[str, Callable[[EntryBuilder, str, Attributes], None]] = {
    "title": _take_title,
    "dc_title": _take_title,
    "media_title": _take_media_title,
    "description": _take_description,
    "dc_description": _take_description,
    "media_description": _take_own_text("media_description", "text/html"),
    "summary": _take_summary,
    "itunes_summary": _take_own_text("itunes_summary", "text/plain"),
    "content": _take_content,
    "content_encoded": _take_encoded,
    "guid": _take_id,
    "id": _take_id,
    "link": _take_link,
    "enclosure": _take_enclosure,
    "source": _take_source,
    "media_thumbnail": _take_thumbnail,
    "media_player": _take_player,
    PICTURE: _take_picture,
    "itunes_image": _take_episode_image,
    "language": _take_text("language"),
    "dc_language": _take_text("language"),
    **{name: _take_bare_text(name) for name in ("feedburner_origlink", *OTHER_DATES)},
    **dict.fromkeys(AUTHORS, _take_author),
    **dict.fromkeys(_PUBLISHED, _take_date("published")),
    **dict.fromkeys(_UPDATED, _take_date("updated")),
    **dict.fromkeys(_CREATED, _take_date("created")),
    **dict.fromkeys(_CHECKED, _check_text),
}
"""What takes each element that holds nothing but text into the entry that it stands in."""
TAKEN = frozenset({*ELEMENTS, *CONTAINERS})
"""What is taken right below an entry."""
OPENED = AUTHORS | CONTAINERS
"""What says something before its text."""
