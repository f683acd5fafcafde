"""The title and the excerpt of an article, as plain text, from what its source wrote."""

import re
from urllib.parse import unquote, urlsplit

from aggregator.html import (
    decode_text,
    drop_captions,
    drop_clutter,
    plain_text,
    starts_with_picture,
    text_lines,
    without_links,
)
from aggregator.model import Entry
from aggregator.parse.boilerplate import strip_boilerplate
from aggregator.parse.emptiness import says_nothing
from aggregator.parse.headlines import is_list_of_headlines
from aggregator.parse.platforms import strip_platform_lines
from aggregator.parse.title_repeats import repeats_title, strip_title
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

    Plain text of its own words: without its title, captions and what platforms add, at most
    ``EXCERPT_CHARS`` characters; None where nothing is left.
    """
    title = _stated_title(entry)
    summary = _prose(entry.summary_html, title)
    if len(summary) < _SHORTEST_SUMMARY_CHARS:
        content = _prose(entry.content_html, title)
        summary = content if len(content) > len(summary) else summary
    return cut_excerpt(summary, EXCERPT_CHARS) or None


def title_of(entry: Entry, *, excerpt: str | None, url: str | None) -> tuple[str | None, str]:
    """Return the title and where it is from: the entry, else the excerpt's beginning, else the address."""
    title = _stated_title(entry)
    if title_key(title):
        return cut_excerpt(title, MAX_TITLE_CHARS), "entry"
    if excerpt:
        return cut_excerpt(excerpt, _TITLE_FROM_EXCERPT_CHARS), "excerpt"
    if url:
        return _title_from(url), "address"
    return None, "entry"


def _stated_title(entry: Entry) -> str:
    stated = entry.title or ""
    return plain_text(stated) if entry.title_is_html else decode_text(stated)


def _prose(html: str | None, title: str) -> str:
    if not html:
        return ""
    html = html[:_LOOKED_AT_CHARS]
    shown = drop_clutter(html)
    lines = text_lines(without := drop_captions(shown))
    if not lines and without is not shown:  # of a picture alone, the caption is the text
        lines = text_lines(shown)
    if is_list_of_headlines(lines, html):
        return ""
    lines = strip_platform_lines(lines, title, after_picture=starts_with_picture(shown))
    lines = strip_platform_lines(strip_title(lines, title), title)
    text = strip_boilerplate(clean_text(" ".join(map(without_links, lines))))
    return "" if says_nothing(text) or repeats_title(text, title) else text


def _title_from(url: str) -> str:
    parts = urlsplit(url)
    last = unquote(parts.path.rstrip("/").rpartition("/")[2])
    words = clean_text(_SLUG_SEPARATORS.sub(" ", _FILE_ENDING.sub("", last)))
    is_telling = " " in words and any(map(str.isalpha, words))
    title = words[:1].upper() + words[1:] if is_telling else f"{parts.netloc}{parts.path}"
    return cut_excerpt(title, MAX_TITLE_CHARS)
