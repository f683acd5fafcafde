"""What speaks for and against two articles being one. Pure.

A title alone is weak: two projects release their ``v1.2.0``, an office warns of storm and of flood. What
both state decides: texts, addresses, ids, dates. A title that was made of the text or of the address does
not count.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice

from aggregator.model import Article
from aggregator.parse.identity.entry_ids import are_versions
from aggregator.parse.identity.page_places import lead_to_other_places
from aggregator.parse.identity.same_article import (
    RecurringKey,
    TextLikeness,
    are_told_apart,
    compare_texts,
    is_same_place,
    make_recurring_key,
)
from aggregator.parse.people.publishers import ANYBODY, find_publisher
from aggregator.text import signed_key, title_key

SAME_TITLE_WITHIN = timedelta(days=2)
_SAME_TIME = timedelta(minutes=1)
_ABOUT_THEN = timedelta(minutes=30)
_SEARCHED = 200
_COMPARED = 12
"""Articles of one title that are compared: a document may have thousands of them."""
_TELLING_WORDS = 4
_TELLING_CHARS = 12
"""A title of as many words, or as long without spaces, is hardly that of two articles by chance."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Circumstances:
    """How two articles that are compared stand to each other and to others.

    ``is_same_document``  both are entries of one document
    ``is_alone``          no other article of the publisher has the title
    ``is_recurring``      the document has the title on several days, or other articles have the text, too
    """

    is_same_document: bool = False
    is_alone: bool = True
    is_recurring: bool = False


def has_stated_title(article: Article) -> bool:
    """Tell whether the title is the source's own, made of neither text nor address."""
    return article.origins.get("title", "entry") not in ("excerpt", "address")


def have_same_title(one: Article, other: Article) -> bool:
    """Tell whether both state one title, signs that carry meaning included."""
    if not (has_stated_title(one) and has_stated_title(other)):
        return False
    return one.title == other.title or signed_key(one.title) == signed_key(other.title)


def are_of_one_publisher(one: Article, other: Article) -> bool:
    """Tell whether two articles of one host can be of one publisher: an owner, a project, an author there.

    Where addresses do not tell, the entries of one source are.
    """
    first, second = find_publisher(one), find_publisher(other)
    if ANYBODY in (first, second):
        return one.source_id == other.source_id or _say_the_same(one, other)
    return first == second


def _say_the_same(one: Article, other: Article) -> bool:
    return is_same_time(one, other) and compare_texts(one.excerpt, other.excerpt) is TextLikeness.SAME


def is_same_time(one: Article, other: Article) -> bool:
    """Tell whether both state one date."""
    if one.stated_at is None or other.stated_at is None:
        return False
    return abs(one.stated_at - other.stated_at) <= _SAME_TIME


def find_alike(
    titled: Iterable[Article], seen: Article, recurring: Collection[RecurringKey]
) -> tuple[list[Article], Circumstances]:
    """Return those of one title that may be ``seen``, by title and publisher, and how they stand.

    ``recurring`` are the titles that stand in the document of ``seen`` as those of several days.
    """
    is_alike = have_same_title if has_stated_title(seen) else _are_notes
    alike = (other for other in islice(titled, _SEARCHED) if is_alike(other, seen))
    found = list(islice((other for other in alike if are_of_one_publisher(other, seen)), _COMPARED))
    copies = sum(compare_texts(other.excerpt, seen.excerpt) is TextLikeness.SAME for other in found)
    recurs = make_recurring_key(seen) in recurring
    return found, Circumstances(is_alone=len(found) == 1 and not recurs, is_recurring=recurs or copies > 1)


def judge_likeness(stored: Article, seen: Article, circumstances: Circumstances) -> str | None:
    """Return why two articles of one title and publisher are one, None where they are two."""
    if are_versions(stored, seen):
        return "same title, and versions of one id and link"
    return _judge_titled(stored, seen, circumstances)


def _judge_titled(stored: Article, seen: Article, circumstances: Circumstances) -> str | None:
    is_late = abs(stored.published_at - seen.published_at) > SAME_TITLE_WITHIN
    if is_late or are_told_apart(stored, seen) or lead_to_other_places(stored, seen):
        return None
    if not has_stated_title(seen):
        return _judge_notes(stored, seen, circumstances)
    text = compare_texts(stored.excerpt, seen.excerpt)
    if text is TextLikeness.SAME:
        return _judge_same_text(stored, seen, circumstances)
    if text is TextLikeness.UNKNOWN:
        return _judge_without_text(stored, seen, circumstances)
    if not circumstances.is_alone or (
        circumstances.is_same_document and (text is not TextLikeness.CLOSE or not is_same_time(stored, seen))
    ):
        return None
    return (
        _judge_other_text(stored, seen)
        if text is TextLikeness.DIFFERENT
        else "same title and nearly the same text"
    )


