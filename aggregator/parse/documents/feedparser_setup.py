"""What is changed inside feedparser, for the whole process: it has no switch for any of it."""

from functools import cache
from threading import Lock
from typing import Any

import feedparser

from aggregator.parse.documents.item_pictures import PICTURE

_LOCK = Lock()


def set_up_feedparser() -> None:
    """Change feedparser to what is needed here; from any thread, and only the first call does something."""
    with _LOCK:
        _change_feedparser()


@cache
def _change_feedparser() -> None:
    # It would look for a driver that is not installed, through every folder of modules, for every document.
    feedparser.api.PREFERRED_XML_PARSERS = []
    # Its own compares each tag with all before it: half a minute for 64 KiB of them, and they are not used.
    feedparser.mixin._FeedParserMixin._add_tag = _add_no_tag  # noqa: SLF001
    elements = feedparser.namespaces._base.Namespace  # noqa: SLF001
    _keep_permalinks(elements)
    setattr(elements, f"_start_{PICTURE}", _add_picture)
    # Of these texts it would take the first one for the summary.
    _keep_text(feedparser.namespaces.itunes.Namespace, "itunes_summary", "text/plain")
    _keep_text(feedparser.namespaces.mediarss.Namespace, "media_description", "text/html")


def is_guid_permalink(stated: str | None) -> bool:
    """Tell whether a guid is an address by its ``isPermaLink``: true where it is not stated (RSS 2.0)."""
    return (stated or "true").strip().lower() not in ("false", "0", "no")


def _add_no_tag(parser: Any, *_: object) -> None:
    parser._get_context().setdefault("tags", [])  # noqa: SLF001  # as feedparser's own does


def _keep_permalinks(elements: Any) -> None:
    """Have feedparser keep a guid that is an address: it says so only of one that it took for the link."""
    start_guid, end_guid = elements._start_guid, elements._end_guid  # noqa: SLF001

    def start(parser: Any, attributes: dict[str, str]) -> None:
        parser.has_permalink = is_guid_permalink(attributes.get("ispermalink"))
        start_guid(parser, attributes)

    def end(parser: Any) -> None:
        end_guid(parser)
        fields = parser._get_context()  # noqa: SLF001
        if getattr(parser, "has_permalink", False) and "id" in fields:
            fields["permalink"] = fields["id"]

    for name in ("guid", "id"):
        setattr(elements, f"_start_{name}", start)
        setattr(elements, f"_end_{name}", end)


def _add_picture(parser: Any, attributes: dict[str, str]) -> None:
    parser._get_context().setdefault(PICTURE, []).append(attributes)  # noqa: SLF001


def _keep_text(elements: type, name: str, kind: str) -> None:
    setattr(elements, f"_start_{name}", lambda parser, said: parser.push_content(name, said, kind, 1))
    setattr(elements, f"_end_{name}", lambda parser: parser.pop_content(name))
