"""Titles that the text repeats."""

import re

from aggregator.text import title_key

_SITE = re.compile(r"\s+[-–—|·•:»]\s+[^-–—|·•»]{2,60}$")
"""The name of a site, or of who wrote it, after a title."""
_AFTER_TITLE = re.compile(r"[\s]*[.!?…]+[\s\"”’»)]*\s|\s*[:|–—]\s|\s+-\s")
_AUTHOR_AND_DATE = re.compile(r"[^.!?]{0,80}(?<!\d)\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}(?!\d).{0,15}")
_SHORTEST_REST_CHARS = 20
_FEWEST_WORDS = 3
_LOOKED_AT_CHARS = 300


def repeats_title(excerpt: str, title: str) -> bool:
    """Tell whether an excerpt says nothing that the title does not."""
    is_much_longer = len(excerpt) > 2 * len(title) + 60
    return not is_much_longer and _is_same(excerpt, title)


def strip_title(lines: list[str], title: str) -> list[str]:
    """Return lines of text without the title before them, as a line or a sentence of its own.

    A sentence that only begins with the same words stays; so does a title that nothing follows.
    """
    if not lines or not title_key(title):
        return lines
    if len(lines) == 1 and not _begin_alike(lines[0], title):  # quick to see, and mostly so
        return lines
    titles = (title, bare) if (bare := _strip_site(title)) else (title,)
    start = 0
    while start < len(lines) - 1 and any(_says_title(lines[start], one) for one in titles):
        start += 1
    if lines[start].casefold().startswith(title.casefold()):
        titles = (title,)  # what stands behind a dash there is no site's name
    rest = next(filter(None, (_cut_title(lines[start], one) for one in titles)), None)
    return [rest, *lines[start + 1 :]] if rest else lines[start:]


def _says_title(line: str, title: str) -> bool:
    return repeats_title(line, title) or (
        line.startswith(title) and bool(_AUTHOR_AND_DATE.fullmatch(line, len(title)))
    )


def _is_same(text: str, title: str) -> bool:
    key, of_title = title_key(text), title_key(title)
    if not key or not of_title or key == of_title:
        return bool(key) and key == of_title
    if not (key.startswith(of_title) or of_title.startswith(key)):
        return False
    return title_key(_strip_site(title) or "") == key or title_key(_strip_site(text) or "") == of_title


def _strip_site(text: str) -> str | None:
    """Return a title without the site's name after it, None where none is."""
    found = _SITE.search(text, max(0, len(text) - _LOOKED_AT_CHARS))
    return text[: found.start()] if found and 3 * found.start() >= len(text) else None


def _begin_alike(line: str, title: str) -> bool:
    return line[:1].casefold()[:1] == title[:1].casefold()[:1]


def _cut_title(line: str, title: str) -> str | None:
    bare = title.rstrip(" .!?…:")
    if not _begin_alike(line, bare):
        return None
    if len(bare.split()) < _FEWEST_WORDS or not line.casefold().startswith(bare.casefold()):
        return None
    found = _AFTER_TITLE.match(line, len(bare))
    rest = line[found.end() :].lstrip() if found else ""
    return rest if len(rest) >= _SHORTEST_REST_CHARS and not rest[0].islower() else None
