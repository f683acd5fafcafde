"""The title and the excerpt of an article, as plain text, from what its source wrote."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from aggregator.html import (
    LINK_END,
    LINK_START,
    MAX_LINES_CHARS,
    decode_text,
    drop_captions,
    drop_clutter,
    strip_link_marks,
    text_lines,
    title_text,
)
from aggregator.model import Entry
from aggregator.parse.texts.boilerplate import strip_boilerplate
from aggregator.parse.texts.empty_texts import is_no_title, says_nothing
from aggregator.parse.texts.link_lists import is_list_of_headlines
from aggregator.parse.texts.platforms import strip_platform_lines
from aggregator.parse.texts.recurring_lines import Ends, Learned, mark_ends, strip_recurring
from aggregator.parse.texts.title_cleaning import is_date, strip_publisher
from aggregator.parse.texts.title_repeats import repeats_title, strip_title
from aggregator.text import clean_text, cut_excerpt, title_key
from aggregator.urls import host_of, registrable_domain

MAX_TITLE_CHARS = 1_000
EXCERPT_CHARS = 300
_TITLE_FROM_EXCERPT_CHARS = 80
_SHORTEST_SUMMARY_CHARS = 30
"""A shorter summary ("Read more", a category, the site's name) yields to the beginning of the content."""
_LOOKED_AT_CHARS = 20_000
_MOSTLY_ENOUGH_CHARS = 6_000
"""In most texts the excerpt, and what stands before it, are within so many characters."""

_BOLD_FIRST = re.compile(r"\s{0,20}(?:<(?:p|div)>\s{0,20})?<(strong|b)>[^<]{1,300}</\1>(?=\s)")
"""Bold words before a text are a line of their own, as headings are."""
_CDATA = re.compile(r"<!\[CDATA\[(.*?)\]\]>")
_SLUG_SEPARATORS = re.compile(r"[-_+]+")
_FILE_ENDING = re.compile(r"\.[a-z]{2,5}$", re.IGNORECASE)


class Lines(NamedTuple):
    """The lines of an entry's summary, and of its content where the summary is none worth the name."""

    title: str
    summary: list[str]
    content: list[str] | None
    summary_text: str

    def mark_ends(self) -> Ends:
        """Return the marks of how the text that an excerpt is made of begins and ends."""
        return mark_ends(self.content or self.summary)


def read_lines(entry: Entry) -> Lines:
    """Return the lines of an entry's own words: without its title, captions and what platforms add."""
    title = _read_title(entry)
    summary = _read_own_lines(entry.summary_html, title, entry.authors)
    text = _join_prose(summary, title)
    is_short = len(text) < _SHORTEST_SUMMARY_CHARS
    return Lines(title, summary, _read_content_lines(entry, title) if is_short else None, text)


def make_excerpt(entry: Entry, *, lines: Lines | None = None, learned: Learned = frozenset()) -> str | None:
    """Return the beginning of the entry's summary, of its content where there is none worth the name.

    Plain text of at most ``EXCERPT_CHARS`` characters, without what its source was ``learned`` to write
    before and after texts; None where nothing is left. ``lines`` are the entry's, where they were read.
    """
    lines = lines or read_lines(entry)
    text = (
        _join_prose(strip_recurring(lines.summary, learned), lines.title) if learned else lines.summary_text
    )
    if len(text) < _SHORTEST_SUMMARY_CHARS:
        content = _read_content_lines(entry, lines.title) if lines.content is None else lines.content
        other = _join_prose(strip_recurring(content, learned), lines.title)
        text = other if len(other) > len(text) else text
    return cut_excerpt(text, EXCERPT_CHARS) or None


def choose_title(
    entry: Entry, *, excerpt: str | None, url: str | None, feed_title: str | None = None, stated: str = ""
) -> tuple[str | None, str]:
    """Return the title and where it is from: the entry, else the excerpt's beginning, else the address.

    None for an entry that has none of them. It is without the name behind it of the entry's source, its feed
    or its host. A date or a placeholder is no title of a text. ``stated`` is the entry's own, where it was
    read.
    """
    title = strip_publisher(stated or _read_title(entry), _list_publisher_names(entry, feed_title, url))
    if title_key(title) and not (excerpt and _is_none(title, entry)):
        return cut_excerpt(title, MAX_TITLE_CHARS), "entry"
    if excerpt:
        return cut_excerpt(excerpt, _TITLE_FROM_EXCERPT_CHARS), "excerpt"
    if url:
        return _make_title(url), "address"
    return None, "entry"


def _list_publisher_names(entry: Entry, feed_title: str | None, url: str | None) -> Iterator[str | None]:
    yield entry.origin_title
    yield feed_title
    if url:
        host = host_of(url).removeprefix("www.")
        yield host
        yield registrable_domain(host)


def _is_none(title: str, entry: Entry) -> bool:
    date = entry.published_at or entry.updated_at
    return is_no_title(title) or is_date(title, language=entry.language, near=date)


def _read_title(entry: Entry) -> str:
    stated = entry.title or ""
    title = title_text(stated) if entry.title_is_html else decode_text(stated)
    return clean_text(_CDATA.sub(r"\1", title)) if "CDATA" in title else title


def _read_content_lines(entry: Entry, title: str) -> list[str]:
    return _read_own_lines(entry.content_html, title, entry.authors)


def _read_own_lines(html: str | None, title: str, authors: Sequence[str]) -> list[str]:
    if not html:
        return []
    html = html[:_LOOKED_AT_CHARS]
    shown, lines = _read_shown_lines(html[:_MOSTLY_ENOUGH_CHARS], is_cut=len(html) > _MOSTLY_ENOUGH_CHARS)
    if len(html) > _MOSTLY_ENOUGH_CHARS and sum(map(len, lines)) <= MAX_LINES_CHARS:
        shown, lines = _read_shown_lines(html)
    if is_list_of_headlines(lines, html):
        return []
    lines = strip_platform_lines(lines, title, shown, authors=authors)
    without_title = strip_title(lines, title)
    return lines if without_title == lines else strip_platform_lines(without_title, title, authors=authors)


def _read_shown_lines(html: str, *, is_cut: bool = False) -> tuple[str, list[str]]:
    """Return HTML without what nobody is shown, and the lines of its text."""
    shown = _part_bold(drop_clutter(html, is_cut=is_cut))
    lines = text_lines(without := drop_captions(shown, is_cut=is_cut))
    if not lines and without is not shown:  # of a picture alone, the caption is the text
        lines = text_lines(shown)
    return shown, lines


def _part_bold(html: str) -> str:
    found = _BOLD_FIRST.match(html) if "<b>" in html or "<strong>" in html else None
    return f"{found[0]}<br>{html[found.end() :]}" if found else html


def _join_prose(lines: Sequence[str], title: str) -> str:
    text = strip_boilerplate(_join_lines(lines))
    return "" if says_nothing(text) or repeats_title(text, title) else text


def _join_lines(lines: Sequence[str]) -> str:
    if len(lines) == 1 and LINK_START not in lines[0] and LINK_END not in lines[0]:
        return lines[0]  # is clean
    return clean_text(" ".join(map(strip_link_marks, lines)))


def _make_title(url: str) -> str:
    parts = urlsplit(url)
    last = unquote(parts.path.rstrip("/").rpartition("/")[2])
    words = clean_text(_SLUG_SEPARATORS.sub(" ", _FILE_ENDING.sub("", last)))
    is_telling = " " in words and any(map(str.isalpha, words))
    title = words[:1].upper() + words[1:] if is_telling else f"{parts.netloc}{parts.path}"
    return cut_excerpt(title, MAX_TITLE_CHARS)