def is_corrected(stored: Article | None, seen: Article) -> bool:
    """Tell whether ``seen`` has the text of ``stored`` and most words of its title, numbers included."""
    if stored is None or abs(stored.published_at - seen.published_at) > SAME_TITLE_WITHIN:
        return False
    one, other = (set(title_key(article.title).split()) for article in (stored, seen))
    if 2 * len(one & other) <= max(len(one), len(other)) or any(word.isdigit() for word in one ^ other):
        return False
    return compare_texts(stored.excerpt, seen.excerpt) is TextLikeness.SAME


def _are_notes(one: Article, other: Article) -> bool:
    return one.origins.get("title") == other.origins.get("title") == "excerpt"


def _judge_notes(stored: Article, seen: Article, circumstances: Circumstances) -> str | None:
    """Without titles, the same words are one note where they have one date, or nothing else differs."""
    one, other = (article.excerpt or article.title for article in (stored, seen))
    text, are_of_one_source = compare_texts(one, other), stored.source_id == seen.source_id
    if text not in (TextLikeness.SAME, TextLikeness.UNKNOWN) or (
        circumstances.is_same_document and are_of_one_source
    ):
        return None
    if is_same_time(stored, seen):
        return "same text and date"
    has_other_id = are_of_one_source and _have_other_ids(stored, seen)
    has_other_link = not are_of_one_source and _have_other_links(stored, seen)
    is_apart = _have_other_dates(stored, seen) or has_other_id or has_other_link
    return None if is_apart or text is TextLikeness.UNKNOWN else "same text"


def _judge_same_text(stored: Article, seen: Article, circumstances: Circumstances) -> str | None:
    if is_same_time(stored, seen):
        return "same title, text and date"
    return None if circumstances.is_recurring else "same title and text"


def _judge_other_text(stored: Article, seen: Article) -> str | None:
    """Another text is an edit only where the address speaks for it, or nothing else speaks against."""
    if _is_same_link(stored, seen):
        return "same title, and its number in the address"
    if stored.source_id == seen.source_id and not _count_differences(stored, seen):
        return "same title, and nothing but its text differs"
    return None


def _judge_without_text(stored: Article, seen: Article, circumstances: Circumstances) -> str | None:
    same_time = is_same_time(stored, seen)
    if circumstances.is_same_document:
        is_one = is_telling(seen.title) and not _have_other_dates(stored, seen)
        return "same title, beside it" if is_one and (same_time or circumstances.is_alone) else None
    if not circumstances.is_alone:
        return "same title and date" if same_time else None
    if stored.source_id == seen.source_id:
        return "same title" if _count_differences(stored, seen) < 3 else None
    if same_time or _have_same_path(stored, seen):
        return "same title, and date or path"
    is_one = is_telling(seen.title) and not _have_other_dates(stored, seen, apart=_ABOUT_THEN)
    return "same title" if is_one else None


def is_telling(title: str) -> bool:
    """Tell whether a title is long enough to be that of one article only."""
    key = title_key(title)
    return len(key.split()) >= _TELLING_WORDS or (not key.isascii() and len(key) >= _TELLING_CHARS)


def _count_differences(stored: Article, seen: Article) -> int:
    """Return how many of id, link and date both state, and state differently."""
    differ = (_have_other_ids, _have_other_links, _have_other_dates)
    return sum(have_other(stored, seen) for have_other in differ)


def _have_other_ids(stored: Article, seen: Article) -> bool:
    return None not in (stored.entry_id, seen.entry_id) and stored.entry_id != seen.entry_id


def _have_other_links(stored: Article, seen: Article) -> bool:
    links = (stored.canonical_url, seen.canonical_url)
    return None not in links and not _is_same_link(stored, seen) and not _have_same_path(stored, seen)


def _have_other_dates(stored: Article, seen: Article, apart: timedelta = _SAME_TIME) -> bool:
    if stored.stated_at is None or seen.stated_at is None:
        return False
    return abs(stored.stated_at - seen.stated_at) > apart


def _have_same_path(stored: Article, seen: Article) -> bool:
    """Tell whether links differ in nothing but the host: ``m.`` for ``www.``."""
    one, other = (_strip_host(article.canonical_url) for article in (stored, seen))
    return one == other and len(one) >= _TELLING_CHARS


def _strip_host(url: str | None) -> str:
    return (url or "").partition("://")[2].partition("/")[2]


def _is_same_link(stored: Article, seen: Article) -> bool:
    one, other = stored.canonical_url, seen.canonical_url
    return one is not None and other is not None and is_same_place(one, other)
