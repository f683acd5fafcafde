"""JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/), strict about nothing."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from aggregator.errors import ParseError
from aggregator.html import is_marked_up, plain_text
from aggregator.model import DocumentProblem, Enclosure, Entry, Image, ParsedFeed
from aggregator.parse.addresses import repair_address
from aggregator.parse.dates.dates import parse_date
from aggregator.parse.documents.deleted_entries import read_json_deleted
from aggregator.parse.documents.hubs import read_json_hubs
from aggregator.parse.documents.json_repair import read_json
from aggregator.parse.documents.messages import LOOK
from aggregator.parse.documents.repair import MAX_ENTRIES
from aggregator.parse.entry import bound_id, count_entries, looks_like_address, write_html
from aggregator.parse.media import MAX_ATTACHMENTS, is_image, is_video, make_enclosure
from aggregator.parse.people.names import clean_language, read_authors
from aggregator.urls import absolute_url

_MAX_TITLE_CHARS = 5_000

Item = Mapping[str, Any]


def parse_json(text: str, *, url: str) -> ParsedFeed:
    """Return the feed in a JSON document that was found at ``url`` ("" where that is unknown).

    Raises ParseError where the text is no JSON, or no JSON Feed. Items that are no objects are left
    out, with a problem.
    """
    feed, mended = _load(text, url)
    listed: list[object] = feed["items"]
    objects = [item for item in listed[:MAX_ENTRIES] if isinstance(item, Mapping)]
    items = [item for item in objects if item.get("_deleted") is not True]
    marked = [{"id": _get_text(item, "id")} for item in objects if item.get("_deleted") is True]
    site_url = repair_address(_get_address(feed, "home_page_url"), url)
    entries = tuple(_read_entry(item, feed=feed, base_url=site_url or url) for item in items)
    return ParsedFeed(
        format="json",
        title=plain_text((_get_text(feed, "title") or "")[:_MAX_TITLE_CHARS]) or None,
        site_url=site_url,
        language=clean_language(_get_text(feed, "language")),
        entries=entries,
        problems=(*mended, *map(DocumentProblem, _describe_problems(listed, objects, entries))),
        hub_urls=read_json_hubs(feed.get("hubs"), url),
        self_url=absolute_url(url, _get_address(feed, "feed_url")),
        deleted=(*read_json_deleted(feed.get("_deleted")), *read_json_deleted({"items": marked})),
    )


def _load(text: str, url: str) -> tuple[Item, list[DocumentProblem]]:
    try:
        feed, mended = read_json(text)
    except RecursionError:
        raise ParseError(url, f"JSON nested too deeply: {LOOK}") from None
    except ValueError as error:
        raise ParseError(url, f"not well-formed JSON ({error}): {LOOK}") from error
    if not isinstance(feed, Mapping) or not isinstance(feed.get("items"), list):
        raise ParseError(url, f'JSON, but no JSON Feed, it has no list "items": {LOOK}')
    return feed, mended


def _describe_problems(
    listed: list[object], objects: list[Item], entries: tuple[Entry, ...]
) -> Iterable[str]:
    if len(listed) > MAX_ENTRIES:
        yield f"{count_entries(len(listed) - MAX_ENTRIES)} too many, left out"
    if wrong := min(len(listed), MAX_ENTRIES) - len(objects):
        yield f"{count_entries(wrong)} that are no objects, left out"
    undated = sum(entry.published_at is None and entry.updated_at is None for entry in entries)
    if undated:
        yield f"{count_entries(undated)} without a date that can be read"


def _read_entry(item: Item, *, feed: Item, base_url: str) -> Entry:
    title = (_get_text(item, "title") or "")[:_MAX_TITLE_CHARS] or None
    attachments = _read_attachments(item)
    language = clean_language(_get_text(item, "language"))
    hint = language or clean_language(_get_text(feed, "language"))
    item_id = _get_text(item, "id")
    return Entry(
        base_url=base_url,
        entry_id=bound_id(item_id),
        link=_get_address(item, "url") or _get_address(item, "external_url"),
        permalink=item_id if looks_like_address(item_id) else None,
        title=title,
        title_is_html=title is not None and is_marked_up(title),
        summary_html=_read_html(_get_text(item, "summary")),
        content_html=_read_content_html(item),
        published_at=parse_date(_get_text(item, "date_published") or "", hint),
        updated_at=parse_date(_get_text(item, "date_modified") or "", hint),
        authors=_find_authors(item) or _find_authors(feed),
        language=language,
        images=_read_images(item, attachments),
        enclosures=attachments,
        is_video=any(is_video(one.mime_type, one.url) for one in attachments),
    )


def _get_text(item: Item, key: str) -> str | None:
    """Return a value as text: numbers stand where the specification wants strings."""
    value = item.get(key)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return repr(value) if abs(value) < 1e18 else None
    return value.strip() or None if isinstance(value, str) else None


def _get_address(item: Item, key: str) -> str | None:
    value = item.get(key)
    if isinstance(value, Mapping):
        value = value.get("url")
    return value.strip() or None if isinstance(value, str) else None


def _read_html(text: str | None) -> str | None:
    return write_html(text, is_html=False) if text else None


def _read_content_html(item: Item) -> str | None:
    html = _get_text(item, "content_html")
    return write_html(html, is_html=True) if html else _read_html(_get_text(item, "content_text"))


def _find_authors(holder: Item) -> tuple[str, ...]:
    return read_authors(_find_names(holder.get("authors"))) or read_authors(_find_names(holder.get("author")))


def _find_names(said: object) -> Iterator[str | None]:
    """Yield the names in a list of authors, in one alone, and in an object of several by number."""
    if isinstance(said, Mapping) and "name" not in said:
        said = [one for one in said.values() if isinstance(one, Mapping)]
    for one in said if isinstance(said, list) else [said]:
        yield _get_text(one, "name") if isinstance(one, Mapping) else one if isinstance(one, str) else None


def _read_attachments(item: Item) -> tuple[Enclosure, ...]:
    listed = item.get("attachments")
    found = (
        make_enclosure(one.get("url"), one.get("mime_type"), one.get("size_in_bytes"))
        for one in (listed if isinstance(listed, list) else ())[:MAX_ATTACHMENTS]
        if isinstance(one, Mapping)
    )
    return tuple(enclosure for enclosure in found if enclosure)


def _read_images(item: Item, attachments: tuple[Enclosure, ...]) -> tuple[Image, ...]:
    own = (_get_address(item, key) for key in ("image", "banner_image"))
    attached = (one.url for one in attachments if is_image(one.mime_type, one.url))
    return tuple(Image(url=url) for url in (*own, *attached) if url)
