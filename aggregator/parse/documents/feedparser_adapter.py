"""Documents through feedparser; nothing else calls it.

It gets bytes in UTF-8 and never opens files or connections. Of what it offers, sanitising and resolving links
in HTML are switched off (``aggregator.html`` does both), and its dates are not used: some are wrong.
"""

import re
from io import BytesIO
from typing import Any

import feedparser

from aggregator.errors import describe_error
from aggregator.parse.documents.feedparser_setup import set_up_feedparser

_DECLARATION = "<?xml version='1.0' encoding='utf-8'?>"
_MARKED_UP_LINK = re.compile(
    r"(<link>)\s*<a\s[^<>]*?\bhref\s*=\s*([\"'])([^\"'<>]*)\2[^<>]*>[^<]*</a>\s*(?=</link>)"
)
"""Feedparser would take the words that are linked for the address."""
_BASE = re.compile(r"\bbase\s*=")


class FeedparserError(Exception):
    """Feedparser raised an error, whichever; lack of memory is not one of them."""


def has_base(text: str) -> bool:
    """Tell whether a document may say what its addresses are relative to."""
    lower = text.lower()
    return "base" in lower and _BASE.search(lower) is not None


def run_feedparser(text: str, url: str, *, skipped_lines: int = 0) -> dict[str, Any]:
    """Return what feedparser makes of a document; raises FeedparserError, MemoryError."""
    set_up_feedparser()
    headers = {"content-type": "application/xml; charset=utf-8"}
    if has_base(text):
        # Only then, since feedparser resolves against it even ids that are no addresses.
        headers["content-location"] = url
    text = _MARKED_UP_LINK.sub(r"\1\3", text)
    document = f"{_DECLARATION}{skipped_lines * chr(10)}{text}".encode("utf-8", "replace")
    try:
        found: dict[str, Any] = feedparser.parse(
            BytesIO(document), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
        )
    except MemoryError:
        raise
    except Exception as error:  # it fails on some documents in many ways
        raise FeedparserError(describe_error(error)) from error
    return found
