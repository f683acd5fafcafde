"""Pages of a format, which a publisher brings out again and again: quizzes, programmes, the news of a day.

They are told by their titles: a full date stands apart in one, or its shape, which is the title without its
day, came before with another day. Where a publisher writes so into most of its titles, it tells nothing.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from itertools import takewhile

from aggregator.stories.dates import Calendar, is_full_date

PAGE = "#"
"""The term of a page of a format. Those of a title's shape are "#3fa9c0de" and "#3fa9c0de/may 4"."""
DATED = "#dated"
"""That of a title in which a full date stands apart."""
NO_FORMATS: tuple[str, ...] = ()
MAY_SEPARATE = re.compile("[-–—|•·:;]")
"""What each separator has, and most titles have not: it is found in an eighth of the time."""
SEPARATOR = re.compile(r"\s[-–—|•·]+\s|[:;|]\s")
_BESIDE = frozenset("|-–—:;,•·")
_BRACKETS = {"(": ")", "[": "]", "【": "】"}
_WORD = re.compile(r"[^\W_]+")
_UNSPACED = "\u0e00"
"""From this character on words mostly have no spaces between them: two characters count as a word."""
_LEAST_WORDS = 2


def find_formats(title: str, calendar: Calendar) -> tuple[str, ...]:
    """Return the terms of formats for a title that has a date or a weekday, but whether it is a page.

    The shapes are those of the whole title, and of its first and last part where these have a day.
    """
    days = [day.span() for day in calendar.day_pattern.finditer(title)]
    is_dated = any(is_full_date(title[slice(*day)]) and _stands_apart(title, *day) for day in days)
    found = (term for part in _list_parts(title) for term in _find_shape(title, days, *part))
    return tuple(dict.fromkeys((DATED, *found) if is_dated else found))


def keep_formats(terms: Sequence[str]) -> tuple[str, ...]:
    """Return those of an article's terms that are of formats, which stand behind its words."""
    found = [term for term in takewhile(_is_no_word, reversed(terms)) if term[0] == PAGE]
    return tuple(reversed(found)) if found else NO_FORMATS


def list_shapes(formats: Iterable[str]) -> Iterator[str]:
    """Yield those of an article's terms of formats that are its title's shapes, without their days."""
    return (term for term in formats if term not in {PAGE, DATED} and "/" not in term)


def is_page(formats: Sequence[str], counts: Mapping[str, int], most: float) -> bool:
    """Tell whether a title with these terms is that of a page of a format, as ``recurs`` has it."""
    return (DATED in formats and counts.get(DATED, 0) < most) or recurs(formats, counts, most)


def recurs(formats: Sequence[str], counts: Mapping[str, int], most: float) -> bool:
    """Tell whether a title's shape came with another day.

    ``counts`` has how many of its publisher's articles have a term; what ``most`` have is none of a format.
    """
    dated = (term for term in formats if "/" in term)
    return any(counts.get(term, 0) < counts.get(term.partition("/")[0], 0) < most for term in dated)


def _list_parts(title: str) -> Iterator[tuple[int, int]]:
    yield 0, len(title)
    separators = [separator.span() for separator in SEPARATOR.finditer(title)]
    if separators:
        yield 0, separators[0][0]
        yield separators[-1][1], len(title)


def _find_shape(title: str, days: Iterable[tuple[int, int]], start: int, end: int) -> Iterator[str]:
    """Yield the terms of a part of a title, which has to have a day."""
    found = [day for day in days if start <= day[0] and day[1] <= end]
    if not found:
        return
    gaps = zip((start, *(after for _, after in found)), (*(before for before, _ in found), end), strict=True)
    words = _WORD.findall(" ".join(title[slice(*gap)] for gap in gaps).lower())
    if sum(map(_count_words, words)) >= _LEAST_WORDS:
        shape = PAGE + blake2b(" ".join(sorted(words)).encode(), digest_size=4).hexdigest()
        yield shape
        yield f"{shape}/{' '.join(title[slice(*day)] for day in found).lower()}"


def _count_words(word: str) -> int:
    return len(word) // 2 if word >= _UNSPACED else 1


def _stands_apart(title: str, start: int, end: int) -> bool:
    """Tell whether a date is in brackets, or parted from the rest at a title's beginning or end."""
    before, after = title[:start].rstrip()[-1:], title[end:].lstrip()[:1]
    if _BRACKETS.get(before, "") == after != "":
        return True
    is_parted = all(not beside or beside in _BESIDE for beside in (before, after))
    return is_parted and bool(before) != bool(after)


def _is_no_word(term: str) -> bool:
    return not term[0].isalnum()
