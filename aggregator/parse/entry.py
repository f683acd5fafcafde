"""From an entry as feedparser gives it to an ``Entry``."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from html import escape, unescape
from typing import Any

from aggregator.html import is_marked_up
from aggregator.model import Entry
from aggregator.parse.addresses import is_placeholder
from aggregator.parse.dates.dates import parse_date
from aggregator.parse.media import read_enclosures, read_images, read_media_files, read_video_embed
from aggregator.parse.people.names import clean_language, read_authors

MAX_ID_CHARS = 500
_PLACEHOLDER_CHARS = 25
_MAX_HTML_CHARS = 500_000
_MAX_TITLE_CHARS = 5_000

_TAG = re.compile(r"</[a-z][a-z0-9]{0,10}\s*>|<(?:br|hr|img|p|wbr)(?:\s[^<>]*)?/?>", re.IGNORECASE)
_NO_TEXT = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_ADDRESS = re.compile(r"https?://[^/]|www\.[\w-]+\.\w|<a\s[^<>]*href", re.IGNORECASE)
_HTML_TYPES = frozenset({"text/html", "application/xhtml+xml"})
_PAGE_TYPES = _HTML_TYPES | {None, "html"}
_READ_TYPES = _HTML_TYPES | {"text/plain"}
_PUBLISHED = ("published", "created")
OTHER_DATES = (
    "prism_publicationdate", "prism_coverdate", "dcterms_available", "dcterms_date", "dc_issued",
    "dc_available",
)  # fmt: skip
"""Publication days in the vocabularies of journals and libraries, as feedparser names them."""

Raw = dict[str, Any]


def read_entry(
    raw: Raw, *, base_url: str, url: str, language: str | None, feed_authors: tuple[str, ...] = ()
) -> Entry:
    """Return an entry that feedparser read as a record.

    ``base_url`` and ``language`` hold where the entry does not say its own, ``url`` is the document's;
    ``feed_authors`` stand in for missing authors (RFC 4287 section 4.1.2).
    """
    title, title_is_html = _read_title(raw)
    contents = _get_contents(raw)
    own_language = _find_language(raw, contents)
    has_video, embed_html = read_video_embed(raw)
    origin = _get_detail(raw, "source")
    base, link = _find_base(raw, contents), find_page_link(raw) or _find_content_source(contents)
    published_at, updated_at = _read_dates(raw, own_language or language)
    return Entry(
        base_url=base or base_url,
        has_own_base=base not in (None, url),
        entry_id=bound_id(_get_text(raw, "id")),
        link=link,
        permalink=_find_permalink(raw),
        original_link=_get_text(raw, "feedburner_origlink"),
        amp_link=_find_linked(raw, "amphtml"),
        title=title,
        title_is_html=title_is_html,
        summary_html=_read_summary_html(raw, contents),
        content_html=_read_content_html(raw, contents),
        published_at=published_at,
        updated_at=updated_at,
        authors=find_authors(raw) or feed_authors,
        language=own_language,
        images=read_images(raw),
        enclosures=read_enclosures(raw) or (() if link else read_media_files(raw)),
        embed_html=embed_html,
        is_video=has_video,
        origin_title=_get_text(origin, "title") if origin else None,
        origin_url=(_get_text(origin, "href") or _get_text(origin, "link")) if origin else None,
    )


def has_date_text(raw: Raw) -> bool:
    """Tell whether the entry states a date at all, readable or not."""
    return any(_get_text(raw, key) for key in (*_PUBLISHED, "updated", *OTHER_DATES))


def bound_id(entry_id: str | None) -> str | None:
    """Return the id as given, or its digest where it is too long or cannot be stored as text.

    None where it says that there is none.
    """
    if not entry_id or (len(entry_id) <= _PLACEHOLDER_CHARS and _is_no_id(entry_id)):
        return None
    if len(entry_id) <= MAX_ID_CHARS and not _NO_TEXT.search(entry_id):
        return entry_id
    return "sha256:" + hashlib.sha256(entry_id.encode("utf-8", "surrogatepass")).hexdigest()


def _is_no_id(entry_id: str) -> bool:
    return is_placeholder(entry_id) and not any(map(str.isdigit, entry_id))


def has_markup(text: str) -> bool:
    """Tell whether text that claims to be plain holds HTML all the same, perhaps escaped once more."""
    found = _TAG.search(text) if "<" in text else None
    return bool(found or ("&" in text and _TAG.search(unescape(text))))


def count_entries(number: int) -> str:
    """Return the number with its noun."""
    return "1 entry" if number == 1 else f"{number} entries"


def write_html(text: str, *, is_html: bool) -> str:
    """Return ``text`` as HTML: as it stands where it is HTML or holds markup, else escaped."""
    bounded = text[:_MAX_HTML_CHARS]
    return bounded if is_html or has_markup(bounded) else escape(bounded, quote=False)


def find_page_link(raw: Raw) -> str | None:
    """Return the page that an entry or a feed is about, as given; None where it names none.

    A guid without a link beside it counts only if it looks like an address, whatever isPermaLink says.
    """
    if link := _find_linked(raw, "alternate"):
        return link
    guid = _get_text(raw, "link")
    return guid if looks_like_address(guid) else None


def looks_like_address(text: str | None) -> bool:
    """Tell whether an id is written as the address of a page is."""
    return text is not None and _ADDRESS.match(text) is not None


def _get_text(raw: Raw, key: str) -> str | None:
    # dict.get, since feedparser's own falls back from ``updated`` to ``published``.
    value = dict.get(raw, key)
    return value.strip() or None if isinstance(value, str) else None


def _get_detail(raw: Raw, key: str) -> Raw:
    detail = dict.get(raw, key)
    return detail if isinstance(detail, dict) else {}


def _get_contents(raw: Raw) -> list[Raw]:
    found = raw.get("content")
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _read_title(raw: Raw) -> tuple[str | None, bool]:
    title = _get_text(raw, "title")
    if title is None:
        return None, False
    title = title[:_MAX_TITLE_CHARS]
    is_html = _get_detail(raw, "title_detail").get("type") in _HTML_TYPES
    return title, is_html or is_marked_up(title)


def _read_summary_html(raw: Raw, contents: Sequence[Raw]) -> str | None:
    """Return the summary; where there is none, that for podcast players, then that of a picture or video."""
    # Without a detail, feedparser copied the content.
    return (
        _read_html(raw, "summary")
        or _read_html(raw, "itunes_summary")
        or (None if contents else _read_html(raw, "media_description"))
    )


def _read_content_html(raw: Raw, contents: Sequence[Raw]) -> str | None:
    """Return the longest of the other texts."""
    texts = [
        (text, one.get("type") in _HTML_TYPES)
        for one in (*contents, *_find_other_texts(raw, contents))
        if one.get("type") in _READ_TYPES and (text := _get_text(one, "value"))
    ]
    if not texts:
        return None
    text, is_html = max(texts, key=lambda one: len(one[0]))
    return write_html(text, is_html=is_html)


def _find_other_texts(raw: Raw, contents: Sequence[Raw]) -> Iterator[Raw]:
    if "summary_detail" in raw and _get_text(raw, "summary") and _get_detail(raw, "summary_detail"):
        yield _get_detail(raw, "itunes_summary_detail")
        if not contents:
            yield _get_detail(raw, "media_description_detail")


def _read_html(raw: Raw, name: str) -> str | None:
    text = _get_text(raw, name)
    if text is None or not (detail := _get_detail(raw, f"{name}_detail")):
        return None
    return write_html(text, is_html=detail.get("type") in _HTML_TYPES)


def _find_base(raw: Raw, contents: Sequence[Raw]) -> str | None:
    details = (*contents, _get_detail(raw, "summary_detail"), _get_detail(raw, "title_detail"))
    stated = (detail for detail in details if detail.get("base"))
    return next((base for detail in stated if (base := _get_text(detail, "base"))), None)


def _find_language(raw: Raw, contents: Sequence[Raw]) -> str | None:
    if language := clean_language(_get_text(raw, "language")):
        return language
    details = (_get_detail(raw, "title_detail"), *contents, _get_detail(raw, "summary_detail"))
    stated = (_get_text(detail, "language") for detail in details if detail.get("language"))
    return next((language for tag in stated if (language := clean_language(tag))), None)


def _find_permalink(raw: Raw) -> str | None:
    if guid := _get_text(raw, "permalink"):
        return guid if looks_like_address(guid) else None
    entry_id, link = _get_text(raw, "id"), _get_text(raw, "link")  # of RSS 1.0 and Atom, too
    is_meant = looks_like_address(entry_id) and (link is None or is_placeholder(link))
    return entry_id if is_meant else None


def _find_content_source(contents: Iterable[Raw]) -> str | None:
    return next((src for one in contents if (src := _get_text(one, "src"))), None)


def _find_linked(raw: Raw, rel: str) -> str | None:
    found = raw.get("links")
    links = found if isinstance(found, list) else ()
    of_rel = [link for link in links if isinstance(link, dict) and link.get("rel") == rel]
    hrefs = [(href, link.get("type") in _PAGE_TYPES) for link in of_rel if (href := _get_text(link, "href"))]
    if len(hrefs) < 2:
        return hrefs[0][0] if hrefs else None
    hrefs = [one for one in hrefs if one[1]] or hrefs
    if len(hrefs) == 1:
        return hrefs[0][0]
    return next((href for href, _ in hrefs if not is_placeholder(href)), None)


def _read_dates(raw: Raw, language: str | None) -> tuple[datetime | None, datetime | None]:
    """Return when the entry was published, and when updated.

    The dates of journals count only where no other can be read: they name a day, often that of the
    printed issue.
    """
    published, updated = _read_date(raw, _PUBLISHED, language), _read_date(raw, ("updated",), language)
    return published or (None if updated else _read_date(raw, OTHER_DATES, language)), updated


def _read_date(raw: Raw, keys: Iterable[str], language: str | None) -> datetime | None:
    for key in keys:
        text = _get_text(raw, key)
        if text and (date := parse_date(text, language)):
            return date
    return None


def find_authors(raw: Raw) -> tuple[str, ...]:
    """Return the authors that a feed or an entry names."""
    found = raw.get("authors")
    listed = found if isinstance(found, list) else ()
    names = [_get_text(one, "name") for one in listed if isinstance(one, dict)]
    text = _get_text(raw, "author")
    if text and "@" in text:
        # feedparser cuts addresses in long top-level domains in two and leaves half in the name.
        names[-1:] = [text]
    return read_authors(names) or (read_authors([text]) if text and names != [text] else ())
