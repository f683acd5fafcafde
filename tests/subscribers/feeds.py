"""What a reader of feeds takes from a document, read strictly, in each of the formats."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from xml.etree import ElementTree as ET

ATOM = "{http://www.w3.org/2005/Atom}"
AT = "{http://purl.org/atompub/tombstones/1.0}"
URN = "urn:uuid:"


@dataclass(frozen=True, kw_only=True)
class FeedItem:
    """An item as a reader shows it; ``updated_at`` is None where the format has no such time."""

    id: str
    url: str
    title: str
    text: str
    published_at: datetime
    updated_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class FeedDocument:
    """A feed's items in order, and what it says was taken out: when and why, by id."""

    items: tuple[FeedItem, ...]
    deleted: Mapping[str, tuple[datetime, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Format:
    """A format: its feeds' file, how these are read, and whether they tell what was taken out."""

    file_name: str
    read: Callable[[bytes], FeedDocument]
    has_tombstones: bool


def _read_rss(content: bytes) -> FeedDocument:
    items = (
        FeedItem(
            id=_get(item, "guid").removeprefix(URN), url=_get(item, "link"), title=_get(item, "title"),
            text=_get(item, "description"), published_at=parsedate_to_datetime(_get(item, "pubDate")),
            updated_at=None,
        )
        for item in ET.fromstring(content).iter("item")
    )  # fmt: skip
    return FeedDocument(items=tuple(items))


def _read_atom(content: bytes) -> FeedDocument:
    root = ET.fromstring(content)
    deleted = {
        one.attrib["ref"].removeprefix(URN): (
            datetime.fromisoformat(one.attrib["when"]),
            one.findtext(f"{AT}comment") or "",
        )
        for one in root.iter(f"{AT}deleted-entry")
    }
    return FeedDocument(items=tuple(read_entries(root)), deleted=deleted)


def read_entries(root: ET.Element) -> Iterator[FeedItem]:
    """Yield the entries of an Atom feed."""
    for entry in root.findall(f"{ATOM}entry"):
        links = [
            link.get("href") or ""
            for link in entry.findall(f"{ATOM}link")
            if link.get("rel", "alternate") == "alternate"
        ]
        yield FeedItem(
            id=_get(entry, f"{ATOM}id").removeprefix(URN),
            url=links[0] if links else "",
            title=_get(entry, f"{ATOM}title"),
            text=entry.findtext(f"{ATOM}summary") or entry.findtext(f"{ATOM}content") or "",
            published_at=datetime.fromisoformat(_get(entry, f"{ATOM}published")),
            updated_at=datetime.fromisoformat(_get(entry, f"{ATOM}updated")),
        )


def _read_json(content: bytes) -> FeedDocument:
    feed = json.loads(content)
    items = (
        FeedItem(
            id=one["id"].removeprefix(URN), url=one["url"], title=one["title"], text=one["content_html"],
            published_at=_parse_time(one["date_published"]), updated_at=_parse_time(one["date_modified"]),
        )
        for one in feed["items"]
    )  # fmt: skip
    gone = feed.get("_deleted", {"items": []})["items"]
    deleted = {one["id"].removeprefix(URN): (_parse_time(one["date"]), one.get("reason", "")) for one in gone}
    return FeedDocument(items=tuple(items), deleted=deleted)


RSS = Format("rss.xml", _read_rss, has_tombstones=False)
ATOM_FEED = Format("atom.xml", _read_atom, has_tombstones=True)
JSON_FEED = Format("feed.json", _read_json, has_tombstones=True)
FORMATS = (RSS, ATOM_FEED, JSON_FEED)


def _get(element: ET.Element, name: str) -> str:
    found = element.findtext(name)
    if not found:
        raise ValueError(f"an item lacks {name}")
    return found


def _parse_time(text: str) -> datetime:
    return datetime.fromisoformat(text)
