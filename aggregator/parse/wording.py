"""The title and the excerpt of an article, as plain text, from what its source wrote."""

import re
from urllib.parse import unquote, urlsplit

from aggregator.html import decode_text, plain_text
from aggregator.model import Entry
from aggregator.parse.boilerplate import strip_boilerplate
from aggregator.text import clean_text, cut_excerpt, title_key

MAX_TITLE_CHARS = 1_000
EXCERPT_CHARS = 300
_TITLE_FROM_EXCERPT_CHARS = 80
_SHORTEST_SUMMARY_CHARS = 30
"""A shorter summary ("Read more", a category, the site's name) yields to the beginning of the content."""
_LOOKED_AT_CHARS = 20_000

_SLUG_SEPARATORS = re.compile(r"[-_+]+")
_FILE_ENDING = re.compile(r"\.[a-z]{2,5}$", re.IGNORECASE)


def excerpt_of(entry: Entry) -> str | None:
    """Return the beginning of the entry's summary, of its content where there is none worth the name.

    Plain text without the publisher's "Read more", at most ``EXCERPT_CHARS`` characters; None where
    nothing is left.
    """
    summary = _prose(entry.summary_html)
    if len(summary) < _SHORTEST_SUMMARY_CHARS:
        content = _prose(entry.content_html)
        summary = content if len(content) > len(summary) else summary
    return cut_excerpt(summary, EXCERPT_CHARS) or None


def title_of(entry: Entry, *, excerpt: str | None, url: str | None) -> tuple[str | None, str]:
    """Return the title and where it is from: the entry, else the excerpt's beginning, else the address."""
    stated = entry.title or ""
    title = plain_text(stated) if entry.title_is_html else decode_text(stated)
    if title_key(title):
        return cut_excerpt(title, MAX_TITLE_CHARS), "entry"
    if excerpt:
        return cut_excerpt(excerpt, _TITLE_FROM_EXCERPT_CHARS), "excerpt"
    if url:
        return _title_from(url), "address"
    return None, "entry"


def repeats_title(excerpt: str, title: str) -> bool:
    """Tell whether an excerpt says nothing that the title does not."""
    is_much_longer = len(excerpt) > 2 * len(title) + 20
    return not is_much_longer and title_key(excerpt) == title_key(title)


def _prose(html: str | None) -> str:
    return strip_boilerplate(plain_text(html[:_LOOKED_AT_CHARS])) if html else ""


def _title_from(url: str) -> str:
    parts = urlsplit(url)
    last = unquote(parts.path.rstrip("/").rpartition("/")[2])
    words = clean_text(_SLUG_SEPARATORS.sub(" ", _FILE_ENDING.sub("", last)))
    is_telling = " " in words and any(map(str.isalpha, words))
    title = words[:1].upper() + words[1:] if is_telling else f"{parts.netloc}{parts.path}"
    return cut_excerpt(title, MAX_TITLE_CHARS)
