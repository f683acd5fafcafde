"""Documents through feedparser; nothing else here calls it.

It gets bytes in UTF-8 and never opens files or connections. Of what it offers its sanitising and its links
in HTML are left out (``aggregator.html`` does both), and its dates are not looked at: some are wrong.
"""

import re
from io import BytesIO
from typing import Any

import feedparser

from aggregator.parse.fast.feedparser_text import is_permalink
from aggregator.parse.item_pictures import PICTURE

# It would look for a driver that nobody has, through every folder of modules, for every document.
feedparser.api.PREFERRED_XML_PARSERS = []
_DECLARATION = "<?xml version='1.0' encoding='utf-8'?>"
_MARKED_UP_LINK = re.compile(
    r"(<link>)\s*<a\s[^<>]*?\bhref\s*=\s*([\"'])([^\"'<>]*)\2[^<>]*>[^<]*</a>\s*(?=</link>)"
)
"""Feedparser would take the words that are linked for the address."""
_BASE = re.compile(r"\bbase\s*=")


def _without_tags(parser: Any, *_: object) -> None:
    parser._get_context().setdefault("tags", [])  # noqa: SLF001  # as feedparser's own does; it offers no switch


# Its own compares each tag with all before it: half a minute for 64 KiB of them, and nobody asks for any.
feedparser.mixin._FeedParserMixin._add_tag = _without_tags  # noqa: SLF001

_Elements = feedparser.namespaces._base.Namespace  # noqa: SLF001
_start_guid, _end_guid = _Elements._start_guid, _Elements._end_guid  # noqa: SLF001


def _begin_guid(parser: Any, attributes: dict[str, str]) -> None:
    parser.saidpermalink = is_permalink(attributes.get("ispermalink"))
    _start_guid(parser, attributes)


def _keep_permalink(parser: Any) -> None:
    _end_guid(parser)
    fields = parser._get_context()  # noqa: SLF001
    if getattr(parser, "saidpermalink", False) and "id" in fields:
        fields["permalink"] = fields["id"]


# Its own says of a guid only whether it took it for the link, and so nothing where there is a link.
for _name in ("guid", "id"):
    setattr(_Elements, f"_start_{_name}", _begin_guid)
    setattr(_Elements, f"_end_{_name}", _keep_permalink)


def _add_picture(parser: Any, attributes: dict[str, str]) -> None:
    parser._get_context().setdefault(PICTURE, []).append(attributes)  # noqa: SLF001


setattr(_Elements, f"_start_{PICTURE}", _add_picture)


def _keep_apart(elements: type, name: str, kind: str) -> None:
    """Have feedparser keep the text of an element as its own, where it would take it for the summary."""
    setattr(elements, f"_start_{name}", lambda parser, said: parser.push_content(name, said, kind, 1))
    setattr(elements, f"_end_{name}", lambda parser: parser.pop_content(name))


_keep_apart(feedparser.namespaces.itunes.Namespace, "itunes_summary", "text/plain")
_keep_apart(feedparser.namespaces.mediarss.Namespace, "media_description", "text/html")


def has_base(text: str) -> bool:
    """Tell whether a document may say what its addresses are relative to."""
    lower = text.lower()
    return "base" in lower and _BASE.search(lower) is not None


def run_feedparser(text: str, url: str, *, skipped_lines: int = 0) -> dict[str, Any]:
    """Return what feedparser makes of a document; raises whatever it stumbles over."""
    headers = {"content-type": "application/xml; charset=utf-8"}
    if has_base(text):
        # Only then, since feedparser resolves against it even ids that are no addresses.
        headers["content-location"] = url
    text = _MARKED_UP_LINK.sub(r"\1\3", text)
    document = f"{_DECLARATION}{skipped_lines * chr(10)}{text}".encode("utf-8", "replace")
    found: dict[str, Any] = feedparser.parse(
        BytesIO(document), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
    )
    return found
